/**
 * The backend of Galaxy inside a server of your own.
 *
 * `createGalaxy` connects, migrates the database and starts all background work before it returns, or rejects once. From
 * then on it answers requests through `fetch`, until `close`.
 */
import { build } from "./internal/build.ts"
import { checked } from "./internal/checked.ts"
import { remember } from "./internal/internals.ts"
import type { GalaxyOptions } from "./options.ts"

/** A running backend. */
export interface Galaxy {
  /**
   * Answers a request to the backend's REST surfaces, whose path begins with `/api/v1/`, `/healthz` or `/readyz`. Never
   * rejects. A server that mounts it elsewhere takes its own prefix away first, as Express and Hono do.
   */
  readonly fetch: (request: Request) => Promise<Response>
  /**
   * Answers new requests with 503, lets running ones and mails under way end, and releases the database. A pool of yours
   * stays open. Resolves after `timeoutMs` at the latest, 10 seconds when absent; then what still runs is cut off.
   */
  readonly close: (options?: { readonly timeoutMs?: number }) => Promise<void>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

/** Starts a backend. Rejects with `GalaxyStartFailed`, whose `code` says why. */
export const createGalaxy = async (options: GalaxyOptions): Promise<Galaxy> => {
  const { fetch, close, internals } = await build(checked(options))
  const galaxy: Galaxy = {
    fetch,
    close: ({ timeoutMs } = {}) => close(timeoutMs),
    [Symbol.asyncDispose]: () => close()
  }
  remember(galaxy, internals)
  return galaxy
}
