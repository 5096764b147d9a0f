/**
 * Makes sure that a run of a game's engine can serve.
 *
 * An engine that doesn't get ready in time is ended, so that the next attempt starts a new one, in the next epoch.
 */
import { Context, Effect, Layer, Option, Predicate, type Redacted, Schedule, type Scope } from "effect"
import { EngineClient } from "./EngineClient.ts"
import {
  type EngineAccess,
  EngineGone,
  EngineHost,
  EngineHostUnavailable,
  type EngineInstance,
  type EngineRun,
  type EngineSpec,
  type EngineStale,
  EngineStartFailed,
  isSilent,
  silentTimeout
} from "./EngineHost.ts"
import type { EngineRefused, EngineUnreachable } from "./EngineError.ts"
import { EngineSettings } from "./EngineSettings.ts"

/** Brings engines up. Until the scope ends, they aren't put to sleep. */
export class EngineReady extends Context.Service<
  EngineReady,
  {
    /**
     * Starts the engine, or takes the one that runs in this epoch, and waits until it can serve, at most for
     * `engineReadyTimeout`. Idempotent. One that is no use is ended once `mayEnd` has succeeded; its failure says that the
     * run is another owner's by now.
     */
    start<E>(
      spec: EngineSpec,
      mayEnd: Effect.Effect<void, E>
    ): Effect.Effect<
      EngineInstance,
      EngineStartFailed | EngineStale | EngineGone | EngineHostUnavailable | E,
      Scope.Scope
    >
    /**
     * A run that is known from before, if it can serve and takes the token. Waits as above while its host says that it
     * runs, and takes the host's word for its address; where its host doesn't answer, the engine is asked itself.
     */
    again<E>(
      known: EngineInstance,
      token: Redacted.Redacted,
      mayEnd: Effect.Effect<void, E>
    ): Effect.Effect<Option.Option<EngineInstance>, E, Scope.Scope>
  }
>()("@galaxy/core/engine/EngineReady") {}

/** Whatever answers there takes another token. */
export const isStranger = (error: EngineRefused | EngineUnreachable): boolean =>
  error._tag === "EngineUnreachable" && error.stranger === true

const often = Schedule.min([Schedule.exponential("20 millis", 1.5), Schedule.spaced("500 millis")])

/** `EngineReady` over the port `EngineHost` and the engine's routes. */
export const layer: Layer.Layer<EngineReady, never, EngineHost | EngineClient | EngineSettings> = Layer.effect(
  EngineReady,
  Effect.gen(function* () {
    const host = yield* EngineHost
    const client = yield* EngineClient
    const config = yield* EngineSettings

    const silent = (hostId: string) => isSilent(host, hostId)

    /** Whether it may still get better: a host that hasn't answered just now knows of no end. */
    const runs = (run: EngineRun) =>
      Effect.flatMap(silent(run.hostId), (isSilent) =>
        isSilent
          ? Effect.succeed(false)
          : Effect.match(host.inspect(run), { onFailure: () => true, onSuccess: Option.isSome })
      )

    /** Ends a run that is no use, if that can be had now: where its host doesn't answer, the sweep ends it later. */
    const ended = <E>({ epoch, gameId, hostId }: EngineRun, mayEnd: Effect.Effect<void, E>) =>
      Effect.andThen(mayEnd, Effect.ignore(host.stop(gameId, hostId, epoch)))

    /**
     * Asks until it can serve; fails once it has ended. Whether it is ours is asked then: an engine says that it lives to
     * anybody, also to those whose token it doesn't take.
     */
    const serving = (run: EngineRun, access: EngineAccess, heard: (reason: string) => void) =>
      client.health(access).pipe(
        Effect.tapError((error) => Effect.sync(() => heard(error.reason))),
        // An engine that has ended will not get better, nor one that takes another token.
        Effect.retry({
          schedule: often,
          while: (error) => (isStranger(error) ? Effect.succeed(false) : runs(run))
        }),
        // Whatever else is wrong with it shows when it is called.
        Effect.andThen(Effect.catchIf(client.probe(access), Predicate.not(isStranger), () => Effect.void))
      )

    const start = Effect.fn("EngineReady.start")(function* <E>(spec: EngineSpec, mayEnd: Effect.Effect<void, E>) {
      let last = "it didn't answer"
      const heard = (reason: string) => {
        last = reason
      }
      return yield* Effect.gen(function* () {
        const instance = yield* host.start(spec)
        // It may have ended, or have been put to sleep, before it was held.
        if (!(yield* host.hold(instance))) return yield* new EngineGone()
        const access = { endpoint: instance.endpoint, token: spec.token }
        return yield* serving(instance, access, heard).pipe(
          Effect.as(instance),
          Effect.catch(
            (error): Effect.Effect<never, EngineStartFailed | EngineGone | EngineHostUnavailable | E> =>
              isStranger(error)
                ? // It was started with another secret, or before the database was restored.
                  Effect.andThen(ended(spec, mayEnd), new EngineGone())
                : Effect.flatMap(
                    silent(spec.hostId),
                    (isSilent): Effect.Effect<never, EngineStartFailed | EngineHostUnavailable> =>
                      Effect.fail(
                        isSilent
                          ? new EngineHostUnavailable({ reason: `the host ${spec.hostId} fell silent: ${last}` })
                          : new EngineStartFailed({ reason: `the engine ended: ${last}`, permanent: false })
                      )
                  )
          )
        )
      }).pipe(
        Effect.timeoutOrElse({
          duration: config.engineReadyTimeout,
          orElse: () =>
            Effect.andThen(
              ended(spec, mayEnd),
              Effect.fail(
                new EngineStartFailed({ reason: `the engine was not ready in time: ${last}`, permanent: false })
              )
            )
        })
      )
    })

    const again = Effect.fn("EngineReady.again")(function* <E>(
      known: EngineInstance,
      token: Redacted.Redacted,
      mayEnd: Effect.Effect<void, E>
    ) {
      const held = yield* host.hold(known)
      const isSilent = yield* silent(known.hostId)
      const found = held && !isSilent ? yield* Effect.option(host.inspect(known)) : Option.none()
      if (Option.isNone(found)) {
        const asked = Effect.isSuccess(client.probe({ endpoint: known.endpoint, token }))
        // One that is merely busy meanwhile is moved, which takes no longer than waiting for it.
        const answers = isSilent
          ? yield* Effect.timeoutOrElse(asked, { duration: silentTimeout, orElse: () => Effect.succeed(false) })
          : yield* asked
        return answers ? Option.some(known) : Option.none()
      }
      if (Option.isNone(found.value)) return Option.none()
      const instance = found.value.value
      const serves = yield* serving(instance, { endpoint: instance.endpoint, token }, () => undefined).pipe(
        Effect.isSuccess,
        Effect.timeoutOrElse({
          duration: config.engineReadyTimeout,
          orElse: () => Effect.as(ended(known, mayEnd), false)
        })
      )
      return serves ? Option.some(instance) : Option.none()
    })

    return EngineReady.of({ start, again })
  })
)
