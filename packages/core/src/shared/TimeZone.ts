/**
 * Time zones by their IANA names.
 *
 * A name that somebody chose is kept: an alias stays an alias (`Europe/Kyiv`, `Asia/Kolkata`, `CET`), and only its case
 * is corrected. JavaScript alone can't do that: it replaces aliases by other names.
 */
import { zoneNames } from "./zoneNames.ts"

const bySmallLetters = new Map(zoneNames.map((name) => [name.toLowerCase(), name]))

/** The zone's name in its official spelling; undefined if there is no such zone. */
export const zoneNamed = (name: string): string | undefined => {
  // Offsets such as +02:00 are accepted by Intl, but aren't zones: they know no summer time.
  if (name.length > 64 || !/^[A-Za-z]/.test(name)) return undefined
  try {
    const known = new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone
    // For a zone that is newer than the list of names, Intl's name is used.
    return bySmallLetters.get(name.toLowerCase()) ?? known
  } catch {
    return undefined
  }
}
