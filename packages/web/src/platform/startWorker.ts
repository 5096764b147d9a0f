/** Starts workers of this build. */
import { scriptAddress } from "./scriptAddress.ts"

/** A worker with this script; undefined where the browser has none, can't draw in one, or refuses it. */
export const startWorker = (address: string): Worker | undefined => {
  if (typeof Worker === "undefined" || typeof OffscreenCanvas === "undefined") return undefined
  try {
    return new Worker(scriptAddress(address), { type: "module" })
  } catch {
    return undefined
  }
}
