/** Backends that each believe to own every game, on one database and the same hosts of engines. */
import type { EngineHost } from "@galaxy/core/engine/EngineHost"
import * as Play from "@galaxy/core/play/Play"
import { PlayerOrders } from "@galaxy/core/play/PlayerOrders"
import * as EngineWatch from "@galaxy/core/runtime/EngineWatch"
import * as HostWatch from "@galaxy/core/runtime/HostWatch"
import * as Runtime from "@galaxy/core/runtime/Runtime"
import * as RuntimeCluster from "@galaxy/core/runtime/RuntimeCluster"
import * as RuntimeScheduler from "@galaxy/core/runtime/RuntimeScheduler"
import { Runtimes } from "@galaxy/core/runtime/Runtimes"
import type * as StateVault from "@galaxy/core/runtime/vault/StateVault"
import { Context, Effect, Exit, Layer, Scope } from "effect"
import type { HttpClient } from "effect/http"
import { type Gates, gated } from "./gates.ts"

const own = Play.layer().pipe(Layer.provideMerge(Runtime.layer), Layer.provideMerge(RuntimeCluster.layerSingle))

type Outside = EngineHost | HttpClient.HttpClient | StateVault.StateVault
/** What a backend is built on. */
export type Needs =
  | Outside
  | Exclude<
      | Layer.Services<typeof own>
      | Effect.Services<typeof RuntimeScheduler.make>
      | Effect.Services<typeof HostWatch.make>,
      Layer.Success<typeof own>
    >

/** A backend: what players and the scheduler ask of it, and its end. */
export interface Backend {
  readonly orders: PlayerOrders["Service"]
  readonly runtimes: Runtimes["Service"]
  /** One pass of each watch, and of the sweep. */
  readonly watchEngines: Effect.Effect<void, unknown>
  readonly watchHosts: Effect.Effect<void, unknown>
  readonly sweep: Effect.Effect<void, unknown>
  readonly gates: Gates
  /** Whatever it does is cut off. */
  readonly kill: Effect.Effect<void>
}

/** Starts a backend in the scope. */
export const start = Effect.fnUntraced(function* (gates: Gates) {
  const outside = yield* Effect.context<Outside>()
  const context = Context.merge(yield* Effect.context<Needs>(), gated(gates)(outside))
  const scope = yield* Scope.fork(yield* Effect.scope)
  const built = yield* Layer.buildWithMemoMap(
    Layer.provide(own, Layer.succeedContext(context)),
    Layer.makeMemoMapUnsafe(),
    scope
  )
  const all = Context.merge(context, built)
  const watch = yield* Effect.provide(EngineWatch.make, all)
  const watchHosts = yield* Effect.provide(HostWatch.make, all)
  const { sweep } = yield* Effect.provide(RuntimeScheduler.make, all)
  return {
    orders: Context.get(built, PlayerOrders),
    runtimes: Context.get(built, Runtimes),
    watchEngines: watch(),
    watchHosts,
    sweep,
    gates,
    kill: Scope.close(scope, Exit.void)
  } satisfies Backend
})
