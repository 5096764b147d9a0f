import { UserId } from "@galaxy/contract/ids/Ids"
import type { UserEvent } from "@galaxy/core/user-event/UserEventOutbox"
import { UserEventReceiver } from "@galaxy/core/user-event/UserEventSender"
import * as RedisUserEvents from "@galaxy/host-node/user/RedisUserEvents"
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Effect, Redacted } from "effect"
import { Redis } from "ioredis"
import { hasServer, redisWith } from "../gateway/redis.ts"

const timeoutMs = 200

const event = (n: number, type: UserEvent["type"]): UserEvent => ({
  id: `0190f7a2-6d3e-7c11-9a55-00000000000${n}`,
  type,
  userId: UserId.make("0190f7a2-6d3e-7c11-9a55-000000000001"),
  at: DateTime.makeUnsafe(0),
  details: {}
})

const receiverIn = (own: { readonly url: string }, maxLength: number) => {
  const stream = (key: string) => ({ key, maxLength })
  const options = { url: Redacted.make(own.url), place: "a Redis", timeoutMs }
  return RedisUserEvents.layer({ ...options, domain: stream("domain"), lifecycle: stream("lifecycle") })
}

const readerOf = (own: { readonly url: string }) =>
  Effect.acquireRelease(
    Effect.sync(() => new Redis(own.url)),
    (it) => Effect.sync(() => it.disconnect())
  )

const idsIn = (reader: Redis, stream: string) =>
  Effect.map(
    Effect.promise(() => reader.xrange(stream, "-", "+")),
    (all) => all.map(([, fields]) => fields[fields.indexOf("event_id") + 1])
  )

describe.skipIf(!hasServer)("user events in Redis", () => {
  it.live("a batch goes to both streams in its order, and each keeps so many entries", () =>
    Effect.gen(function* () {
      const own = yield* redisWith()
      yield* Effect.gen(function* () {
        const { send } = yield* UserEventReceiver
        const reader = yield* readerOf(own)
        yield* send([
          event(1, "account.created"),
          event(2, "account.changed"),
          event(3, "limit.changed"),
          event(4, "sanction.changed"),
          event(5, "account.deleted")
        ])
        assert.deepStrictEqual(
          yield* idsIn(reader, "lifecycle"),
          [1, 5].map((n) => event(n, "account.created").id)
        )
        assert.deepStrictEqual(
          yield* idsIn(reader, "domain"),
          [3, 4].map((n) => event(n, "account.created").id)
        )
        // No entry of a batch is left out in silence.
        yield* Effect.promise(() =>
          reader.set("domain", "taken for something else").then(() => reader.del("lifecycle"))
        )
        const both = [event(6, "account.changed"), event(7, "account.created")] as const
        assert.deepStrictEqual(yield* send(both), new Set([both[1].id]))
        // The refusal has ended the connection.
        const alone = Effect.eventually(Effect.tapError(send(both), () => Effect.sleep(20)))
        assert.deepStrictEqual(yield* alone, new Set([both[1].id]))
      }).pipe(Effect.scoped, Effect.provide(receiverIn(own, 2)))
    }).pipe(Effect.scoped)
  )

  it.live("an event whose answer was lost has failed, and is taken again by the next connection", () =>
    Effect.gen(function* () {
      const own = yield* redisWith()
      const ids = yield* Effect.gen(function* () {
        const { send } = yield* UserEventReceiver
        const reader = yield* readerOf(own)
        // It has the event in its buffer, and carries it out later.
        own.freeze()
        const sent = send([event(1, "account.created")])
        assert.strictEqual((yield* Effect.flip(sent))._tag, "ReceiverAway")
        own.thaw()
        yield* Effect.eventually(Effect.tapError(sent, () => Effect.sleep(20)))
        return yield* Effect.repeat(Effect.andThen(Effect.sleep(20), idsIn(reader, "lifecycle")), {
          until: (it) => it.length > 1
        })
      }).pipe(Effect.scoped, Effect.provide(receiverIn(own, 100)))
      assert.strictEqual(new Set(ids).size, 1, ids.join(" "))
    }).pipe(Effect.scoped)
  )
})
