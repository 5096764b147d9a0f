/**
 * Live reservations in memory: bounded, and each is there until it expires.
 *
 * A full table refuses new keys rather than forget one that may still be repeated.
 */
export interface ReservationTable {
  /** Reserves the key unless it is reserved already or there is no room. Times are Unix milliseconds. */
  readonly take: (key: string, now: number, expiresAt: number) => "first" | "repeated" | "full"
  /** Adds an earlier reservation, whether or not there is room. */
  readonly restore: (key: string, expiresAt: number) => void
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
    take: (key, now, expiresAt) => {
      drop(now)
      if ((expiries.get(key) ?? 0) > now) return "repeated"
      if (expiries.size >= capacity) return "full"
      put(key, expiresAt)
      return "first"
    },
    restore: (key, expiresAt) => put(key, Math.max(expiresAt, expiries.get(key) ?? 0)),
    release: (key) => void expiries.delete(key)
  }
}
