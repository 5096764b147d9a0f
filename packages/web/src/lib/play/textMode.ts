/**
 * Orders as text: a part of the program that few visits need, and that can't be loaded without a network.
 *
 * A browser may keep a failed load for as long as the page is open, so that nothing is asked for where it is known to fail.
 */
import { whenIdle } from "../../platform/whenIdle.ts"

/** There is no network: once that is back, the next call may load it. */
export class Offline extends Error {
  override readonly name = "Offline"
}

const load = () => Promise.all([import("./OrdersText.svelte"), import("../../core/game/orderText.ts")])
let loaded: ReturnType<typeof load> | undefined

/** What it is made of. Rejects with `Offline`, or with an error after which the page must be opened anew. */
export const textMode = async () => {
  // A service worker has all parts, with or without a network.
  if (loaded === undefined && !navigator.onLine && !navigator.serviceWorker?.controller) throw new Offline()
  return await (loaded ??= load())
}

/** Somebody may want it in a moment. */
export const expectTextMode = (): void => void textMode().catch(() => undefined)

/** Loads it beforehand, while nothing else is to be done and as soon as there is a network. Answers how to stop. */
export const prepareTextMode = (): (() => void) => {
  const stopWaiting = whenIdle(expectTextMode)
  addEventListener("online", expectTextMode)
  return () => {
    stopWaiting()
    removeEventListener("online", expectTextMode)
  }
}
