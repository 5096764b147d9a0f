/** Codes of invites that anybody who knows the code may redeem: 128 random bits in lower-case hex. */
import { Effect } from "effect"
import { Mac } from "effect/crypto"
import { Hex } from "effect/encoding"
import { secureRandom } from "../../shared/webCrypto.ts"

const bytes = 16
const utf8 = new TextEncoder()

/** A new code from a cryptographic random source. It is too long to be guessed. */
export const mint: Effect.Effect<string> = Effect.map(secureRandom.randomBytes(bytes), Hex.encode)

/** A code as it is stored: case and surrounding space don't count. */
export const normal = (given: string): string => given.trim().toLowerCase()

/**
 * Compares in constant time, so that the duration says nothing about the code. Case and surrounding space don't count.
 */
export const matches = (code: string, given: string): boolean =>
  Mac.timingSafeEqual(utf8.encode(code), utf8.encode(normal(given)))
