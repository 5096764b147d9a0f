/** Bounds how often a line is written that others cause, so that nobody fills a disk by calling often. */

/** How often it is told how many were left out, in milliseconds. */
const toldMs = 10_000

/** What a bound on lines needs from where it stands. */
export interface LinesPerSecondOptions {
  /** Most lines in a second. */
  readonly most: number
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number
  /** Does something after so many milliseconds, unless the process or what the lines are about ends before. */
  readonly after: (millis: number, act: () => void) => void
  /** Told how many were left out, 10 seconds after the first of them, whether or not another line comes. */
  readonly leftOut: (count: number) => void
}

/** Returns whether a line may be written now; one that may not counts as left out. */
export const linesPerSecond = ({ after, leftOut, most, now }: LinesPerSecondOptions): (() => boolean) => {
  let second = Number.NEGATIVE_INFINITY
  let written = 0
  let left = 0
  const tell = () => {
    const count = left
    left = 0
    leftOut(count)
  }
  return () => {
    const current = Math.floor(now() / 1_000)
    if (current !== second) {
      second = current
      written = 0
    }
    if (written < most) {
      written++
      return true
    }
    if (left++ === 0) after(toldMs, tell)
    return false
  }
}
