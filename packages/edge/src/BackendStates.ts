/** How the backends are, as probes of readiness and metrics show it. */
import { Context } from "effect"

/**
 * - `ready`: its probe says so, or nobody has asked yet.
 * - `unready`: it answers, and says that it takes no calls or that it ends.
 * - `unavailable`: it can't be reached.
 */
export type BackendState = "ready" | "unready" | "unavailable"

/** How many backends are in each state. */
export type BackendCounts = Readonly<Record<BackendState, number>>

/** Counts the backends as they were when they were last asked. */
export class BackendStates extends Context.Service<BackendStates, { readonly counts: () => BackendCounts }>()(
  "@galaxy/edge/BackendStates"
) {}
