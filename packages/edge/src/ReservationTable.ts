/**
 * Live reservations in memory: bounded, and each is there until it expires.
 *
 * Times are of the monotonic clock, so a wall clock that is wrong for a moment ends no reservation early and keeps none
 * too long. A full table refuses new keys rather than forget one that may still be repeated.
 */
export interface ReservationTable {
  /** Reserves the key unless it is reserved already or there is no room. Times are monotonic milliseconds. */
  readonly take: (key: string, now: number, ttlMs: number) => "first" | "repeated" | "full"
  /** Adds an earlier reservation, whether or not there is room. Those that end first have to be added first. */
  readonly restore: (key: string, now: number, leftMs: number) => void
  /** Removes a reservation that couldn't be made durable. */
  readonly release: (key: string) => void
}

/** The key of a reservation: request ids are unique only within a session. */
export const keyOf = (request: { readonly deviceSessionId: string; readonly requestId: string }): string =>
  `${request.deviceSessionId}/${request.requestId}`

/** An empty table that takes new keys while it holds fewer than `capacity`. */
export const make = (capacity: number): ReservationTable => {
  // A map keeps the order of insertion, and all reservations live about equally long: the oldest are at the front.
  const expiries = new Map<string, number>()
  const drop = (now: number) => {
    for (const [key, expiry] of expiries) {
      if (expiry > now) return
      expiries.delete(key)
    }
  }
  const put = (key: string, expiresAt: number) => {
    expiries.delete(key)
    expiries.set(key, expiresAt)
  }
  return {
    take: (key, now, ttlMs) => {
      drop(now)
      if ((expiries.get(key) ?? now) > now) return "repeated"
      if (expiries.size >= capacity) return "full"
      put(key, now + ttlMs)
      return "first"
    },
    restore: (key, now, leftMs) => put(key, Math.max(now + leftMs, expiries.get(key) ?? 0)),
    release: (key) => void expiries.delete(key)
  }
}
