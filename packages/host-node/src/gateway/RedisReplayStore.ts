/**
 * Replay reservations in Redis, shared by all gateways.
 *
 * While Redis can't answer at once, the store refuses: commands are never queued for a connection that may come back.
 */
import { ReplayStoreUnavailable } from "@galaxy/edge/Refusal"
import { ReplayStore } from "@galaxy/edge/ReplayStore"
import { Effect, Layer, Redacted, Schema } from "effect"
import { Redis } from "ioredis"

/** Redis doesn't answer at start. */
export class RedisUnreachable extends Schema.TaggedError<RedisUnreachable>()("RedisUnreachable", {
  message: Schema.String
}) {}

const prefix = "galaxy:replay:"
const commandTimeoutMs = 1_000

export const layer = (options: { readonly url: Redacted.Redacted }): Layer.Layer<ReplayStore, RedisUnreachable> =>
  Layer.effect(
    ReplayStore,
    Effect.gen(function* () {
      const redis = yield* Effect.acquireRelease(
        Effect.sync(
          () =>
            new Redis(Redacted.value(options.url), {
              lazyConnect: true,
              enableOfflineQueue: false,
              maxRetriesPerRequest: 0,
              autoResendUnfulfilledCommands: false,
              commandTimeout: commandTimeoutMs,
              connectTimeout: commandTimeoutMs,
              retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 6), 2_000)
            })
        ),
        (connection) =>
          Effect.sync(() => {
            connection.disconnect()
          })
      )
      // Without a listener a lost connection would end the process; each request finds it out for itself.
      let reason = "it doesn't answer"
      redis.on("error", (error: Error) => {
        reason = error.message || ("code" in error ? String(error.code) : reason)
      })
      yield* Effect.tryPromise({
        try: () => redis.connect(),
        catch: () =>
          new RedisUnreachable({
            message: `Redis at ${redis.options.host}:${redis.options.port} can't be reached: ${reason}`
          })
      })

      const ask = <A>(command: () => Promise<A>) =>
        Effect.tryPromise({ try: command, catch: () => new ReplayStoreUnavailable() })

      return ReplayStore.of({
        reserve: (deviceSessionId, requestId, ttlMs) =>
          Effect.map(
            ask(() => redis.set(`${prefix}${deviceSessionId}:${requestId}`, "1", "PX", ttlMs, "NX")),
            (answer) => answer === "OK"
          ),
        ready: Effect.asVoid(ask(() => redis.ping()))
      })
    })
  )
