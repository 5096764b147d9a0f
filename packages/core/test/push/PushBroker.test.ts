import { UserId } from "@galaxy/contract/ids/Ids"
import * as Cursor from "@galaxy/core/push/Cursor"
import * as PushBroker from "@galaxy/core/push/PushBroker"
import * as PushLog from "@galaxy/core/push/PushLog"
import { DatabaseSignal } from "@galaxy/core/shared/DatabaseSignal"
import { newId } from "@galaxy/core/shared/NewId"
import { eachDatabase, layerPostgres, onPostgres } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Layer, Scope, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { moment, settled, settledHead } from "./settled.ts"

const newUser = Effect.map(newId, (id) => UserId.make(id))
const event = (userId: UserId) => ({ userId, kind: "game.turn.ready", payload: new Uint8Array([1]) })

/** Makes a day pass for everything in the log, and settles it: the running clock can't be moved. */
const aDayLater = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`UPDATE backend.push_events SET created_at = created_at - interval '25 hours'`
  yield* settled
})

/** A subscription from which frames are taken one by one. */
const subscribe = Effect.fnUntraced(function* (clientId: string, cursor = "") {
  yield* settled
  const broker = yield* PushBroker.PushBroker
  const pull = yield* Stream.toPull(Stream.rechunk(broker.subscribe(clientId, cursor), 1))
  const next = Effect.map(pull, ([frame]) => frame)
  return { next, first: yield* next }
})

const outcomeOf = (frame: PushBroker.Frame) => (frame.type === "resume" ? frame.outcome : undefined)
const rowOf = (frame: PushBroker.Frame) => {
  assert(frame.type === "row")
  return frame.row
}
const end = (reason: PushBroker.SubscriptionEnded["reason"]) => new PushBroker.SubscriptionEnded({ reason })

/** Connections of the pool are opened in the brokers' time. */
const live = { timeout: "240 seconds", excludeTestServices: true } as const

const over = (options: Partial<PushBroker.PushBrokerOptions> = {}) =>
  PushBroker.layer({ batch: 2, pollMillis: 50, ...options }).pipe(Layer.provideMerge(PushLog.layer({ keepPerUser: 1 })))

eachDatabase((name, database) => {
  layer(over({ maxSubscriptions: 3 }).pipe(Layer.provideMerge(database)), live)(`PushBroker on ${name}`, (it) => {
    it.effect("begins fresh above what is there, then carries everything in order, in whatever batches", () =>
      Effect.gen(function* () {
        const log = yield* PushLog.PushLog
        const ada = yield* newUser
        yield* log.append([event(ada)])
        const stream = yield* subscribe("gw")
        assert.strictEqual(outcomeOf(stream.first), "FRESH")
        yield* log.append([event(ada), event(ada), event(ada), event(ada)])
        yield* log.invalidate([{ userId: ada }], "user_revoke")
        const got = yield* Effect.replicateEffect(stream.next, 5)
        assert.deepStrictEqual(
          got.map((it) => rowOf(it).sequence ?? rowOf(it).kind),
          [2n, 3n, 4n, 5n, "user_revoke"]
        )
        const cursors = got.map((it) => Cursor.parse(it.cursor) ?? Cursor.start)
        for (const [index, cursor] of cursors.slice(1).entries()) {
          assert.isTrue(Cursor.isBefore(cursors[index] ?? Cursor.start, cursor))
        }
      }).pipe(Effect.scoped)
    )

    it.effect("resumes right after the cursor, whichever frame it was of", () =>
      Effect.gen(function* () {
        const log = yield* PushLog.PushLog
        const ada = yield* newUser
        const before = yield* Effect.scoped(
          Effect.gen(function* () {
            const stream = yield* subscribe("gw")
            yield* log.append([event(ada), event(ada), event(ada)])
            return [stream.first, ...(yield* Effect.replicateEffect(stream.next, 3))]
          })
        )
        for (const [index, { cursor }] of before.entries()) {
          const rest = yield* Effect.scoped(
            Effect.gen(function* () {
              const stream = yield* subscribe("gw", cursor)
              assert.deepStrictEqual(stream.first, { type: "resume", outcome: "RESUMED", cursor })
              return yield* Effect.replicateEffect(stream.next, 3 - index)
            })
          )
          assert.deepStrictEqual(
            rest.map((it) => rowOf(it).sequence),
            [1n, 2n, 3n].slice(index)
          )
        }
      })
    )

    for (const cursor of [
      "nonsense",
      "1",
      "-1.5",
      "1.2.3",
      " 1.2",
      "99999999999999999999.1",
      "9223372036854775807.1",
      "0.0x1"
    ]) {
      it.effect(`begins anew after a cursor that is not of this log: ${cursor}`, () =>
        Effect.gen(function* () {
          const log = yield* PushLog.PushLog
          const ada = yield* newUser
          yield* log.append([event(ada)])
          const stream = yield* subscribe("gw", cursor)
          assert.strictEqual(outcomeOf(stream.first), "RESTARTED")
          assert.strictEqual(stream.first.cursor, Cursor.format(yield* log.head))
          yield* log.append([event(ada)])
          assert.strictEqual(rowOf(yield* stream.next).sequence, 2n)
        }).pipe(Effect.scoped)
      )
    }

    it.effect("begins anew after a cursor whose rows are gone, and resumes at the floor", () =>
      Effect.gen(function* () {
        const log = yield* PushLog.PushLog
        const ada = yield* newUser
        const old = yield* settledHead
        yield* log.append([event(ada), event(ada), event(ada)])
        yield* aDayLater
        yield* log.prune
        const restarted = yield* Effect.scoped(subscribe("gw", Cursor.format(old)))
        assert.strictEqual(outcomeOf(restarted.first), "RESTARTED")
        const { floor } = yield* log.standing(old)
        const stream = yield* subscribe("gw", Cursor.format(floor))
        assert.strictEqual(outcomeOf(stream.first), "RESUMED")
        assert.strictEqual(rowOf(yield* stream.next).sequence, 3n)
      }).pipe(Effect.scoped)
    )

    it.effect("a reader that pruning has passed is ended, not led past the hole", () =>
      Effect.gen(function* () {
        const log = yield* PushLog.PushLog
        const ada = yield* newUser
        const stream = yield* subscribe("gw")
        yield* log.append(Array.from({ length: 40 }, () => event(ada)))
        const last = yield* stream.next
        yield* aDayLater
        yield* log.prune
        // What was read in time still comes.
        const got = [rowOf(last).sequence]
        const ended = yield* Effect.flip(
          Effect.forever(Effect.map(stream.next, (frame) => void got.push(rowOf(frame).sequence)))
        )
        assert.deepStrictEqual(ended, end("overtaken"))
        assert.isBelow(got.length, 40)
        assert.deepStrictEqual(
          got,
          got.map((_, index) => BigInt(index + 1))
        )
        const again = yield* subscribe("gw", last.cursor)
        assert.strictEqual(outcomeOf(again.first), "RESTARTED")
      }).pipe(Effect.scoped)
    )

    it.effect("a second subscription of the same name ends the first, also one that waits; others stay", () =>
      Effect.gen(function* () {
        const log = yield* PushLog.PushLog
        const ada = yield* newUser
        const other = yield* subscribe("gw-other")
        const first = yield* subscribe("gw-twice")
        const waiting = yield* Effect.forkChild(Effect.flip(first.next))
        const second = yield* subscribe("gw-twice")
        assert.deepStrictEqual(yield* Fiber.join(waiting), end("replaced"))
        yield* log.append([event(ada)])
        assert.strictEqual(rowOf(yield* second.next).userId, ada)
        assert.strictEqual(rowOf(yield* other.next).userId, ada)
        const broker = yield* PushBroker.PushBroker
        assert.strictEqual(yield* broker.size, 2)
      }).pipe(Effect.scoped)
    )

    it.effect("lets in only so many gateways, and again when one has left", () =>
      Effect.gen(function* () {
        const broker = yield* PushBroker.PushBroker
        yield* subscribe("gw-1")
        yield* subscribe("gw-2")
        yield* Effect.scoped(
          Effect.gen(function* () {
            yield* subscribe("gw-3")
            assert.deepStrictEqual(yield* Effect.flip(subscribe("gw-4")), new PushBroker.TooManySubscriptions())
            // Who is in may always come again.
            yield* subscribe("gw-3")
          })
        )
        assert.strictEqual(yield* broker.size, 2)
        yield* subscribe("gw-4")
      }).pipe(Effect.scoped)
    )
  })

  layer(over({ pollMillis: 600_000 }).pipe(Layer.provideMerge(database)), live)(
    `PushBroker that never looks by itself on ${name}`,
    (it) => {
      it.effect("is woken by commits", () =>
        Effect.gen(function* () {
          const log = yield* PushLog.PushLog
          const ada = yield* newUser
          const stream = yield* subscribe("gw")
          const several = yield* Effect.forkChild(Effect.replicateEffect(stream.next, 5))
          // The listener may not listen yet: events are written until one is heard.
          yield* Effect.forkChild(Effect.forever(Effect.andThen(log.append([event(ada)]), Effect.sleep("20 millis"))))
          assert.deepStrictEqual(
            (yield* Fiber.join(several)).map((it) => rowOf(it).sequence),
            [1n, 2n, 3n, 4n, 5n]
          )
        }).pipe(Effect.scoped)
      )
    }
  )

  let rowsRead = 0
  const counting = Layer.effect(
    PushLog.PushLog,
    Effect.map(PushLog.PushLog, (log) =>
      PushLog.PushLog.of({
        ...log,
        read: (after, limit) =>
          Effect.tap(log.read(after, limit), (rows) => Effect.sync(() => (rowsRead += rows.length)))
      })
    )
  ).pipe(Layer.provide(PushLog.layer()))
  layer(
    PushBroker.layer({ batch: 10, pollMillis: 50 }).pipe(Layer.provideMerge(counting), Layer.provideMerge(database)),
    live
  )(`PushBroker for a slow gateway on ${name}`, (it) => {
    it.effect("reads no further ahead than some batches", () =>
      Effect.gen(function* () {
        const log = yield* PushLog.PushLog
        const ada = yield* newUser
        const stream = yield* subscribe("gw")
        yield* log.append(Array.from({ length: 500 }, () => event(ada)))
        rowsRead = 0
        for (let taken = 1; taken <= 500; taken++) {
          assert.strictEqual(rowOf(yield* stream.next).sequence, BigInt(taken))
          assert.isAtMost(rowsRead, taken + 30)
        }
      }).pipe(Effect.scoped)
    )
  })

  // No signal ever comes.
  const silent = Layer.succeed(DatabaseSignal, { send: () => Effect.void, signals: () => Stream.never })
  layer(over().pipe(Layer.provideMerge(Layer.provideMerge(silent, database))), live)(
    `PushBroker without signals on ${name}`,
    (it) => {
      it.effect("finds everything by looking at intervals", () =>
        Effect.gen(function* () {
          const log = yield* PushLog.PushLog
          const ada = yield* newUser
          const stream = yield* subscribe("gw")
          for (const sequence of [1n, 2n, 3n]) {
            yield* log.append([event(ada)])
            assert.strictEqual(rowOf(yield* stream.next).sequence, sequence)
          }
        }).pipe(Effect.scoped)
      )
    }
  )

  layer(PushLog.layer().pipe(Layer.provideMerge(database)), live)(`PushBroker that ends on ${name}`, (it) => {
    it.effect("ends its subscriptions", () =>
      Effect.gen(function* () {
        const scope = yield* Scope.make()
        const context = yield* Layer.buildWithScope(PushBroker.layer(), scope)
        const stream = yield* Effect.provideContext(subscribe("gw"), context)
        const waiting = yield* Effect.forkChild(Effect.flip(stream.next))
        yield* Scope.close(scope, Exit.void)
        assert.deepStrictEqual(yield* Fiber.join(waiting), end("shutting_down"))
        assert.deepStrictEqual(
          yield* Effect.flip(Effect.provideContext(subscribe("gw"), context)),
          end("shutting_down")
        )
      }).pipe(Effect.scoped)
    )
  })
})

onPostgres((database, url) => {
  layer(over().pipe(Layer.provideMerge(layerPostgres(url, 3))), live)("PushBroker with many gateways", (it) => {
    it.effect("takes no connection per gateway", () =>
      Effect.gen(function* () {
        const log = yield* PushLog.PushLog
        const ada = yield* newUser
        const streams = yield* Effect.forEach(Array.from({ length: 20 }), (_, index) => subscribe(`gw-${index}`))
        yield* log.append([event(ada)])
        for (const stream of streams) assert.strictEqual(rowOf(yield* stream.next).userId, ada)
      }).pipe(Effect.scoped)
    )
  })

  layer(over().pipe(Layer.provideMerge(database)), live)("PushBroker beside open transactions", (it) => {
    it.effect("delivers what an older transaction has held back as soon as it ends, however it ends", () =>
      Effect.gen(function* () {
        const log = yield* PushLog.PushLog
        const sql = yield* SqlClient.SqlClient
        for (const ending of ["commit", "rollback"]) {
          const [slow, quick] = [yield* newUser, yield* newUser]
          const stream = yield* subscribe("gw")
          const written = yield* Deferred.make<void>()
          const mayEnd = yield* Deferred.make<void, "undone">()
          const late = yield* Effect.forkChild(
            Effect.exit(
              sql.withTransaction(
                Effect.gen(function* () {
                  yield* log.append([event(slow)])
                  yield* Deferred.succeed(written, undefined)
                  yield* Deferred.await(mayEnd)
                })
              )
            )
          )
          yield* Deferred.await(written)
          yield* log.append([event(quick)])
          const next = yield* Effect.forkChild(stream.next)
          // It looks again and again meanwhile, and finds nothing that it may show.
          for (let round = 0; round < 50; round++) yield* moment
          assert.isUndefined(next.pollUnsafe())
          yield* ending === "commit" ? Deferred.succeed(mayEnd, undefined) : Deferred.fail(mayEnd, "undone")
          yield* Fiber.join(late)
          const first = rowOf(yield* Fiber.join(next))
          if (ending === "rollback") assert.strictEqual(first.userId, quick)
          else assert.deepStrictEqual([first.userId, rowOf(yield* stream.next).userId], [slow, quick])
        }
      }).pipe(Effect.scoped)
    )
  })
})
