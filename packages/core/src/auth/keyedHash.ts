/**
 * Hashes under the host's key (HMAC-SHA-256): equal for equal input, and meaningless without the key.
 *
 * Each purpose has its own name, so hashes made for different purposes are never equal.
 */
import { Effect, Redacted } from "effect"
import { Mac } from "effect/crypto"

const utf8 = new TextEncoder()

/** The parts must not contain line breaks, which separate them. */
export const keyedHash = (
  key: Redacted.Redacted<Uint8Array>,
  purpose: string,
  ...parts: ReadonlyArray<string>
): Effect.Effect<Uint8Array, never, Mac.Mac> =>
  Effect.gen(function* () {
    const mac = yield* Mac.Mac
    const secret = yield* Mac.key(Mac.hmacSha256, Redacted.value(key))
    return yield* mac.sign(secret, utf8.encode([purpose, ...parts].join("\n")))
  }).pipe(Effect.orDie)
