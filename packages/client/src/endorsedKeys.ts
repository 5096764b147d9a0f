/** Which keys a pinned one vouches for, by the endorsements that a gateway publishes. */
import type { EndorsedKey } from "@galaxy/contract/api/GatewayInfo"
import * as KeyEndorsement from "@galaxy/contract/signing/KeyEndorsement"
import { Predicate, Result } from "effect"
import { Base64 } from "effect/encoding"
import type { VerifyingKey } from "./verify.ts"

/** A key whose signatures count. */
export interface Trusted extends VerifyingKey {
  /** Its standard base64, which no other key has. */
  readonly text: string
  /** Undefined for the pinned one. */
  readonly untilMs: number | undefined
  /** It is the pinned one, or came after it by successors alone. */
  readonly isSuccessor: boolean
}

/** Makes a published key usable, from its standard base64; undefined where it is no honest one. */
export type ReadKey = (text: string) => Promise<VerifyingKey | undefined>

const isEndorsedKey = (it: unknown): it is typeof EndorsedKey.Type =>
  Predicate.isReadonlyObject(it) &&
  Predicate.isString(it["public_key"]) &&
  Predicate.isString(it["role"]) &&
  Predicate.isString(it["endorsed_by"]) &&
  Number.isSafeInteger(it["expires_at_ms"]) &&
  Predicate.isString(it["endorsement"])

/** Whether `by` has signed this endorsement of a key. */
const isSigned = async (it: typeof EndorsedKey.Type, key: VerifyingKey, by: VerifyingKey): Promise<boolean> => {
  const { role } = it
  const signature = Result.getOrUndefined(Base64.decode(it.endorsement))
  if (signature === undefined || (role !== "successor" && role !== "predecessor")) return false
  const input = KeyEndorsement.signingInput({
    role,
    publicKey: key.publicKey,
    endorsedBy: by.publicKey,
    expiresAtMs: BigInt(it.expires_at_ms)
  })
  return by.verifies(input, signature)
}

/** All keys that `pin` vouches for by unexpired endorsements, directly or by others, the pinned one first. */
export const trustedFrom = async (
  pin: Trusted,
  endorsed: ReadonlyArray<unknown>,
  now: number,
  readKey: ReadKey
): Promise<ReadonlyArray<Trusted>> => {
  // What has another form is left out: a later gateway may publish such keys too.
  const claims = endorsed.slice(0, KeyEndorsement.maxEndorsements).filter(isEndorsedKey)
  const trusted: Array<Trusted> = [pin]
  // Grows while it is walked: each key is asked once for whom it vouches.
  for (const by of trusted) {
    for (const claim of claims) {
      if (claim.endorsed_by !== by.text || claim.expires_at_ms <= now) continue
      if (trusted.some((it) => it.text === claim.public_key)) continue
      const key = await readKey(claim.public_key)
      if (key === undefined || !(await isSigned(claim, key, by))) continue
      trusted.push({
        ...key,
        text: claim.public_key,
        // None counts for longer than what vouches for it.
        untilMs: Math.min(claim.expires_at_ms, by.untilMs ?? claim.expires_at_ms),
        isSuccessor: by.isSuccessor && claim.role === "successor"
      })
    }
  }
  return trusted
}
