/**
 * Step 0: an address that keeps failing verification is refused before its next request is examined.
 *
 * Only failures count, so honest calls never spend this budget. A connection that recently verified a request goes on,
 * whatever else comes from its address, until the user who verified it has used up a budget of their own: one account
 * must not lift the bound of an address.
 */
import { Effect } from "effect"
import { network } from "./address.ts"
import type { Budgets } from "./Budgets.ts"
import type { Peer } from "./Envelope.ts"
import { monotonicMillis } from "./monotonicMillis.ts"
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
  /** Fails while the address has used up its failures, unless the connection is trusted. */
  readonly mayTry: (peer: Peer) => Effect.Effect<void, RateLimited>
  /** Counts a refusal if it is a failed verification. */
  readonly refused: (peer: Peer, reason: Reason) => Effect.Effect<void>
  /** Notes that a request of this user was verified on the connection. */
  readonly verified: (peer: Peer, userId: string) => Effect.Effect<void>
}

/** Counts in the budgets `failuresIp` and `failuresUser`, so several of these over one `Budgets` share their counts. */
export const make = (budgets: Budgets["Service"]): FailedVerifications => {
  /** Who has verified a request on the connection lately. */
  const verifierOf = ({ connection }: Peer, now: number): string | undefined => {
    const at = connection?.verifiedAt
    return at !== undefined && now - at < verifiedForMs ? connection?.verifiedBy : undefined
  }
  return {
    mayTry: (peer) =>
      peer.exempt === true
        ? Effect.void
        : Effect.flatMap(monotonicMillis, (now) => {
            const user = verifierOf(peer, now)
            const ofAddress = budgets.check("failuresIp", network(peer.ip))
            return user === undefined ? ofAddress : Effect.catch(budgets.check("failuresUser", user), () => ofAddress)
          }),
    refused: (peer, reason) =>
      peer.exempt === true || !failures.has(reason)
        ? Effect.void
        : Effect.flatMap(monotonicMillis, (now) => {
            const user = verifierOf(peer, now)
            const ofUser = user === undefined ? Effect.void : Effect.ignore(budgets.take("failuresUser", user))
            return Effect.andThen(ofUser, Effect.ignore(budgets.take("failuresIp", network(peer.ip))))
          }),
    verified: (peer, userId) =>
      Effect.map(monotonicMillis, (now) => {
        if (peer.connection === undefined) return
        peer.connection.verifiedAt = now
        peer.connection.verifiedBy = userId
      })
  }
}
