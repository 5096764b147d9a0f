/** Which requests a page without a network can still have answered: screens and their parts, and no answer of a game. */

/** What is known of a request. */
export interface Asked {
  readonly method: string
  /** `navigate` where an address is opened. */
  readonly mode: string
  readonly url: string
}

/**
 * `screen`: an address that the shell answers, as the gateway has it. `part`: a file whose name carries its hash. All
 * else goes its way as if there were no service worker.
 */
export type Kind = "screen" | "part" | "other"

/** The kind of a request of a page of this origin. */
export const kindOf = ({ method, mode, url }: Asked, origin: string): Kind => {
  const { origin: target, pathname } = new URL(url)
  if (method !== "GET" || target !== origin) return "other"
  if (pathname.startsWith("/_app/")) return pathname.startsWith("/_app/immutable/") ? "part" : "other"
  const isOfPrograms = /^\/(api|healthz|readyz)(\/|$)/.test(pathname)
  return mode === "navigate" && !isOfPrograms && !pathname.includes(".") ? "screen" : "other"
}

/** Whether a part is fetched before anything asks for it: fonts of other alphabets aren't. */
export const isNeededEverywhere = (path: string): boolean => /\.(js|css)$/.test(path)
