import { UserId } from "@galaxy/contract/ids/Ids"
import { UserEvents } from "@galaxy/core/account/UserEvents"
import * as RedisUserEvents from "@galaxy/host-node/user/RedisUserEvents"
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Effect, Redacted } from "effect"
import { Redis } from "ioredis"
import { hasServer, redisWith } from "../gateway/redis.ts"

const userId = UserId.make("0190f7a2-6d3e-7c11-9a55-000000000001")
const timeoutMs = 200

describe.skipIf(!hasServer)("user events in Redis", () => {
  it.live("an event whose answer was lost is sent again with the same id", () =>
    Effect.gen(function* () {
      const own = yield* redisWith()
      const stream = (key: string) => ({ key, maxLength: 100 })
      const options = { url: Redacted.make(own.url), place: "a Redis", timeoutMs }
      const events = RedisUserEvents.layer({ ...options, domain: stream("domain"), lifecycle: stream("lifecycle") })
      const ids = yield* Effect.gen(function* () {
        const { publish } = yield* UserEvents
        const reader = yield* Effect.acquireRelease(
          Effect.sync(() => new Redis(own.url)),
          (it) => Effect.sync(() => it.disconnect())
        )
        // It has the event in its buffer, and carries it out later.
        own.freeze()
        yield* publish({ type: "account.created", userId, at: yield* DateTime.now })
        yield* Effect.sleep(3 * timeoutMs)
        own.thaw()
        const all = Effect.promise(() => reader.xrange("lifecycle", "-", "+"))
        const entries = yield* Effect.repeat(Effect.andThen(Effect.sleep(20), all), { until: (it) => it.length > 1 })
        return entries.map(([, fields]) => fields[fields.indexOf("event_id") + 1])
      }).pipe(Effect.scoped, Effect.provide(events))
      assert.strictEqual(new Set(ids).size, 1, ids.join(" "))
    }).pipe(Effect.scoped)
  )
})
