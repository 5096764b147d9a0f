/** Something that is built on a running Galaxy, and ends before it. */
import { Cause, type Context, Effect, Exit, Layer, Scope } from "effect"
import { GalaxyClosed } from "../errors.ts"
import type { Internals } from "./internals.ts"
import type { Services } from "./services.ts"
import { startFailure } from "./startFailure.ts"
import { within } from "./within.ts"

/** A scope of its own on the services of a Galaxy. */
export interface Attached {
  /** Rejects with `GalaxyStartFailed`, and has closed everything then; with `GalaxyClosed` after the end. */
  readonly build: <A, E>(layer: Layer.Layer<A, E, Services>) => Promise<Context.Context<A>>
  /** Every call returns the same promise. */
  readonly close: (timeoutMs?: number) => Promise<void>
}

const closeMs = 5_000

/** Throws `GalaxyClosed` where the Galaxy is closed. */
export const attach = ({ context, isClosed, users }: Internals): Attached => {
  if (isClosed()) throw new GalaxyClosed()
  const scope = Scope.makeUnsafe()
  let closing: Promise<void> | undefined
  const end = async (timeoutMs: number) => {
    await within(Effect.runPromise(Scope.close(scope, Exit.void)), timeoutMs)
    users.delete(close)
  }
  const close = (timeoutMs = closeMs): Promise<void> => (closing ??= end(timeoutMs))
  users.add(close)
  return {
    build: async (layer) => {
      if (closing !== undefined) throw new GalaxyClosed()
      const exit = await Effect.runPromiseExitWith(context)(Layer.buildWithScope(layer, scope))
      if (Exit.isSuccess(exit)) return exit.value
      await close()
      throw startFailure(Cause.squash(exit.cause))
    },
    close
  }
}
