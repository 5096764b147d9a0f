/**
 * The gateway's keys as a client knows them: the pinned one, and while keys are rotated those that it vouches for.
 *
 * What the known keys don't verify makes the client ask the gateway which keys it has. A key counts only by an unexpired
 * endorsement of one that counts already, beginning with the pinned one: what the gateway says of itself is never trusted
 * for more. The pin moves on to a successor once that has signed something, and never back to a predecessor.
 */
import { Base64 } from "effect/encoding"
import { type ReadKey, type Trusted, trustedFrom } from "./endorsedKeys.ts"
import type { GatewayInfo } from "./PublicEdge.ts"
import type { GatewayKey, VerifyingKey } from "./verify.ts"

/** What a gateway publishes: its own key, and which keys vouch for which. */
export type PublishedKeys = Pick<GatewayInfo, "signingPublicKey" | "signingKeys">

/** The pin, and how to learn what the gateway publishes. */
export interface GatewayKeysOptions {
  /** Asks the gateway, within a bounded time; rejects where it can't be reached. */
  readonly ask: () => Promise<PublishedKeys>
  /** Unix milliseconds by the server's clock, as far as it is known. */
  readonly now: () => number
  /** The pin has moved on to a successor. */
  readonly onMoved?: ((publicKey: Uint8Array<ArrayBuffer>) => void) | undefined
}

/** After an answer the gateway isn't asked again for this long, however many signatures don't verify. */
const askAgainMs = 10_000

/** Knows the pinned key alone until it has asked. */
export const make = (pinned: VerifyingKey, readKey: ReadKey, { ask, now, onMoved }: GatewayKeysOptions): GatewayKey => {
  let pin: Trusted = { ...pinned, text: Base64.encode(pinned.publicKey), untilMs: undefined, isSuccessor: true }
  let endorsed: ReadonlyArray<unknown> = []
  let trusted: ReadonlyArray<Trusted> = [pin]
  let unpublished = false
  let asking: Promise<void> | undefined
  let askedAt = Number.NEGATIVE_INFINITY

  const counts = (it: Trusted) => it.untilMs === undefined || now() < it.untilMs

  const trusts = (publicKey: Uint8Array) => {
    const text = Base64.encode(publicKey)
    return trusted.some((it) => it.text === text && counts(it))
  }

  const learn = async () => {
    const said = await ask().catch(() => undefined)
    askedAt = now()
    if (said === undefined) return
    endorsed = said.signingKeys
    trusted = await trustedFrom(pin, endorsed, now(), readKey)
    unpublished = !trusts(said.signingPublicKey)
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
    trusted = await trustedFrom(pin, endorsed, now(), readKey)
    onMoved?.(pin.publicKey)
  }

  return {
    get publicKey() {
      return pin.publicKey
    },
    isUnpublished: () => unpublished,
    verifies: async (message, signature) => {
      let signer = await signerOf(message, signature)
      if (signer === undefined) {
        await asked()
        signer = await signerOf(message, signature)
      }
      if (signer === undefined) return false
      unpublished = false
      if (signer.isSuccessor && signer.text !== pin.text) await move(signer)
      return true
    }
  }
}
