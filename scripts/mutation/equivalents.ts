/**
 * Mutants that no test can tell from the original, each with why. Known by the text of the changed lines, not by their
 * numbers, so that they go on being known when something else in the file changes.
 */

export interface Equivalent {
  readonly file: string
  /** The changed lines, with single spaces, before and after. */
  readonly before: string
  readonly after: string
  readonly why: string
}

export const equivalents: ReadonlyArray<Equivalent> = []
