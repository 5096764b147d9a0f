/**
 * Login codes: eight digits, each as likely as any other, kept only as a keyed hash.
 *
 * The hash covers the challenge's id, so that equal codes of two challenges don't look equal in the database. It covers a
 * code of any length: those of six digits that an earlier release sent are right until they expire.
 */
import { Effect, type Redacted } from "effect"
import { keyedHash } from "./keyedHash.ts"

const digits = 8
const range = 10 ** digits

/** Draws until the number falls into a whole multiple of the range: a plain remainder would favour small codes. */
export const make: Effect.Effect<string> = Effect.sync(() => {
  const limit = Math.floor(2 ** 32 / range) * range
  for (;;) {
    const [drawn = 0] = crypto.getRandomValues(new Uint32Array(1))
    if (drawn < limit) return String(drawn % range).padStart(digits, "0")
  }
})

export const hash = (
  key: Redacted.Redacted<Uint8Array>,
  challengeId: string,
  code: string
): Effect.Effect<Uint8Array> => keyedHash(key, "login-code", challengeId, code)

/** In place of a code's hash: no code has it. */
export const nobodys: Effect.Effect<Uint8Array> = Effect.sync(() => crypto.getRandomValues(new Uint8Array(32)))

/** Takes the same time wherever the first difference is. */
export const equal = (left: Uint8Array, right: Uint8Array): boolean => {
  let difference = left.length ^ right.length
  for (let index = 0; index < left.length; index++) difference |= (left[index] ?? 0) ^ (right[index] ?? 0)
  return difference === 0
}
