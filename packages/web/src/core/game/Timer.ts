/** Time, as the stores of a game need it: a port, so that tests move it by hand. */

export interface Timer {
  /** Unix milliseconds. */
  readonly now: () => number
  /** Runs something later; answers how to cancel that. */
  readonly after: (ms: number, run: () => void) => () => void
  /** From 0 to 1: spreads what many clients would do at once. */
  readonly random: () => number
}
