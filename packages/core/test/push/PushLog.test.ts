import { DeviceSessionId, UserId } from "@galaxy/contract/ids/Ids"
import * as Cursor from "@galaxy/core/push/Cursor"
import type { LogRow } from "@galaxy/core/push/LogRow"
import * as PushLog from "@galaxy/core/push/PushLog"
import { newId } from "@galaxy/core/shared/NewId"
import { eachDatabase, onPostgres } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer, Tracer } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { settled, settledHead } from "./settled.ts"

const newUser = Effect.map(newId, (id) => UserId.make(id))
const sequences = (rows: ReadonlyArray<LogRow>) => rows.map((it) => Number(it.sequence))
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)
const event = (userId: UserId, kind = "game.turn.ready") => ({ userId, kind, payload: new Uint8Array([1, 2]) })

eachDatabase((name, database) => {
  layer(PushLog.layer({ keepPerUser: 3 }).pipe(Layer.provideMerge(database)), { timeout: "240 seconds" })(
    `PushLog on ${name}`,
    (it) => {
      it.effect("numbers a user's events 1, 2, 3, … and keeps their bytes", () =>
        Effect.gen(function* () {
          const log = yield* PushLog.PushLog
          const [ada, lin] = [yield* newUser, yield* newUser]
          yield* log.append([event(ada), event(lin), event(ada)])
          yield* log.append([event(ada)])
          const kept = yield* log.eventsAfter(ada, 1, 10)
          assert.deepStrictEqual(
            kept.events.map((it) => Number(it.sequence)),
            [2, 3]
          )
          assert.deepStrictEqual([kept.oldest, kept.newest], [1, 3])
          assert.deepStrictEqual(Array.from(kept.events[0]?.payload ?? []), [1, 2])
          assert.deepStrictEqual((yield* log.eventsAfter(yield* newUser, 0, 10)).newest, 0)
        })
      )

      it.effect("an event tells of the trace that has made it", () =>
        Effect.gen(function* () {
          const log = yield* PushLog.PushLog
          const ada = yield* newUser
          const caller = Tracer.externalSpan({ traceId: "a".repeat(32), spanId: "b".repeat(16), sampled: true })
          yield* Effect.withParentSpan(log.append([event(ada)]), caller)
          yield* log.append([event(ada)])
          const kept = yield* log.eventsAfter(ada, 0, 10)
          assert.deepStrictEqual(
            kept.events.map((it) => it.traceId),
            [`00-${"a".repeat(32)}-${"b".repeat(16)}-01`, ""]
          )
        })
      )

      it.effect("an event of a transaction that fails takes no number", () =>
        Effect.gen(function* () {
          const log = yield* PushLog.PushLog
          const sql = yield* SqlClient.SqlClient
          const ada = yield* newUser
          yield* Effect.flip(sql.withTransaction(Effect.andThen(log.append([event(ada)]), Effect.fail("no"))))
          yield* log.append([event(ada)])
          const kept = yield* log.eventsAfter(ada, 0, 10)
          assert.deepStrictEqual(
            kept.events.map((it) => Number(it.sequence)),
            [1]
          )
        })
      )

      it.effect("reads on from a cursor, events and invalidations in one order", () =>
        Effect.gen(function* () {
          const log = yield* PushLog.PushLog
          const ada = yield* newUser
          const session = DeviceSessionId.make(yield* newId)
          const before = yield* settledHead
          yield* log.append([event(ada)])
          yield* log.invalidate([{ deviceSessionId: session }], "user_revoke")
          yield* log.invalidate([{ userId: ada }], "admin_sanction")
          yield* settled
          const first = yield* log.read(before, 2)
          const rest = yield* log.read(first.at(-1)?.cursor ?? Cursor.start, 10)
          assert.deepStrictEqual(
            [...first, ...rest].map((it) => [it.eventType, it.kind]),
            [
              ["client_event", "game.turn.ready"],
              ["session_invalidation", "user_revoke"],
              ["session_invalidation", "admin_sanction"]
            ]
          )
          assert.strictEqual(first[1]?.deviceSessionId, session)
          assert.deepStrictEqual(yield* log.head, rest.at(-1)?.cursor)
        })
      )

      it.effect("prunes only what is old and beyond a user's newest, and remembers how far", () =>
        Effect.gen(function* () {
          const log = yield* PushLog.PushLog
          const [ada, lin] = [yield* newUser, yield* newUser]
          yield* log.append([event(ada), event(ada), event(ada), event(ada), event(ada), event(lin)])
          yield* log.invalidate([{ userId: lin }], "user_revoke")
          yield* settled
          assert.strictEqual(yield* log.prune, 0)
          yield* TestClock.adjust("23 hours")
          yield* log.append([event(ada)])
          yield* log.invalidate([{ userId: ada }], "user_revoke")
          yield* settled
          assert.strictEqual(yield* log.prune, 0)
          yield* TestClock.adjust("61 minutes")
          yield* settled
          // Of six kept three: 4, 5, 6. Of the other user the only one. Of the invalidations the younger.
          assert.isAtLeast(yield* log.prune, 4)
          assert.strictEqual(yield* log.prune, 0)
          const kept = yield* log.eventsAfter(ada, 0, 10)
          assert.deepStrictEqual(sequences(kept.events), [4, 5, 6])
          assert.deepStrictEqual([kept.oldest, kept.newest], [4, 6])
          assert.deepStrictEqual(sequences((yield* log.eventsAfter(lin, 0, 10)).events), [1])
          const invalidated = (yield* log.read(Cursor.start, 1_000)).filter(
            (it) => it.eventType === "session_invalidation" && (it.userId === ada || it.userId === lin)
          )
          assert.deepStrictEqual(
            invalidated.map((it) => it.userId),
            [ada]
          )
          const { floor } = yield* log.standing(Cursor.start)
          assert.isTrue(Cursor.isBefore(Cursor.start, floor))
          assert.isTrue(Cursor.isBefore(floor, invalidated[0]?.cursor ?? Cursor.start))
          // The next number follows on the last, whatever is gone.
          yield* log.append([event(ada)])
          assert.strictEqual((yield* log.eventsAfter(ada, 0, 10)).newest, 7)
        })
      )

      it.effect("where everything is pruned, a new reader begins above what was removed", () =>
        Effect.gen(function* () {
          const log = yield* PushLog.PushLog
          yield* log.invalidate([{ userId: yield* newUser }], "user_revoke")
          const last = yield* settledHead
          yield* TestClock.adjust("25 hours")
          yield* log.prune
          assert.isFalse(Cursor.isBefore(yield* log.head, last))
        })
      )

      it.effect("numbers that no user has reached are no error", () =>
        Effect.gen(function* () {
          const log = yield* PushLog.PushLog
          const ada = yield* newUser
          yield* log.append([event(ada)])
          const kept = yield* log.eventsAfter(ada, Number.MAX_SAFE_INTEGER, 500)
          assert.deepStrictEqual([kept.events.length, kept.oldest, kept.newest], [0, 1, 1])
        })
      )

      it.effect("keeps one user's order in the log, also where an older transaction tells something later", () =>
        Effect.gen(function* () {
          const log = yield* PushLog.PushLog
          const sql = yield* SqlClient.SqlClient
          const ada = yield* newUser
          const before = yield* settledHead
          yield* log.append([event(ada, "first"), event(ada, "second")])
          // What an older transaction looks like that waited for this one: its id is below.
          yield* sql`UPDATE backend.push_events SET xid = (xid::text::bigint + 1000)::text::xid8 WHERE user_id = ${ada}`
          yield* log.append([event(ada, "third")])
          yield* sql`UPDATE backend.push_events SET xid = (xid::text::bigint - 1000)::text::xid8 WHERE user_id = ${ada}`
          yield* settled
          assert.deepStrictEqual(
            (yield* log.read(before, 10)).map((it) => it.kind),
            ["first", "second", "third"]
          )
        })
      )

      it.effect("takes over the rows of a restored dump, in their order, and lets no old cursor resume", () =>
        Effect.gen(function* () {
          const log = yield* PushLog.PushLog
          const sql = yield* SqlClient.SqlClient
          const ada = yield* newUser
          const before = yield* settledHead
          assert.isFalse(yield* log.adoptRestored)
          yield* log.append([event(ada, "first")])
          yield* log.append([event(ada, "second")])
          yield* sql`UPDATE backend.push_events SET xid = (event_no + 9000000000)::text::xid8 WHERE user_id = ${ada}`
          yield* log.append([event(ada, "third")])
          assert.deepStrictEqual(yield* log.read(before, 10), [])
          assert.isTrue(yield* log.adoptRestored)
          yield* log.append([event(ada, "fourth")])
          yield* settled
          assert.deepStrictEqual(
            (yield* log.read(before, 10)).map((it) => it.kind),
            ["first", "second", "third", "fourth"]
          )
          assert.isTrue(Cursor.isBefore(before, (yield* log.standing(before)).floor))
          assert.isFalse(yield* log.adoptRestored)
        })
      )

      it.effect("carries more events at once than one statement takes", () =>
        Effect.gen(function* () {
          const log = yield* PushLog.PushLog
          const [ada, lin] = [yield* newUser, yield* newUser]
          const before = yield* settledHead
          yield* log.append(Array.from({ length: 1_201 }, (_, index) => event(index % 3 === 0 ? lin : ada)))
          yield* settled
          const read = yield* log.read(before, 2_000)
          for (const [user, count] of [
            [lin, 401],
            [ada, 800]
          ] as const) {
            assert.deepStrictEqual(sequences(read.filter((it) => it.userId === user)), upTo(count))
          }
        })
      )

      it.effect("ids and addressees arrive as they were given", () =>
        Effect.gen(function* () {
          const log = yield* PushLog.PushLog
          const ada = yield* newUser
          const deviceSessionId = DeviceSessionId.make(yield* newId)
          const eventId = yield* newId
          const payload = Uint8Array.from({ length: 256 }, (_, index) => index)
          const given = { userId: ada, deviceSessionId, kind: "k", payload, eventId, requestId: "r-1", traceId: "t" }
          yield* log.append([given])
          const [row] = (yield* log.eventsAfter(ada, 0, 1)).events
          const { userId, kind, requestId, traceId } = row ?? {}
          assert.deepStrictEqual(
            { userId, kind, requestId, traceId },
            { userId: ada, kind: "k", requestId: "r-1", traceId: "t" }
          )
          assert.deepStrictEqual([row?.deviceSessionId, row?.eventId], [deviceSessionId, eventId])
          assert.deepStrictEqual(Array.from(row?.payload ?? []), Array.from(payload))
        })
      )
    }
  )
})

onPostgres((database) => {
  layer(PushLog.layer().pipe(Layer.provideMerge(database)), { timeout: "240 seconds" })(
    "PushLog under concurrency",
    (it) => {
      it.effect("a transaction that commits late is not skipped", () =>
        Effect.gen(function* () {
          const log = yield* PushLog.PushLog
          const sql = yield* SqlClient.SqlClient
          const [slow, quick] = [yield* newUser, yield* newUser]
          const before = yield* settledHead
          const written = yield* Deferred.make<void>()
          const mayCommit = yield* Deferred.make<void>()
          const late = yield* Effect.forkChild(
            sql.withTransaction(
              Effect.gen(function* () {
                yield* log.append([event(slow)])
                yield* Deferred.succeed(written, undefined)
                yield* Deferred.await(mayCommit)
              })
            )
          )
          yield* Deferred.await(written)
          yield* log.append([event(quick)])
          assert.deepStrictEqual(yield* log.read(before, 10), [])
          assert.isTrue((yield* log.standing(before)).pending)
          yield* Deferred.succeed(mayCommit, undefined)
          yield* Fiber.join(late)
          yield* settled
          const users = (yield* log.read(before, 10)).map((it) => it.userId)
          assert.deepStrictEqual(users, [slow, quick])
        })
      )

      it.effect("twenty writers at once leave no hole, no repeat and no deadlock, and a follower misses nothing", () =>
        Effect.gen(function* () {
          const log = yield* PushLog.PushLog
          const sql = yield* SqlClient.SqlClient
          const users = yield* Effect.all(Array.from({ length: 5 }, () => newUser))
          const total = 20 * 5 * users.length
          const before = yield* settledHead
          // Transaction ids are taken in one order and players' numbers in another.
          const write = (writer: number) =>
            Effect.forEach([1, 2, 3, 4, 5], (round) =>
              sql.withTransaction(
                Effect.gen(function* () {
                  if ((writer + round) % 3 === 0) yield* sql`SELECT pg_current_xact_id()::text`
                  if ((writer + round) % 4 === 0) yield* sql`SELECT pg_sleep(0.002)`
                  yield* log.append((writer % 2 === 0 ? users : users.toReversed()).map((user) => event(user)))
                })
              )
            )
          const writers = yield* Effect.forkChild(Effect.forEach(upTo(20), write, { concurrency: 20 }))
          const read: Array<LogRow> = []
          while (read.length < total) {
            read.push(...(yield* log.read(read.at(-1)?.cursor ?? before, 7)))
          }
          yield* Fiber.join(writers)
          assert.deepStrictEqual(yield* log.read(read.at(-1)?.cursor ?? before, 1), [])
          for (const user of users) {
            assert.deepStrictEqual(sequences(read.filter((it) => it.userId === user)), upTo(100))
          }
        })
      )

      it.effect("two backends that prune at once remove each row once", () =>
        Effect.gen(function* () {
          const log = yield* PushLog.PushLog
          for (let count = 0; count < 50; count++) yield* log.invalidate([{ userId: yield* newUser }], "user_revoke")
          yield* TestClock.adjust("25 hours")
          yield* settled
          const removed = yield* Effect.all([log.prune, log.prune, log.prune], { concurrency: 3 })
          assert.strictEqual(
            removed.reduce((sum, it) => sum + it, 0),
            50
          )
        })
      )
    }
  )
})
