/**
 * Login codes: six digits, each as likely as any other, kept only as a keyed hash.
 *
 * The hash covers the challenge's id, so that equal codes of two challenges don't look equal in the database.
 */
import { Effect, Redacted } from "effect"

const digits = 6
const range = 10 ** digits

/** Draws until the number falls into a whole multiple of the range: a plain remainder would favour small codes. */
export const make: Effect.Effect<string> = Effect.sync(() => {
  const limit = Math.floor(2 ** 32 / range) * range
  for (;;) {
    const [drawn = 0] = crypto.getRandomValues(new Uint32Array(1))
    if (drawn < limit) return String(drawn % range).padStart(digits, "0")
  }
})

const utf8 = new TextEncoder()

export const hash = (
  key: Redacted.Redacted<Uint8Array>,
  challengeId: string,
  code: string
): Effect.Effect<Uint8Array> =>
  Effect.promise(async () => {
    const algorithm = { name: "HMAC", hash: "SHA-256" }
    const imported = await crypto.subtle.importKey("raw", new Uint8Array(Redacted.value(key)), algorithm, false, [
      "sign"
    ])
    return new Uint8Array(
      await crypto.subtle.sign("HMAC", imported, utf8.encode(`login-code\n${challengeId}\n${code}`))
    )
  })

/** Takes the same time wherever the first difference is. */
export const equal = (left: Uint8Array, right: Uint8Array): boolean => {
  let difference = left.length ^ right.length
  for (let index = 0; index < left.length; index++) difference |= (left[index] ?? 0) ^ (right[index] ?? 0)
  return difference === 0
}
