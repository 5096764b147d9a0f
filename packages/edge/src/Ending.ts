/**
 * The beginning of a gateway's end. Readiness and health checks tell of it first, then streams end, then the port closes.
 */
import { Context, Deferred, Effect, Layer } from "effect"

/** Tells whether this gateway is about to end. It can't be taken back. */
export class Ending extends Context.Service<
  Ending,
  {
    readonly begin: Effect.Effect<void>
    readonly hasBegun: Effect.Effect<boolean>
    /** Is done once it has begun. */
    readonly begun: Effect.Effect<void>
  }
>()("@galaxy/edge/Ending") {}

/** One that has not begun. */
export const layer: Layer.Layer<Ending> = Layer.effect(
  Ending,
  Effect.map(Deferred.make<void>(), (deferred) =>
    Ending.of({
      begin: Effect.asVoid(Deferred.succeed(deferred, undefined)),
      hasBegun: Deferred.isDone(deferred),
      begun: Deferred.await(deferred)
    })
  )
)
