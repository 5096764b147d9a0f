/**
 * Live reservations in memory: bounded, and each is there until it expires.
 *
 * A full table takes nothing more instead of forgetting something that may still be repeated.
 */
export interface ReservationTable {
  /** Takes the key unless it is there already, or there is no room. Times are Unix milliseconds. */
  readonly take: (key: string, now: number, expiresAt: number) => "first" | "repeated" | "full"
  /** Puts in what was reserved earlier, whether or not there is room. */
  readonly restore: (key: string, expiresAt: number) => void
  /** Takes back what couldn't be made durable. */
  readonly release: (key: string) => void
}

export const keyOf = (request: { readonly deviceSessionId: string; readonly requestId: string }): string =>
  `${request.deviceSessionId}/${request.requestId}`

export const make = (capacity: number): ReservationTable => {
  // A map keeps the order of insertion, and all live about equally long: the oldest are at the front.
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
