/** Waiting, as a port: tests pass their own. */
import { Effect } from "effect"

/** Resolves after so many milliseconds. */
export type Sleep = (ms: number) => Promise<void>

/** By the machine's clock. */
export const sleep: Sleep = (ms) => Effect.runPromise(Effect.sleep(ms))
