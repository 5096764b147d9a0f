/** Whether an engine listens. Its health route answers everybody. */
import { Effect } from "effect"

/** Longest wait for one answer. Milliseconds. */
const patience = 1_000

/** True for any answer, whatever it says of the game: the engine may still be loading its state. */
export const listens = (endpoint: URL): Effect.Effect<boolean> =>
  Effect.promise(async (aborted) => {
    try {
      const signal = AbortSignal.any([aborted, AbortSignal.timeout(patience)])
      const answer = await fetch(new URL("/healthz", endpoint), { signal, redirect: "error" })
      await answer.body?.cancel()
      return true
    } catch {
      return false
    }
  })
