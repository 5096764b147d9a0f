/**
 * Makes sure that a game's engine runs and can serve.
 *
 * An engine that doesn't get ready in time is ended, so that the next attempt starts a new one.
 */
import { Context, Effect, Layer, Option, Schedule, type Scope } from "effect"
import { EngineClient } from "./EngineClient.ts"
import { EngineHost, type EngineInstance, type EngineSpec, EngineStartFailed } from "./EngineHost.ts"
import { EngineSettings } from "./EngineSettings.ts"

/** Brings engines up. Health checks are retried while this run of the engine lives. */
export class EngineReady extends Context.Service<
  EngineReady,
  {
    /**
     * Starts the engine if none runs and waits until it can serve, at most for `engineReadyTimeout`. Until the scope
     * ends it isn't put to sleep. Idempotent.
     */
    hold(spec: EngineSpec): Effect.Effect<EngineInstance, EngineStartFailed, Scope.Scope>
  }
>()("@galaxy/core/engine/EngineReady") {}

/** Most starts of one call. */
const mostStarts = 5

const often = Schedule.min([Schedule.exponential("20 millis", 1.5), Schedule.spaced("500 millis")])

/** `EngineReady` over the port `EngineHost` and the engine's health route. */
export const layer: Layer.Layer<EngineReady, never, EngineHost | EngineClient | EngineSettings> = Layer.effect(
  EngineReady,
  Effect.gen(function* () {
    const host = yield* EngineHost
    const client = yield* EngineClient
    const config = yield* EngineSettings

    /** An engine that has just been started may have ended, or have been put to sleep, before it is held. */
    const held = (spec: EngineSpec): Effect.Effect<EngineInstance, EngineStartFailed, Scope.Scope> =>
      Effect.gen(function* () {
        for (let attempt = 0; attempt < mostStarts; attempt++) {
          const started = yield* host.start(spec)
          const found = yield* host.hold(spec.gameId)
          if (Option.isSome(found) && found.value.instanceId === started.instanceId) return started
        }
        return yield* new EngineStartFailed({ reason: "the engine ended as soon as it was started", permanent: false })
      })

    const hold = Effect.fn("EngineReady.hold")(function* (spec: EngineSpec) {
      let last = "it didn't answer"
      return yield* Effect.gen(function* () {
        const instance = yield* held(spec)
        yield* client.health(instance).pipe(
          Effect.tapError((error) =>
            Effect.sync(() => {
              last = error.reason
            })
          ),
          Effect.retry({
            schedule: often,
            // An engine that has ended will not get better.
            while: () =>
              Effect.map(
                host.inspect(spec.gameId),
                (found) => found._tag === "Some" && found.value.instanceId === instance.instanceId
              )
          }),
          Effect.mapError(() => new EngineStartFailed({ reason: `the engine ended: ${last}`, permanent: false }))
        )
        return instance
      }).pipe(
        Effect.timeoutOrElse({
          duration: config.engineReadyTimeout,
          orElse: () =>
            Effect.andThen(
              Effect.ignore(host.stop(spec.gameId)),
              Effect.fail(
                new EngineStartFailed({ reason: `the engine was not ready in time: ${last}`, permanent: false })
              )
            )
        })
      )
    })

    return EngineReady.of({ hold })
  })
)
