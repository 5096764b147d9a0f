/** Comparing engine versions, `major.minor.patch`: by number, not as text (0.10.0 is newer than 0.9.0). */

/** What a version looks like. */
export const versionPattern = /^\d+\.\d+\.\d+$/

const parts = (version: string) => version.split(".").map(Number)

/** Negative if the first version is older, positive if it is newer, 0 if they are the same. */
export const compare = (left: string, right: string): number => {
  const [a, b] = [parts(left), parts(right)]
  const index = a.findIndex((it, at) => it !== b[at])
  return index < 0 ? 0 : (a[index] ?? 0) - (b[index] ?? 0)
}

/** Whether the first version is older than the second. */
export const isOlder = (version: string, than: string): boolean => compare(version, than) < 0

/** Whether the version is newer, and differs in nothing but the patch number. */
export const isPatchOf = (version: string, of: string): boolean => {
  const [a, b] = [parts(version), parts(of)]
  return a[0] === b[0] && a[1] === b[1] && compare(version, of) > 0
}
