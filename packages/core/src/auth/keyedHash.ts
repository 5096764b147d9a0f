/**
 * Hashes under the host's key (HMAC-SHA-256): equal for equal input, and telling nothing to whoever hasn't the key.
 *
 * Each purpose has a name of its own, so that what is hashed for one is never equal to what is hashed for another.
 */
import { Effect, Redacted } from "effect"

const utf8 = new TextEncoder()

/** The parts must hold no line break: it is what keeps them apart. */
export const keyedHash = (
  key: Redacted.Redacted<Uint8Array>,
  purpose: string,
  ...parts: ReadonlyArray<string>
): Effect.Effect<Uint8Array> =>
  Effect.promise(async () => {
    const algorithm = { name: "HMAC", hash: "SHA-256" }
    const secret = new Uint8Array(Redacted.value(key))
    const imported = await crypto.subtle.importKey("raw", secret, algorithm, false, ["sign"])
    return new Uint8Array(await crypto.subtle.sign("HMAC", imported, utf8.encode([purpose, ...parts].join("\n"))))
  })
