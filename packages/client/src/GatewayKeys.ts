/**
 * The gateway's keys as a client knows them: the pinned one, and while keys are rotated those that it vouches for.
 *
 * What the known keys don't verify makes the client ask the gateway which keys it has. A key counts only by an unexpired
 * endorsement of one that counts already, beginning with the pinned one: what the gateway says of itself is never trusted
 * for more. The pin moves on to a successor once that has signed something, and never back to a predecessor.
 */
import { maxEndorsedKeys, type EndorsedKey } from "@galaxy/contract/api/GatewayInfo"
import * as PublicKey from "@galaxy/contract/signing/PublicKey"
import * as Signature from "@galaxy/contract/signing/Signature"
import * as SigningInput from "@galaxy/contract/signing/SigningInput"
import { Result } from "effect"
import { Base64 } from "effect/encoding"
import { type GatewayKey, gatewayKey, type VerifyingKey } from "./verify.ts"

/** What a gateway publishes: its own key, and which keys vouch for which. */
export interface PublishedKeys {
  /** Raw, 32 bytes. */
  readonly current: Uint8Array<ArrayBuffer>
  readonly endorsed: ReadonlyArray<typeof EndorsedKey.Type>
}

/** The pin, and how to learn what the gateway publishes. */
export interface GatewayKeysOptions {
  /** Raw, 32 bytes, and an honest key. */
  readonly pinned: Uint8Array<ArrayBuffer>
  /** What the gateway has said already, if it was asked. */
  readonly seen: PublishedKeys | undefined
  /** Asks the gateway, within a bounded time; undefined where it can't be reached. */
  readonly ask: () => Promise<PublishedKeys | undefined>
  /** Unix milliseconds by the server's clock, as far as it is known. */
  readonly now: () => number
  /** The pin has moved on to a successor. */
  readonly onMoved?: ((publicKey: Uint8Array<ArrayBuffer>) => void) | undefined
}

/** After an answer the gateway isn't asked again for this long, however many signatures don't verify. */
const askAgainMs = 10_000

interface Trusted extends VerifyingKey {
  /** Undefined for the pinned one. */
  readonly untilMs: number | undefined
  /** It is the pinned one, or came after it by successors alone. */
  readonly isSuccessor: boolean
}

/** An endorsement whose parts can be what they should be; its signature isn't checked yet. */
interface Claim {
  readonly role: SigningInput.KeyRole
  readonly publicKey: Uint8Array<ArrayBuffer>
  readonly endorsedBy: Uint8Array<ArrayBuffer>
  readonly untilMs: number
  readonly signature: Uint8Array
}

const claimOf = (it: typeof EndorsedKey.Type): Claim | undefined => {
  const [publicKey, endorsedBy] = [PublicKey.parse(it.public_key), PublicKey.parse(it.endorsed_by)]
  const signature = Result.getOrUndefined(Base64.decode(it.endorsement))
  const role = it.role === "successor" || it.role === "predecessor" ? it.role : undefined
  if (publicKey === undefined || endorsedBy === undefined || signature === undefined || role === undefined) return
  if (!Number.isSafeInteger(it.expires_at_ms)) return
  return { role, publicKey, endorsedBy, untilMs: it.expires_at_ms, signature }
}

/** Public keys are no secrets, so the time that this takes tells nothing. */
const equal = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, index) => byte === other[index])

/** All keys that `pin` vouches for by unexpired endorsements, directly or by others, the pinned one first. */
const trustedFrom = async (
  pin: Trusted,
  endorsed: PublishedKeys["endorsed"],
  now: number
): Promise<ReadonlyArray<Trusted>> => {
  const claims = endorsed
    .slice(0, maxEndorsedKeys)
    .map(claimOf)
    .filter((it) => it !== undefined)
  const trusted: Array<Trusted> = [pin]
  // Grows while it is walked: each key is asked once for whom it vouches.
  for (const by of trusted) {
    for (const claim of claims) {
      if (!equal(claim.endorsedBy, by.publicKey) || claim.untilMs <= now) continue
      if (trusted.some((it) => equal(it.publicKey, claim.publicKey))) continue
      const input = SigningInput.keyEndorsement({ ...claim, expiresAtMs: BigInt(claim.untilMs) })
      if (!(await by.verifies(input, claim.signature))) continue
      trusted.push({
        ...(await gatewayKey(claim.publicKey)),
        // None counts for longer than what vouches for it.
        untilMs: Math.min(claim.untilMs, by.untilMs ?? claim.untilMs),
        isSuccessor: by.isSuccessor && claim.role === "successor"
      })
    }
  }
  return trusted
}

/** Knows the pinned key, and those that it vouches for in what was `seen`. */
export const make = async (options: GatewayKeysOptions): Promise<GatewayKey> => {
  const { ask, now, onMoved, pinned, seen } = options
  let pin: Trusted = { ...(await gatewayKey(pinned)), untilMs: undefined, isSuccessor: true }
  let endorsed = seen?.endorsed ?? []
  let trusted = await trustedFrom(pin, endorsed, now())
  let unpublished = false
  let asking: Promise<void> | undefined
  let askedAt = Number.NEGATIVE_INFINITY

  const counts = (it: Trusted) => it.untilMs === undefined || now() < it.untilMs

  const learn = async () => {
    const said = await ask().catch(() => undefined)
    askedAt = now()
    if (said === undefined) return
    endorsed = said.endorsed
    trusted = await trustedFrom(pin, endorsed, now())
    unpublished = !trusted.some((it) => equal(it.publicKey, said.current))
  }

  /** One question for all who have it. */
  const asked = async (): Promise<void> => {
    if (asking === undefined && Math.abs(now() - askedAt) < askAgainMs) return
    asking ??= learn().finally(() => {
      asking = undefined
    })
    await asking
  }

  const signerOf = async (message: Uint8Array<ArrayBuffer>, signature: Uint8Array): Promise<Trusted | undefined> => {
    for (const it of trusted) if (counts(it) && (await it.verifies(message, signature))) return it
    return undefined
  }

  const move = async (to: Trusted) => {
    pin = { ...to, untilMs: undefined }
    trusted = await trustedFrom(pin, endorsed, now())
    onMoved?.(pin.publicKey)
  }

  return {
    get publicKey() {
      return pin.publicKey
    },
    trusts: (publicKey) => trusted.some((it) => counts(it) && equal(it.publicKey, publicKey)),
    isUnpublished: () => unpublished,
    verifies: async (message, signature) => {
      if (!Signature.isSound(signature)) return false
      let signer = await signerOf(message, signature)
      if (signer === undefined) {
        await asked()
        signer = await signerOf(message, signature)
      }
      if (signer === undefined) return false
      unpublished = false
      if (signer.isSuccessor && !equal(signer.publicKey, pin.publicKey)) await move(signer)
      return true
    }
  }
}
