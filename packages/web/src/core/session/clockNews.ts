/** Whether a person has to know that this machine's clock is wrong: once, until it has been right again. */
import type { TextPlace } from "../notices/toastKinds.ts"

/** From here on it is told, in milliseconds. */
const worthTellingMs = 10_000

/**
 * How far the clock is ahead of the server's, in milliseconds, negative where it is behind; undefined: nothing to tell. `place` keeps over
 * all tabs that it has been told.
 */
export const clockNews = (offsetMs: number, place: TextPlace): number | undefined => {
  const isWrong = Math.abs(offsetMs) > worthTellingMs
  const told = place.read() === "told"
  if (isWrong !== told) place.write(isWrong ? "told" : "")
  return isWrong && !told ? -offsetMs : undefined
}
