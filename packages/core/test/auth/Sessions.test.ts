import { DeviceSessionId, UserId } from "@galaxy/contract/ids/Ids"
import * as Sessions from "@galaxy/core/auth/Sessions"
import * as PushLog from "@galaxy/core/push/PushLog"
import { newId } from "@galaxy/core/shared/NewId"
import { type Database, eachDatabase, layerPglite, onPostgres } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Array as Arr, Clock, Deferred, Effect, Exit, Fiber, Layer, Logger, Tracer } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"

const on = (database: Layer.Layer<Database>) =>
  Sessions.layer.pipe(Layer.provideMerge(PushLog.layer()), Layer.provideMerge(database))

const key = Uint8Array.from({ length: 32 }, (_, index) => index)

const user = Effect.map(newId, UserId.make)
const open = (owner: UserId) => Effect.flatMap(Sessions.Sessions, (sessions) => sessions.create(owner, key))

const told = Effect.fnUntraced(function* (ids: ReadonlyArray<string>) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<{ id: string; kind: string }>`
    SELECT device_session_id AS id, kind FROM backend.push_events
    WHERE event_type = 'session_invalidation' AND ${sql.in("device_session_id", ids)} ORDER BY event_no`
})

const audited = Effect.fnUntraced(function* (owner: UserId) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<{ id: string; kind: string; actor: string }>`
    SELECT device_session_id AS id, actor_kind AS kind, actor_user_id AS actor FROM backend.session_revocations
    WHERE user_id = ${owner} ORDER BY revocation_id`
})

eachDatabase((name, database) => {
  layer(on(database), { timeout: "240 seconds" })(`device sessions on ${name}`, (it) => {
    it.effect("a revocation, its audit row and its invalidation are one, and happen once", () =>
      Effect.gen(function* () {
        const sessions = yield* Sessions.Sessions
        const owner = yield* user
        const id = yield* open(owner)
        yield* TestClock.adjust("1 hour")
        assert.deepStrictEqual(yield* sessions.revoke(owner, id), [id])
        assert.deepStrictEqual(yield* sessions.revoke(owner, id), [])
        const record = yield* sessions.lookup(id)
        assert.deepStrictEqual(
          [record.status, record.revokedAt?.epochMilliseconds],
          ["revoked", yield* Clock.currentTimeMillis]
        )
        assert.deepStrictEqual(yield* audited(owner), [{ id, kind: "user_revoke", actor: owner }])
        assert.deepStrictEqual(yield* told([id]), [{ id, kind: "user_revoke" }])
      })
    )

    it.effect("a foreign session is missing, and stays", () =>
      Effect.gen(function* () {
        const sessions = yield* Sessions.Sessions
        const [owner, other] = yield* Effect.all([user, user])
        const id = yield* open(owner)
        for (const missing of [id, DeviceSessionId.make(yield* newId)]) {
          assert.strictEqual((yield* Effect.flip(sessions.revoke(other, missing)))._tag, "SessionNotFound")
        }
        assert.strictEqual((yield* sessions.lookup(id)).status, "active")
        assert.deepStrictEqual(yield* told([id]), [])
        assert.deepStrictEqual(yield* sessions.revokeAll(other), [])
      })
    )

    it.effect("revoking all takes every active session of the caller, one invalidation each", () =>
      Effect.gen(function* () {
        const sessions = yield* Sessions.Sessions
        const [owner, other] = yield* Effect.all([user, user])
        const ids = yield* Effect.forEach(Arr.range(1, 3), () => open(owner))
        const foreign = yield* open(other)
        yield* sessions.revoke(owner, ids[0] ?? foreign)
        const revoked = yield* sessions.revokeAll(owner)
        assert.sameMembers([...revoked], ids.slice(1))
        assert.deepStrictEqual(yield* sessions.list(owner, undefined), [])
        const events = yield* told([...ids, foreign])
        assert.sameMembers(
          events.map((it) => it.id),
          ids
        )
        assert.deepStrictEqual((yield* audited(owner)).map((it) => it.kind).toSorted(), [
          "user_revoke",
          "user_revoke_all",
          "user_revoke_all"
        ])
        assert.strictEqual((yield* sessions.list(other, undefined)).length, 1)
        assert.deepStrictEqual(yield* sessions.revokeAll(owner), [])
      })
    )

    it.effect("revoking all takes as many statements as revoking one", () =>
      Effect.gen(function* () {
        const sessions = yield* Sessions.Sessions
        const owner = yield* user
        const statements = Effect.fnUntraced(function* (count: number) {
          yield* Effect.forEach(Arr.range(1, count), () => open(owner))
          let seen = 0
          const tracer = Tracer.make({
            span: (options) => {
              seen++
              return new Tracer.NativeSpan(options)
            }
          })
          yield* Effect.withTracer(sessions.revokeAll(owner), tracer)
          return seen
        })
        const one = yield* statements(1)
        assert.isAbove(one, 0)
        assert.strictEqual(yield* statements(5), one)
      })
    )

    it.effect("nothing is revoked when the word to the gateways can't be kept", () =>
      Effect.gen(function* () {
        const sessions = yield* Sessions.Sessions
        const sql = yield* SqlClient.SqlClient
        const owner = yield* user
        const id = yield* open(owner)
        const inside = yield* Effect.gen(function* () {
          yield* sql`ALTER TABLE backend.push_events ADD CONSTRAINT refuse CHECK (kind <> 'user_revoke') NOT VALID`
          const exit = yield* Effect.exit(sessions.revoke(owner, id))
          const { status } = yield* sessions.lookup(id)
          // Failing takes the constraint back.
          return yield* Effect.fail({ refused: Exit.isFailure(exit), status, audit: yield* audited(owner) })
        }).pipe(sql.withTransaction, Effect.flip)
        assert.deepStrictEqual(inside, { refused: true, status: "active", audit: [] })
      })
    )

    it.effect("a listing shows the active sessions, oldest first, and when each was last seen", () =>
      Effect.gen(function* () {
        const sessions = yield* Sessions.Sessions
        const owner = yield* user
        const start = yield* Clock.currentTimeMillis
        const first = yield* open(owner)
        yield* TestClock.adjust("1 minute")
        const second = yield* open(owner)
        yield* TestClock.adjust("1 minute")
        yield* sessions.lookup(first)
        const listed = yield* sessions.list(owner, undefined)
        assert.deepStrictEqual(
          listed.map((it) => [
            it.device_session_id,
            it.created_at.epochMilliseconds,
            it.last_seen_at?.epochMilliseconds
          ]),
          [
            [first, start, start + 120_000],
            [second, start + 60_000, undefined]
          ]
        )
      })
    )

    it.effect("of very many sessions the newest are listed", () =>
      Effect.gen(function* () {
        const sessions = yield* Sessions.Sessions
        const sql = yield* SqlClient.SqlClient
        const owner = yield* user
        yield* sql`
          INSERT INTO backend.device_sessions (device_session_id, user_id, client_public_key, status, created_at)
          SELECT gen_random_uuid(), ${owner}, ${key}, 'active', to_timestamp(n) FROM generate_series(1, 205) n`
        const listed = yield* sessions.list(owner, undefined)
        assert.deepStrictEqual(
          [listed.length, listed[0]?.created_at.epochMilliseconds, listed.at(-1)?.created_at.epochMilliseconds],
          [200, 6_000, 205_000]
        )
      })
    )

    it.effect("a look-up notes that the session was seen, each time, and never of a revoked one", () =>
      Effect.gen(function* () {
        const sessions = yield* Sessions.Sessions
        const sql = yield* SqlClient.SqlClient
        const owner = yield* user
        const id = yield* open(owner)
        const start = yield* Clock.currentTimeMillis
        const seen = Effect.map(
          sql<{ at: Date | null }>`
            SELECT last_seen_at AS at FROM backend.device_sessions WHERE device_session_id = ${id}`,
          ([row]) => row?.at && row.at.getTime() - start
        )
        assert.isNull(yield* seen)
        for (const [pass, expected] of [
          ["1 second", 1_000],
          ["1 milli", 1_001],
          ["1 minute", 61_001]
        ] as const) {
          yield* TestClock.adjust(pass)
          yield* sessions.lookup(id)
          assert.strictEqual(yield* seen, expected)
        }
        // Noted by a clock that was ahead: that is no reason not to note it now.
        yield* TestClock.setTime(start + 3 * 86_400_000)
        yield* sessions.lookup(id)
        yield* TestClock.setTime(start + 121_000)
        yield* sessions.lookup(id)
        assert.strictEqual(yield* seen, 121_000)
        yield* sessions.revoke(owner, id)
        yield* TestClock.adjust("1 hour")
        yield* sessions.lookup(id)
        assert.strictEqual(yield* seen, 121_000)
      })
    )

    it.effect("a session that nobody opened is missing", () =>
      Effect.gen(function* () {
        const missing = (yield* Sessions.Sessions).lookup(DeviceSessionId.make(yield* newId))
        assert.strictEqual((yield* Effect.flip(missing))._tag, "SessionNotFound")
      })
    )
  })
})

layer(on(layerPglite), { timeout: "240 seconds" })("a session that can't be marked as seen", (it) => {
  it.effect("is found all the same, with a line in the log", () =>
    Effect.gen(function* () {
      const sessions = yield* Sessions.Sessions
      const sql = yield* SqlClient.SqlClient
      const id = yield* open(yield* user)
      yield* sql`ALTER TABLE backend.device_sessions ADD CONSTRAINT refuse CHECK (last_seen_at IS NULL)`
      const lines: Array<string> = []
      const record = yield* sessions
        .lookup(id)
        .pipe(Effect.provide(Logger.layer([Logger.map(Logger.formatJson, (line) => void lines.push(line))])))
      assert.strictEqual(record.status, "active")
      assert.strictEqual(lines.length, 1)
      assert.include(lines[0], "last_seen_at could not be written")
      assert.include(lines[0], '"constraint":"refuse"')
    })
  )
})

onPostgres((database) => {
  layer(on(database), { timeout: "240 seconds" })("device sessions, many at once", (it) => {
    it.effect("whoever revokes, each session is revoked, audited and told of once", () =>
      Effect.gen(function* () {
        const sessions = yield* Sessions.Sessions
        const owner = yield* user
        const ids = yield* Effect.forEach(Arr.range(1, 8), () => open(owner))
        const answers = yield* Effect.all(
          [
            ...ids.map((id) => sessions.revoke(owner, id)),
            ...Arr.range(1, 6).map(() => sessions.revokeAll(owner)),
            ...ids.toReversed().map((id) => sessions.revoke(owner, id))
          ],
          { concurrency: "unbounded" }
        )
        assert.sameMembers(answers.flat(), ids)
        assert.strictEqual((yield* audited(owner)).length, 8)
        assert.strictEqual((yield* told(ids)).length, 8)
      })
    )

    it.effect("a look-up that waited for a revocation answers what the revocation left", () =>
      Effect.gen(function* () {
        const sessions = yield* Sessions.Sessions
        const sql = yield* SqlClient.SqlClient
        const owner = yield* user
        const id = yield* open(owner)
        const revoked = yield* Deferred.make<void>()
        const mayCommit = yield* Deferred.make<void>()
        const revoking = yield* Effect.forkChild(
          sql.withTransaction(
            sessions
              .revoke(owner, id)
              .pipe(Effect.andThen(Deferred.succeed(revoked, undefined)), Effect.andThen(Deferred.await(mayCommit)))
          )
        )
        yield* Deferred.await(revoked)
        const looking = yield* Effect.forkChild(sessions.lookup(id))
        // It has read the session as active, and waits for the row to write to it.
        const waiting = sql<{ waiting: number }>`
          SELECT count(*)::int AS waiting FROM pg_stat_activity
          WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%last_seen_at =%'`
        yield* Effect.repeat(waiting, { until: ([row]) => (row?.waiting ?? 0) > 0 })
        yield* Deferred.succeed(mayCommit, undefined)
        yield* Fiber.join(revoking)
        const record = yield* Fiber.join(looking)
        assert.strictEqual(record.status, "revoked")
        assert.isNull(record.lastSeenAt)
      })
    )
  })
})
