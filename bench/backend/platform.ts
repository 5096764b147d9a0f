/** The backend over a recorded database, with engines that answer at once, and a way to call it. */
import type * as Core from "@galaxy/core/Core"
import { type Context, Effect, Exit, Layer, Scope } from "effect"
import { type Call, platformOn, surfaces } from "../../packages/core/test/http/platform.ts"
import { recording } from "./recording.ts"

/** A backend that was built. */
export interface Started {
  readonly context: Context.Context<Layer.Success<ReturnType<typeof platformOn>>>
  readonly call: (...sent: Parameters<Call>) => Promise<Effect.Success<ReturnType<Call>>>
  readonly database: ReturnType<typeof recording>
  readonly stop: () => Promise<void>
}

/** Builds a backend. `workers` are at work; the others are not. */
export const start = async (
  serverUrl: string,
  options: Partial<Core.CoreOptions> = {},
  workers: ReadonlyArray<Core.WorkerName> = []
): Promise<Started> => {
  const scope = Effect.runSync(Scope.make())
  const database = recording(serverUrl)
  const context = await Effect.runPromise(Layer.buildWithScope(platformOn(database.layer, options, workers), scope))
  const call = await Effect.runPromise(
    surfaces.pipe(Effect.provide(context), Effect.provideService(Scope.Scope, scope))
  )
  return {
    context,
    call: (...sent) => Effect.runPromise(call(...sent)),
    database,
    stop: () => Effect.runPromise(Scope.close(scope, Exit.void))
  }
}
