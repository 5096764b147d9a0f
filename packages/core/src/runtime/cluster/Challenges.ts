/**
 * What the others have to prove their calls with, at the backend that is called. It is changed after a minute, and no proof is
 * taken twice, so that a call that was recorded is of no use.
 */
import { Clock, Effect } from "effect"
import { Base64Url } from "effect/encoding"
import { secureRandom } from "../../shared/webCrypto.ts"

/** How long one is given out, and for how many calls; the one before it is taken for as long again. */
const keptMs = 60_000
const mostCalls = 50_000

interface Challenge {
  readonly text: string
  readonly since: number
  /** Of the calls that were proved with it. */
  readonly nonces: Set<string>
}

/** 16 random bytes: 22 characters of base64url. */
export const randomText: Effect.Effect<string> = Effect.map(secureRandom.randomBytes(16), (it) => Base64Url.encode(it))

/** The challenges of one backend, from its start on. */
export interface Challenges {
  /** The one to be used from now on. */
  readonly present: Effect.Effect<string>
  /** Whether it is one of the last two. */
  isKnown(challenge: string): boolean
  /** False if the challenge isn't known, or its nonce was used before. */
  take(challenge: string, nonce: string): boolean
}

/** Begins with a new one. */
export const make: Effect.Effect<Challenges> = Effect.gen(function* () {
  const begin = Effect.map(
    Effect.all([randomText, Clock.currentTimeMillis]),
    ([text, since]): Challenge => ({ text, since, nonces: new Set() })
  )
  let known: ReadonlyArray<Challenge> = [yield* begin]
  const of = (text: string) => known.find((it) => it.text === text)

  const present = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const isOld = ({ nonces, since }: Challenge) => now - since >= keptMs || nonces.size >= mostCalls
    if (known[0] === undefined || isOld(known[0])) {
      const next = yield* begin
      known = [next, ...known.slice(0, 1)]
    }
    return known[0]?.text ?? ""
  })

  return {
    present,
    isKnown: (challenge) => of(challenge) !== undefined,
    take: (challenge, nonce) => {
      const nonces = of(challenge)?.nonces
      if (nonces === undefined || nonces.has(nonce)) return false
      nonces.add(nonce)
      return true
    }
  }
})
