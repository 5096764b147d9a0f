/**
 * Who may read the page of caught mails: whoever has its key, and nobody else who can reach the port.
 *
 * The key comes once in the link, or as a bearer token with each request. A browser that opened the link gets a cookie
 * instead, so that the key doesn't stay in its address bar. Cookies aren't bound to ports: a server of another user on
 * this machine would get it too. It is therefore bound to a path that only this browser knows, and is of no use
 * elsewhere.
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto"
import type { IncomingMessage } from "node:http"
import { Redacted } from "effect"

const cookieName = "galaxy_mail"

const digest = (text: string) => createHash("sha256").update(text).digest()

/** Compares in a time that reveals neither where the texts differ nor how long the expected one is. */
export const isSame = (given: string, expected: string): boolean => timingSafeEqual(digest(given), digest(expected))

/**
 * Checks requests against the key. Cookie and path are derived from it, so they stay valid over a restart with the same
 * key. Throws for a key of fewer than 20 characters.
 */
export class PageKey {
  readonly #key: string
  readonly #cookie: string
  /** The path below which a browser with the cookie finds the pages; begins and ends with a slash. */
  readonly path: string

  constructor(key: Redacted.Redacted) {
    this.#key = Redacted.value(key)
    if (this.#key.length < 20) throw new Error("the key of the mail page must have 20 characters or more")
    const derived = (purpose: string) => createHmac("sha256", this.#key).update(purpose).digest("base64url")
    this.#cookie = derived("cookie")
    this.path = `/${derived("path").slice(0, 22)}/`
  }

  isKey(given: string): boolean {
    return isSame(given, this.#key)
  }

  /** Whether the request carries the key as a bearer token. */
  hasBearer(request: IncomingMessage): boolean {
    return this.isKey(/^bearer +(\S+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? "")
  }

  /** Whether the request is from a browser that has opened the link. The caller has to check the path. */
  hasCookie(request: IncomingMessage): boolean {
    // A page on another port can set cookies of the same name: any of them may be the right one.
    const given = (request.headers.cookie ?? "").split(";").map((it) => it.trim().split("="))
    return given.some(([name, value = ""]) => name === cookieName && isSame(value, this.#cookie))
  }

  /** `Set-Cookie` for whoever opened the link; lasts until the browser is closed. */
  get setCookie(): string {
    return `${cookieName}=${this.#cookie}; Path=${this.path}; HttpOnly; SameSite=Strict`
  }
}
