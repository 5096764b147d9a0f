/**
 * Hashes under the host's key (HMAC-SHA-256): equal for equal input, and telling nothing to whoever hasn't the key.
 *
 * Each purpose has a name of its own, so that what is hashed for one is never equal to what is hashed for another.
 */
import { Effect, Redacted } from "effect"
import { Mac } from "effect/crypto"

const utf8 = new TextEncoder()

/** The parts must hold no line break: it is what keeps them apart. */
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
