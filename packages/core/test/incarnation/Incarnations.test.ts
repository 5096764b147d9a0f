/** A restored database becomes another incarnation: once, whole, and above everything that was known before. */
import { UserId } from "@galaxy/contract/ids/Ids"
import * as Incarnations from "@galaxy/core/incarnation/Incarnations"
import * as PushLog from "@galaxy/core/push/PushLog"
import * as Cursor from "@galaxy/core/push/Cursor"
import { newId } from "@galaxy/core/shared/NewId"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { game } from "../account/endFixture.ts"

interface Installation {
  readonly incarnation: string
  readonly system: string | null
  readonly timeline: number | null
}

const installation = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<Installation>`
    SELECT incarnation::text, system_identifier AS system, timeline FROM backend.installation`
  return row
})

/** As a copy says that was restored: what was noted is of another history. */
const restored = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => sql`UPDATE backend.installation SET timeline = timeline - 1`
)

const runtimes = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => sql<{ epoch: number; endpoint: string | null; container: string | null; version: number }>`
    SELECT engine_epoch AS epoch, engine_endpoint AS endpoint, current_container_id AS container,
      row_version::float8 AS version FROM backend.runtime_records ORDER BY engine_epoch DESC`
)

eachDatabase((name, database) => {
  layer(Incarnations.layer.pipe(Layer.provideMerge(PushLog.layer()), Layer.provideMerge(database)), {
    timeout: "240 seconds",
    excludeTestServices: true
  })(`Incarnations on ${name}`, (it) => {
    it.effect("one is noted at first, and begun anew once, by whoever notices, where the server is another", () =>
      Effect.gen(function* () {
        const { check } = yield* Incarnations.Incarnations
        const before = yield* installation
        assert.isNull(before?.system)
        assert.isFalse(yield* check)
        const noted = yield* installation
        assert.strictEqual(noted?.incarnation, before?.incarnation)
        assert.match(noted?.system ?? "", /^\d+$/)
        assert.isAtLeast(noted?.timeline ?? 0, 1)
        assert.isFalse(yield* check)

        yield* restored
        const begun = yield* Effect.all([check, check, check], { concurrency: "unbounded" })
        assert.deepStrictEqual(
          begun.filter((it) => it),
          [true]
        )
        const after = yield* installation
        assert.notStrictEqual(after?.incarnation, noted?.incarnation)
        assert.deepStrictEqual([after?.system, after?.timeline], [noted?.system, noted?.timeline])

        const sql = yield* SqlClient.SqlClient
        yield* sql`UPDATE backend.installation SET system_identifier = '1'`
        assert.isTrue(yield* check)
        assert.isFalse(yield* check)
      })
    )

    it.effect("epochs and events go on above all that may have been known, and cursors of before are too old", () =>
      Effect.gen(function* () {
        const { begin, check } = yield* Incarnations.Incarnations
        const sql = yield* SqlClient.SqlClient
        const log = yield* PushLog.PushLog
        const ada = UserId.make(yield* newId)
        yield* sql`
          INSERT INTO backend.accounts (user_id, email, user_name, preferred_language, time_zone)
          VALUES (${ada}, 'ada@example.org', 'ada', 'en', 'UTC')`
        const [played, waiting] = [yield* game(ada, "running"), yield* game(ada, "running")]
        yield* sql`
          UPDATE backend.runtime_records SET engine_epoch = 3, engine_host = 'a', engine_endpoint = 'http://127.0.0.1:1',
            current_container_id = 'c', row_version = 7 WHERE game_id = ${played}`
        yield* sql`UPDATE backend.runtime_records SET row_version = 1 WHERE game_id = ${waiting}`
        const event = { userId: ada, kind: "k", payload: new Uint8Array() }
        yield* log.append([event, event])
        const cursor = yield* log.head

        yield* check
        yield* restored
        assert.isTrue(yield* check)
        const [first, second] = yield* runtimes
        // Above any that there can have been, of games that had not begun, too.
        for (const it of [first, second]) {
          assert.deepInclude(it, { endpoint: null, container: null })
          assert.isAbove(it?.epoch ?? 0, 800_000_000)
          assert.isAbove(it?.version ?? 0, Date.now() - 3_600_000)
        }
        assert.isTrue(Cursor.isBefore(cursor, (yield* log.standing(cursor)).floor))
        yield* log.append([event])
        const { events, newest } = yield* log.eventsAfter(ada, 0, 10)
        assert.deepStrictEqual(
          events.map(({ sequence }) => Number(sequence)),
          [1, 2, newest]
        )
        assert.isAbove(newest, Date.now() - 3_600_000)

        // Of an operator's own will, at any time; later ones are above earlier ones.
        yield* begin
        yield* log.append([event])
        assert.isAbove((yield* log.eventsAfter(ada, 0, 10)).newest, newest + 1)
        assert.isAbove((yield* runtimes)[0]?.epoch ?? 0, first?.epoch ?? 0)
      })
    )
  })
})
