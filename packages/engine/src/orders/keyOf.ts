/** When two names are the same. */

/** What two names must share to be the same: everything but case. */
export const keyOf = (name: string): string => name.toLowerCase()

/** The name that a typed one stands for; spaces, commas and at signs become underscores (rules, section 22). */
export const written = (typed: string): string =>
  typed
    .normalize("NFKC")
    .trim()
    .replace(/[\s,@]/gu, "_")

/** The key of the name that a typed one stands for. */
export const keyOfTyped = (typed: string): string => keyOf(written(typed))
