/** What every `PushSource` adapter does, over a push log that the suite writes to. */
import { DeviceSessionId, UserId } from "@galaxy/contract/ids/Ids"
import { PushLog } from "@galaxy/core/push/PushLog"
import { newId } from "@galaxy/core/shared/NewId"
import { type PushFrame, PushSource, type PushSourceLost } from "@galaxy/edge/hub/PushSource"
import { type Cause, Effect, Fiber, type Layer, Queue, Stream } from "effect"
import * as assert from "../internal/assert.ts"
import { type Case, casesOf } from "./Case.ts"

/** How long a frame may take that must come. */
const patience = "30 seconds"

/** A subscription whose frames are taken one by one; `lost` is how it ends. */
const subscription = Effect.fnUntraced(function* (source: PushSource["Service"], cursor: string) {
  const frames = yield* Queue.unbounded<PushFrame, PushSourceLost | Cause.Done>()
  const running = yield* Effect.forkScoped(Stream.runIntoQueue(source.frames(cursor), frames))
  const next = Effect.timeout(Queue.take(frames), patience)
  return { next, leave: Fiber.interrupt(running), lost: Effect.timeout(Effect.flip(Queue.take(frames)), patience) }
})

/** What has an open transaction before it is held back: an event of before would come after the beginning. */
const settled = Effect.gen(function* () {
  const log = yield* PushLog
  while ((yield* log.standing(yield* log.head)).pending) yield* Effect.sleep("5 millis")
})

const append = Effect.fnUntraced(function* (userId: UserId, count: number) {
  const log = yield* PushLog
  yield* log.append(
    Array.from({ length: count }, (_, i) => ({ userId, kind: "game.turn.ready", payload: Uint8Array.of(i, 0, 255) }))
  )
})

/** What every `PushSource` does. The adapter subscribes under one name to the log that is provided along with it. */
export const pushSource = <E>(adapter: Layer.Layer<PushSource | PushLog, E>): ReadonlyArray<Case> =>
  casesOf(
    adapter,
    (it) => {
      const begun = Effect.fnUntraced(function* (cursor: string | undefined) {
        yield* settled
        const stream = yield* subscription(yield* PushSource, cursor ?? "")
        const first = yield* stream.next
        return { ...stream, cursor: first.cursor, outcome: first.type === "resume" ? first.outcome : first.type }
      })
      const newUser = Effect.map(newId, (id) => UserId.make(id))
      const sequences = <E2>(next: Effect.Effect<PushFrame, E2>, count: number) =>
        Effect.replicateEffect(
          Effect.map(next, (it) => (it.type === "event" ? it.event.sequence : it.type)),
          count
        )

      it("begins fresh without a cursor, then carries all that is committed, as it was given", () =>
        Effect.gen(function* () {
          const log = yield* PushLog
          const user = yield* newUser
          const session = DeviceSessionId.make(yield* newId)
          const eventId = yield* newId
          yield* append(user, 1)
          const stream = yield* begun(undefined)
          assert.strictEqual(stream.outcome, "FRESH")
          const given = { kind: "mail", payload: Uint8Array.of(7, 0, 255), eventId, requestId: "r", traceId: "t" }
          yield* log.append([{ userId: user, deviceSessionId: session, ...given }])
          yield* log.append([{ userId: user, kind: "mail", payload: new Uint8Array() }])
          yield* log.invalidate([{ deviceSessionId: session }], "user_revoke")
          yield* log.invalidate([{ userId: user }], "admin_sanction")
          const frames = yield* Effect.replicateEffect(stream.next, 4)
          const [first, second] = frames.map((it) => (it.type === "event" ? it.event : undefined))
          assert.deepInclude(
            { ...first, payload: [...(first?.payload ?? [])] },
            { ...given, payload: [7, 0, 255], userId: user, deviceSessionId: session, sequence: 2 }
          )
          assert.deepInclude(second, { userId: user, deviceSessionId: "", sequence: 3 })
          assert.strictEqual(second?.payload.byteLength, 0)
          assert.deepStrictEqual(
            frames.slice(2).map((it) => it.type === "invalidation" && [it.deviceSessionId, it.userId, it.reason]),
            [
              [session, "", "user_revoke"],
              ["", user, "admin_sanction"]
            ]
          )
        }))

      it("resumes after the cursor of any frame without loss or repeat", () =>
        Effect.gen(function* () {
          const user = yield* newUser
          const first = yield* begun(undefined)
          yield* append(user, 3)
          const [, second] = yield* Effect.replicateEffect(first.next, 2)
          yield* first.leave
          yield* append(user, 2)
          const again = yield* begun(second?.cursor)
          assert.strictEqual(again.outcome, "RESUMED")
          assert.deepStrictEqual(yield* sequences(again.next, 3), [3, 4, 5])
          yield* again.leave
          const whole = yield* begun(first.cursor)
          assert.strictEqual(whole.outcome, "RESUMED")
          assert.deepStrictEqual(yield* sequences(whole.next, 5), [1, 2, 3, 4, 5])
        }))

      it("restarts at the present from a cursor that is not of this log", () =>
        Effect.gen(function* () {
          for (const cursor of ["nonsense", "9223372036854775807.1"]) {
            const user = yield* newUser
            yield* append(user, 1)
            const stream = yield* begun(cursor)
            assert.strictEqual(stream.outcome, "RESTARTED")
            yield* append(user, 1)
            assert.deepStrictEqual(yield* sequences(stream.next, 1), [2])
            yield* stream.leave
          }
        }))

      it("a second subscription ends the first, which says so and can be opened again", () =>
        Effect.gen(function* () {
          const first = yield* begun(undefined)
          const second = yield* begun(undefined)
          assert.strictEqual((yield* first.lost)._tag, "PushSourceLost")
          const user = yield* newUser
          yield* append(user, 1)
          assert.deepStrictEqual(yield* sequences(second.next, 1), [1])
          const third = yield* begun(first.cursor)
          assert.strictEqual((yield* second.lost)._tag, "PushSourceLost")
          assert.deepStrictEqual(yield* sequences(third.next, 1), [1])
        }))

      it("carries many events in their order to a reader who is slow", () =>
        Effect.gen(function* () {
          const user = yield* newUser
          const stream = yield* begun(undefined)
          const count = 300
          yield* append(user, count)
          const slowly = Effect.tap(stream.next, () => Effect.yieldNow)
          assert.deepStrictEqual(
            yield* sequences(slowly, count),
            Array.from({ length: count }, (_, i) => i + 1)
          )
        }))
    },
    { liveClock: true, withinMs: 120_000 }
  )
