/** Which names count as the same. */

/** What two names must share to be the same: everything but case. */
export const keyOf = (name: string): string => name.toLowerCase()

/**
 * The stored form of a typed name: normalised (NFKC), trimmed, with underscores for spaces, commas and at signs (rules,
 * section 22).
 */
export const written = (typed: string): string =>
  typed
    .normalize("NFKC")
    .trim()
    .replace(/[\s,@]/gu, "_")

/** The key of a name as a player typed it. */
export const keyOfTyped = (typed: string): string => keyOf(written(typed))
