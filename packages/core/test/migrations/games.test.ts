/** Games of earlier releases are read, found and changed like new ones. */
import * as GameListStore from "@galaxy/core/lobby/game/GameListStore"
import * as GameStore from "@galaxy/core/lobby/game/GameStore"
import init from "@galaxy/core/migrations/0001_init"
import games from "@galaxy/core/migrations/0010_games"
import ordersTurn from "@galaxy/core/migrations/0016_orders_turn"
import { newest } from "@galaxy/core/shared/Page"
import { GameId, UserId } from "@galaxy/contract/ids/Ids"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Option } from "effect"
import { SqlClient } from "effect/sql"

const owner = UserId.make("018f0000-0000-7000-8000-00000000000a")
const player = UserId.make("018f0000-0000-7000-8000-00000000000b")
const id = GameId.make("018f0000-0000-7000-8000-0000000000ff")

const Old = Layer.effectDiscard(
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* sql`DROP SCHEMA backend CASCADE`
    yield* init
    yield* sql`INSERT INTO backend.games (game_id, owner_user_id, visibility, status, game_name, description, min_players,
        max_players, turn_schedule, time_zone, current_turn, runtime_status)
      VALUES (${id}, ${owner}, 'private', 'running', 'Orion ARM', '', 1, 1, '0 18 * * *', 'UTC', 7, 'running')`
    yield* sql`INSERT INTO backend.memberships (membership_id, game_id, user_id, race_name, race_name_canonical, status, joined_at)
      VALUES (${id}, ${id}, ${player}, 'Vega', 'vega', 'active', now())`
    yield* games
    yield* ordersTurn
  })
)

eachDatabase((name, database) => {
  layer(
    Layer.mergeAll(GameStore.layer, GameListStore.layer).pipe(Layer.provideMerge(Layer.provideMerge(Old, database))),
    { timeout: "240 seconds" }
  )(`games of before on ${name}`, (it) => {
    it.effect("have no computer players, no early turns, and no policy for absent players", () =>
      Effect.gen(function* () {
        const lists = yield* GameListStore.GameListStore
        const { game } = Option.getOrThrow(yield* lists.one(id, player))
        assert.deepInclude(game, { computer_players: 0, early_turns: false, member_count: 1, current_turn: 7 })
        for (const absent of ["missed_turns_reminder", "missed_turns_limit", "absence_action", "enrollment_ends_at"]) {
          assert.notProperty(game, absent)
        }
        assert.deepInclude(game.membership, { race_name: "Vega", ready: false })
        assert.notProperty(game.membership, "orders_given_at")
      })
    )

    it.effect("are found by name, and can be changed", () =>
      Effect.gen(function* () {
        const lists = yield* GameListStore.GameListStore
        const store = yield* GameStore.GameStore
        assert.strictEqual((yield* lists.all({ name: "orion a" }, newest, 10)).length, 1)
        const changed = yield* store.change(id, { missed_turns_limit: 3, absence_action: "removal" })
        assert.deepInclude(changed, { missed_turns_limit: 3, absence_action: "removal" })
      })
    )
  })
})
