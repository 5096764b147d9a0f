/** What people type or paste at the door, made plain. */

/** The digits of a code, however it was pasted: spaces, dashes and words around it don't matter. */
export const digitsOf = (typed: string): string => typed.replace(/\D/g, "")

/** Whether a text can be an address at all; the server knows better. */
export const looksLikeAddress = (typed: string): boolean => /^\S+@\S+\.?\S*$/.test(typed.trim())

/** A place inside this client to go to after signing in; anything else is the list of games. */
export const safeNext = (next: string | null): string =>
  next !== null && /^\/(?![/\\])/.test(next) && !next.startsWith("/signin") ? next : "/"

const browsers: ReadonlyArray<readonly [RegExp, string]> = [
  [/\bEdg\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\bFirefox\//, "Firefox"],
  [/Chrom(e|ium)\//, "Chrome"],
  [/\bSafari\//, "Safari"]
]

const systems: ReadonlyArray<readonly [RegExp, string]> = [
  [/\bAndroid\b/, "Android"],
  [/\b(iPhone|iPad|iPod)\b/, "iOS"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b/, "macOS"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bLinux\b/, "Linux"]
]

const first = (known: ReadonlyArray<readonly [RegExp, string]>, agent: string) =>
  known.find(([pattern]) => pattern.test(agent))?.[1]

/** The browser and the system behind a user agent, for the list of devices. */
export const deviceOf = (agent: string): { readonly browser: string; readonly system: string } => ({
  browser: first(browsers, agent) ?? "Browser",
  system: first(systems, agent) ?? "?"
})
