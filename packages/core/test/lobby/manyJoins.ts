/** A database full of invites, applications and race names, and what their lists read of it. */
import { GameId, UserId } from "@galaxy/contract/ids/Ids"
import * as ApplicationStore from "@galaxy/core/lobby/application/ApplicationStore"
import * as InviteStore from "@galaxy/core/lobby/invite/InviteStore"
import * as RaceNameStore from "@galaxy/core/race-name/RaceNameStore"
import { newest } from "@galaxy/core/shared/Page"
import type { Database } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { plansOf, scans } from "./manyGames.ts"

/** One row in 20 is the busy player's, and half of the applications are to one game. */
const player = UserId.make("018f0000-0000-7000-8000-00000000000c")
const game = GameId.make("018f0000-0000-7000-8000-00000000000d")

/** One statement has only so much time. */
const portion = 10_000

const more = (from: number, count: number) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const rows = sql`generate_series(${from + 1}::int, ${from + count}::int) n`
    const at = sql`now() - n * interval '1 minute'`
    yield* sql`
      INSERT INTO backend.invites
        (invite_id, game_id, issuer_user_id, invited_user_id, status, expires_at, created_at, decided_at)
      SELECT gen_random_uuid(), ${game}, CASE WHEN n % 20 = 0 THEN ${player}::uuid ELSE gen_random_uuid() END,
        CASE WHEN n % 20 = 1 THEN ${player}::uuid ELSE gen_random_uuid() END, 'declined', now(), ${at}, now()
      FROM ${rows}`
    yield* sql`
      INSERT INTO backend.applications
        (application_id, game_id, applicant_user_id, race_name, status, created_at, decided_at)
      SELECT gen_random_uuid(), ${game}, CASE WHEN n % 20 = 0 THEN ${player}::uuid ELSE gen_random_uuid() END, 'Race',
        'rejected', ${at}, now()
      FROM ${rows}`
    yield* sql`
      INSERT INTO backend.race_names (race_name_id, name, canonical, status, owner_user_id, game_id, created_at)
      SELECT gen_random_uuid(), 'Race' || n, 'race' || n, 'reservation',
        CASE WHEN n % 20 = 0 THEN ${player}::uuid ELSE gen_random_uuid() END, ${game}, ${at}
      FROM ${rows}`
  })

const filled = (count: number) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* sql`
      INSERT INTO backend.games (game_id, visibility, status, game_name, name_key, description,
        min_players, max_players, turn_schedule, time_zone)
      VALUES (${game}, 'public', 'enrollment_open', 'Game', 'game', '', 2, 8, '0 18 * * *', 'UTC')`
    for (let from = 0; from < count; from += portion) yield* more(from, Math.min(portion, count - from))
    for (const table of ["invites", "applications", "race_names"]) yield* sql.unsafe(`ANALYZE backend.${table}`)
  })

const stores = Layer.mergeAll(InviteStore.layer, ApplicationStore.layer, RaceNameStore.layer)

const tables: ReadonlySet<string | undefined> = new Set(["invites", "applications", "race_names"])
const page = 51

/** Every list over `count` rows reads its own page by an index, in one statement. */
export const listsReadTheirPage = <E>(database: Layer.Layer<Database, E>, title: string, count: number) =>
  layer(Layer.provideMerge(stores, Layer.provideMerge(Layer.effectDiscard(filled(count)), database)), {
    timeout: "600 seconds",
    excludeTestServices: true
  })(title, (it) => {
    const lists = {
      "a player's invites": Effect.flatMap(InviteStore.InviteStore, (it) => it.listOf(player, newest, page)),
      "a player's applications": Effect.flatMap(ApplicationStore.ApplicationStore, (it) =>
        it.listOf(player, newest, page)
      ),
      "a game's applications": Effect.flatMap(ApplicationStore.ApplicationStore, (it) =>
        it.listOfGame(game, undefined, newest, page)
      ),
      "a player's race names": Effect.flatMap(RaceNameStore.RaceNameStore, (it) => it.listOf(player, newest, page))
    } as const
    for (const [what, list] of Object.entries(lists)) {
      it.effect(`${what}: one statement that reads one page`, () =>
        Effect.gen(function* () {
          const { result, plans } = yield* plansOf<ReadonlyArray<unknown>, unknown, Effect.Services<typeof list>>(list)
          assert.strictEqual(result.length, page)
          assert.strictEqual(plans.length, 1)
          for (const scan of plans.flatMap(scans).filter((it) => tables.has(it["Relation Name"]))) {
            const read = (scan["Actual Rows"] + (scan["Rows Removed by Filter"] ?? 0)) * scan["Actual Loops"]
            const where = `${scan["Node Type"]} on ${scan["Relation Name"]} reads ${read} rows`
            assert.isAtMost(read, 2 * page, where)
            assert.notStrictEqual(scan["Node Type"], "Seq Scan", where)
          }
        })
      )
    }
  })
