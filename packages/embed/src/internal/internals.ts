/** What lies behind a `Galaxy`, for the other entries of this package. Users never see it. */
import type { Callers } from "@galaxy/core/http/Callers"
import type { Context } from "effect"
import type { Services } from "./services.ts"

/** The running services, who may call, and what must end before them. */
export interface Internals {
  readonly context: Context.Context<Services>
  readonly callers: Callers
  /** Each is closed, within a time in milliseconds, before the services are. */
  readonly users: Set<(timeoutMs: number) => Promise<void>>
  readonly isClosed: () => boolean
}

const known = new WeakMap<object, Internals>()

/** Keeps the internals for as long as the Galaxy is there. */
export const remember = (galaxy: object, internals: Internals): void => {
  known.set(galaxy, internals)
}

/** Throws a `TypeError` for an object that `createGalaxy` hasn't made. */
export const internalsOf = (galaxy: object): Internals => {
  const found = known.get(galaxy)
  if (found === undefined) throw new TypeError("this is not what createGalaxy has returned")
  return found
}
