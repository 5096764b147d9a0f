import type { UserId } from "@galaxy/contract/ids/Ids"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Array as Arr, Effect } from "effect"
import { SqlClient } from "effect/sql"
import { settings } from "../lobby/fixture.ts"
import { type Answer, type Call, platformOn, refusalOf, surfaces, user } from "../http/platform.ts"

const games = "/api/v1/user/lobby/games"
const limitReached = "conflict/limit_reached"

type Player = { readonly user: UserId }

const decide = (call: Call, { user: id }: Player, path: string, body: object) =>
  Effect.map(call("admin", "POST", `/api/v1/admin/users/${id}/${path}`, { reason: "a reason", ...body }), (it) => {
    assert.strictEqual(it.status, 200, JSON.stringify(it.body))
  })

const limit = (call: Call, of: Player, limit_code: string, value: number) =>
  decide(call, of, "limits", { limit_code, value })

const create = (call: Call, as: Player, more: object = {}) => call(as, "POST", games, { ...settings(), ...more })

/** A public game that takes applications. */
const openPublic = (call: Call) =>
  Effect.gen(function* () {
    const { body } = yield* call("admin", "POST", "/api/v1/admin/games", { ...settings(), reason: "a reason" })
    yield* call("admin", "POST", `/api/v1/admin/games/${body.game_id}/open-enrollment`, { reason: "a reason" })
    return body.game_id as string
  })

/** Creates a game of the owner's with open enrollment and an invite for the player. */
const invited = (call: Call, owner: Player, player: Player) =>
  Effect.gen(function* () {
    const { body } = yield* create(call, owner)
    yield* call(owner, "POST", `${games}/${body.game_id}/open-enrollment`)
    const invite = yield* call(owner, "POST", `${games}/${body.game_id}/invites`, { invited_user_id: player.user })
    return `${games}/${body.game_id}/invites/${invite.body.invite_id}/redeem`
  })

const redeem = (call: Call, as: Player, path: string, name = "Zorg") => call(as, "POST", path, { race_name: name })

const approve = (call: Call, game: string, application: Answer) =>
  call("admin", "POST", `/api/v1/admin/games/${game}/applications/${application.body.application_id}/approve`, {
    reason: "a reason"
  })

eachDatabase((name, storage) => {
  layer(platformOn(storage, { lobby: { openGamesPerOwner: 4 } }), {
    timeout: "240 seconds",
    excludeTestServices: true
  })(`the lobby's limits on ${name}`, (it) => {
    it.effect("bound the games that a player owns, and an administrator's limit beats the host's", () =>
      Effect.gen(function* () {
        const call = yield* surfaces
        const owner = yield* user
        const made = Effect.map(create(call, owner), (it) => refusalOf(it) ?? it.status)
        yield* limit(call, owner, "max_open_games", 1)
        assert.deepStrictEqual([yield* made, yield* made], [200, limitReached])
        yield* decide(call, owner, "limits/max_open_games/lift", {})
        // The plan grants more than this host allows.
        assert.deepStrictEqual([yield* made, yield* made, yield* made, yield* made], [200, 200, 200, limitReached])
        yield* limit(call, owner, "max_open_games", 5)
        assert.deepStrictEqual([yield* made, yield* made], [200, limitReached])
      }).pipe(Effect.scoped)
    )

    it.effect("bound the games that are played at once, and a downgrade ends none of them", () =>
      Effect.gen(function* () {
        const call = yield* surfaces
        const owner = yield* user
        const ready = Effect.gen(function* () {
          const { body } = yield* create(call, owner, { min_players: 1, race_name: "Zorg" })
          yield* call(owner, "POST", `${games}/${body.game_id}/open-enrollment`)
          yield* call(owner, "POST", `${games}/${body.game_id}/ready-to-start`)
          return `${games}/${body.game_id}`
        })
        const [first, second] = [yield* ready, yield* ready]
        yield* limit(call, owner, "max_games_in_play", 1)
        assert.strictEqual((yield* call(owner, "POST", `${first}/start`)).body.status, "starting")
        assert.strictEqual(refusalOf(yield* call(owner, "POST", `${second}/start`)), limitReached)
        yield* limit(call, owner, "max_games_in_play", 0)
        assert.strictEqual((yield* call(owner, "GET", first)).body.status, "starting")
        yield* limit(call, owner, "max_games_in_play", 2)
        assert.strictEqual((yield* call(owner, "POST", `${second}/start`)).body.status, "starting")
      }).pipe(Effect.scoped)
    )

    it.effect("bound the seats that a player has, however they come by one", () =>
      Effect.gen(function* () {
        const call = yield* surfaces
        const [owner, player] = [yield* user, yield* user]
        const [first, second] = [yield* invited(call, owner, player), yield* invited(call, owner, player)]
        const game = yield* openPublic(call)
        const application = yield* call(player, "POST", `${games}/${game}/applications`, { race_name: "Zorg" })
        assert.strictEqual(application.status, 200, JSON.stringify(application.body))
        yield* limit(call, player, "max_memberships", 1)
        assert.strictEqual((yield* redeem(call, player, first)).status, 200)
        assert.strictEqual(refusalOf(yield* redeem(call, player, second)), limitReached)
        assert.strictEqual(refusalOf(yield* approve(call, game, application)), limitReached)
        assert.strictEqual(refusalOf(yield* create(call, player, { race_name: "Zorg" })), limitReached)
        const other = yield* openPublic(call)
        const late = yield* call(player, "POST", `${games}/${other}/applications`, { race_name: "Zorg" })
        assert.strictEqual(refusalOf(late), limitReached)
        // A seat in a game that has ended doesn't count.
        yield* call(owner, "POST", `${first.split("/invites")[0]}/cancel`)
        assert.strictEqual((yield* approve(call, game, application)).status, 200)
      }).pipe(Effect.scoped)
    )

    it.effect("hold when many seats are taken at once", () =>
      Effect.gen(function* () {
        const call = yield* surfaces
        const player = yield* user
        const paths = yield* Effect.forEach(Arr.range(1, 6), () =>
          Effect.flatMap(user, (owner) => invited(call, owner, player))
        )
        yield* limit(call, player, "max_memberships", 2)
        const answers = yield* Effect.forEach(paths, (path) => redeem(call, player, path), { concurrency: "unbounded" })
        assert.lengthOf(
          answers.filter((it) => it.status === 200),
          2
        )
        const sql = yield* SqlClient.SqlClient
        const seats = yield* sql`
            SELECT 1 FROM backend.memberships WHERE user_id = ${player.user} AND status = 'active'`
        assert.lengthOf(seats, 2)
      }).pipe(Effect.scoped)
    )
  })
})
