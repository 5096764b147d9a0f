import { DeviceSessionId, UserId } from "@galaxy/contract/ids/Ids"
import * as Cursor from "@galaxy/core/push/Cursor"
import * as PushLog from "@galaxy/core/push/PushLog"
import { newId } from "@galaxy/core/shared/NewId"
import { eachDatabase, onPostgres } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"

const newUser = Effect.map(newId, (id) => UserId.make(id))
const event = (userId: UserId, kind = "game.turn.ready") => ({ userId, kind, payload: new Uint8Array([1, 2]) })

eachDatabase((name, database) => {
  layer(PushLog.layer({ keepPerUser: 3 }).pipe(Layer.provideMerge(database)), { timeout: "60 seconds" })(
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
          const before = yield* log.head
          yield* log.append([event(ada)])
          yield* log.invalidate({ deviceSessionId: session }, "user_revoke")
          yield* log.invalidate({ userId: ada }, "admin_sanction")
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
          const ada = yield* newUser
          yield* log.append([event(ada), event(ada), event(ada), event(ada), event(ada)])
          assert.strictEqual(yield* log.prune, 0)
          yield* TestClock.adjust("25 hours")
          yield* log.append([event(ada)])
          yield* log.prune
          const kept = yield* log.eventsAfter(ada, 0, 10)
          assert.deepStrictEqual(
            kept.events.map((it) => Number(it.sequence)),
            [4, 5, 6]
          )
          assert.strictEqual(kept.oldest, 4)
          assert.isTrue(Cursor.isBefore(Cursor.start, yield* log.floor))
          assert.isTrue(Cursor.isBefore(yield* log.floor, kept.events[0]?.cursor ?? Cursor.start))
        })
      )
    }
  )
})

onPostgres((database) => {
  layer(PushLog.layer().pipe(Layer.provideMerge(database)), { timeout: "60 seconds" })(
    "PushLog under concurrency",
    (it) => {
      it.effect("a transaction that commits late is not skipped", () =>
        Effect.gen(function* () {
          const log = yield* PushLog.PushLog
          const sql = yield* SqlClient.SqlClient
          const [slow, quick] = [yield* newUser, yield* newUser]
          const before = yield* log.head
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
          assert.isTrue(yield* log.isPending(before))
          yield* Deferred.succeed(mayCommit, undefined)
          yield* Fiber.join(late)
          const users = (yield* log.read(before, 10)).map((it) => it.userId)
          assert.deepStrictEqual(users, [slow, quick])
        })
      )

      it.effect("twenty writers at once leave no hole, no repeat and no deadlock", () =>
        Effect.gen(function* () {
          const log = yield* PushLog.PushLog
          const users = yield* Effect.all(Array.from({ length: 5 }, () => newUser))
          const before = yield* log.head
          yield* Effect.forEach(
            Array.from({ length: 20 }, (_, index) => index),
            (index) => log.append((index % 2 === 0 ? users : users.toReversed()).map((user) => event(user))),
            { concurrency: 20 }
          )
          const read = yield* log.read(before, 1_000)
          for (const user of users) {
            const numbers = read.filter((it) => it.userId === user).map((it) => Number(it.sequence))
            assert.deepStrictEqual(
              numbers,
              Array.from({ length: 20 }, (_, index) => index + 1)
            )
          }
        })
      )
    }
  )
})
