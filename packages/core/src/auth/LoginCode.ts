/**
 * Login codes: eight digits, each as likely as any other, kept only as a keyed hash.
 *
 * The hash covers the challenge's id, so that equal codes of two challenges don't look equal in the database. A code
 * may have any length: six-digit codes of an earlier release stay valid until they expire.
 */
import { Effect, type Redacted } from "effect"
import { Mac } from "effect/crypto"
import { secureRandom } from "../shared/webCrypto.ts"
import { keyedHash } from "./keyedHash.ts"

const digits = 8

/** Draws a code from the secure random source: `00000000` to `99999999`. */
export const make: Effect.Effect<string> = Effect.map(
  secureRandom.intBetween(0, 10 ** digits, { halfOpen: true }),
  (drawn) => String(drawn).padStart(digits, "0")
)

/** HMAC-SHA-256 over challenge id and code: what `auth_challenges.code_hash` holds. */
export const hash = (
  key: Redacted.Redacted<Uint8Array>,
  challengeId: string,
  code: string
): Effect.Effect<Uint8Array, never, Mac.Mac> => keyedHash(key, "login-code", challengeId, code)

/** Random bytes in place of a code's hash, for a challenge that no code can confirm. */
export const nobodys: Effect.Effect<Uint8Array> = secureRandom.randomBytes(32)

/** Compares two hashes; takes the same time wherever they first differ. */
export const equal = Mac.timingSafeEqual
