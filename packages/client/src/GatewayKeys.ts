/**
 * The gateway's keys as a client knows them: the pinned one, and while keys are rotated those that it vouches for.
 *
 * What the known keys don't verify makes the client ask the gateway which keys it has. A key counts only by an unexpired
 * endorsement of one that counts already, beginning with the pinned one: what the gateway says of itself is never trusted
 * for more. The pin moves on to a successor once that has signed something, and never back to a predecessor.
 *
 * Endorsements expire by the local clock, corrected by what the pinned key says the time is. A key that expires must not
 * say it: whoever has an old one could turn the time back, and it would count for ever.
 */
import { type Clock, Effect } from "effect"
import { Base64 } from "effect/encoding"
import { type ReadKey, type Trusted, trustedFrom } from "./endorsedKeys.ts"
import type { GatewayInfo } from "./PublicEdge.ts"
import type { ServerClock } from "./ServerClock.ts"
import type { GatewayKey, VerifyingKey } from "./verify.ts"

/** What a gateway publishes: its own key, and which keys vouch for which. */
export type PublishedKeys = Pick<GatewayInfo, "signingPublicKey" | "signingKeys">

/** Reads standard base64; undefined where that is no honest key. */
type ParseKey = (text: string) => Uint8Array<ArrayBuffer> | undefined

/** Makes a key usable. */
type MakeKey = (publicKey: Uint8Array<ArrayBuffer>) => Promise<VerifyingKey>

/** How to learn what the gateway publishes, the clock of this machine, and how far the server's is from it. */
export interface Following {
  /** Asks the gateway, within a bounded time. */
  readonly info: Effect.Effect<PublishedKeys, unknown>
  readonly local: Clock.Clock
  readonly clock: Pick<ServerClock, "offset">
  /** `onGatewayKey` is called when the pin has moved on to a successor. */
  readonly options: { readonly onGatewayKey?: (publicKey: Uint8Array<ArrayBuffer>) => void }
}

/** After an answer the gateway isn't asked again for this long, however many signatures don't verify. */
const askAgainMs = 10_000

const make = (
  key: GatewayKey,
  pinned: VerifyingKey,
  parse: ParseKey,
  keyOf: MakeKey,
  { clock, info, local, options }: Following
): GatewayKey["verifies"] => {
  const readKey: ReadKey = async (text) => {
    const publicKey = parse(text)
    return publicKey && keyOf(publicKey)
  }
  let pin: Trusted = { ...pinned, text: Base64.encode(pinned.publicKey), untilMs: undefined, isSuccessor: true }
  let endorsed: ReadonlyArray<unknown> = []
  let trusted: ReadonlyArray<Trusted> = [pin]
  let asking: Promise<void> | undefined
  let askedAt = Number.NEGATIVE_INFINITY

  /** Server minus local, in milliseconds, by the last time that the pinned key has signed. So far nothing else was verified. */
  let offsetMs = Effect.runSync(clock.offset)

  /** Unix milliseconds by the server's clock, as far as the pinned key has told it. */
  const now = () => local.currentTimeMillisUnsafe() + offsetMs

  const counts = (it: Trusted) => it.untilMs === undefined || now() < it.untilMs

  const learn = async () => {
    const said = await Effect.runPromise(info).catch(() => undefined)
    askedAt = now()
    if (said === undefined) return
    endorsed = Array.isArray(said.signingKeys) ? said.signingKeys : []
    trusted = await trustedFrom(pin, endorsed, now(), readKey)
    const current = Base64.encode(said.signingPublicKey)
    key.isUnpublished = !trusted.some((it) => it.text === current)
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
    key.publicKey = pin.publicKey
    trusted = await trustedFrom(pin, endorsed, now(), readKey)
    options.onGatewayKey?.(pin.publicKey)
  }

  return async (message, signature, timeMs) => {
    let signer = await signerOf(message, signature)
    if (signer === undefined) {
      await asked()
      signer = await signerOf(message, signature)
    }
    if (signer === undefined) return false
    key.isUnpublished = false
    if (!signer.isSuccessor) return true
    if (timeMs !== undefined) offsetMs = Number(timeMs) - local.currentTimeMillisUnsafe()
    if (signer.text !== pin.text) await move(signer)
    return true
  }
}

/** The pinned keys that are followed already. */
const followed = new WeakMap<GatewayKey, GatewayKey["verifies"]>()

/**
 * What verifies from now on for `key`, which knows the pinned one alone until something comes that it hasn't signed. It
 * keeps `key` up to date: which key is pinned now, and whether the gateway publishes none that this vouches for.
 */
export const of = (
  key: GatewayKey,
  pinned: VerifyingKey,
  parse: ParseKey,
  keyOf: MakeKey,
  following: Following
): GatewayKey["verifies"] => {
  const verifies = followed.get(key) ?? make(key, pinned, parse, keyOf, following)
  followed.set(key, verifies)
  key.verifies = verifies
  return verifies
}
