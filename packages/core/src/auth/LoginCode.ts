/**
 * Login codes: eight digits, each as likely as any other, kept only as a keyed hash.
 *
 * The hash covers the challenge's id, so that equal codes of two challenges don't look equal in the database. It covers a
 * code of any length: those of six digits that an earlier release sent are right until they expire.
 */
import { Effect, type Redacted } from "effect"
import { Mac } from "effect/crypto"
import { secureRandom } from "../shared/webCrypto.ts"
import { keyedHash } from "./keyedHash.ts"

const digits = 8

export const make: Effect.Effect<string> = Effect.map(
  secureRandom.intBetween(0, 10 ** digits, { halfOpen: true }),
  (drawn) => String(drawn).padStart(digits, "0")
)

export const hash = (
  key: Redacted.Redacted<Uint8Array>,
  challengeId: string,
  code: string
): Effect.Effect<Uint8Array, never, Mac.Mac> => keyedHash(key, "login-code", challengeId, code)

/** In place of a code's hash: no code has it. */
export const nobodys: Effect.Effect<Uint8Array> = secureRandom.randomBytes(32)

/** Takes the same time wherever the first difference is. */
export const equal = Mac.timingSafeEqual
