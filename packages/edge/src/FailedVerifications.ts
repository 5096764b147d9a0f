/**
 * Step 0: an address that keeps failing verification is refused before its next request is examined.
 *
 * Only failures count, so honest calls never spend this budget. A connection that recently verified a request goes on,
 * whatever else comes from its address, until the user who verified it has used up a budget of their own: one account
 * must not lift the bound of an address.
 */
import type { Clock } from "effect"
import { network } from "./address.ts"
import type { Budgets } from "./Budgets.ts"
import type { Peer } from "./Envelope.ts"
import { monotonicMillisOf } from "./monotonicMillis.ts"
import type { RateLimited, Reason } from "./Refusal.ts"

/** How long a connection is trusted after a request on it was verified, in milliseconds. */
const verifiedForMs = 10 * 60_000

/** Refusals of steps 1 to 6: whoever sent the request hasn't shown that it is the session's. */
const failures: ReadonlySet<Reason> = new Set<Reason>([
  "invalid_envelope",
  "unsupported_protocol_version",
  "session_unknown",
  "session_revoked",
  "payload_hash_mismatch",
  "invalid_signature"
])

/** The budget of failed verifications per address (IPv6: per /64). Exempt peers are neither counted nor refused. */
export interface FailedVerifications {
  /** Refuses while the address has used up its failures, unless the connection is trusted. */
  readonly mayTry: (peer: Peer) => RateLimited | undefined
  /** Counts a refusal if it is a failed verification. */
  readonly refused: (peer: Peer, reason: Reason) => void
  /** Notes that a request of this user was verified on the connection. */
  readonly verified: (peer: Peer, userId: string) => void
}

/** Counts in the budgets `failuresIp` and `failuresUser`, so several of these over one `Budgets` share their counts. */
export const make = (budgets: Budgets["Service"], clock: Clock.Clock): FailedVerifications => {
  /** Who has verified a request on the connection lately. */
  const verifierOf = ({ connection }: Peer, now: number): string | undefined => {
    const at = connection?.verifiedAt
    return at !== undefined && now - at < verifiedForMs ? connection?.verifiedBy : undefined
  }
  return {
    mayTry: (peer) => {
      if (peer.exempt === true) return undefined
      const user = verifierOf(peer, monotonicMillisOf(clock))
      if (user !== undefined && budgets.check("failuresUser", user) === undefined) return undefined
      return budgets.check("failuresIp", network(peer.ip))
    },
    refused: (peer, reason) => {
      if (peer.exempt === true || !failures.has(reason)) return
      const user = verifierOf(peer, monotonicMillisOf(clock))
      if (user !== undefined) budgets.take("failuresUser", user)
      budgets.take("failuresIp", network(peer.ip))
    },
    verified: ({ connection }, userId) => {
      if (connection === undefined) return
      connection.verifiedAt = monotonicMillisOf(clock)
      connection.verifiedBy = userId
    }
  }
}
