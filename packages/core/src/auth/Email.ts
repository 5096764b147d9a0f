/**
 * E-mail addresses as traces in logs: a keyed, truncated hash, whose key lives and dies with the process.
 *
 * As keys of accounts they are in their normal form, which `@galaxy/contract/api/EmailAddress` makes.
 */
import { Effect, Redacted } from "effect"
import { type Mac, SecureRandom } from "effect/crypto"
import { Hex } from "effect/encoding"
import { keyedHash } from "./keyedHash.ts"

const logKey = Redacted.make(SecureRandom.randomBytesUnsafe(32))

/** For logs: the same address gives the same mark within one process. */
export const mark = (email: string): Effect.Effect<string, never, Mac.Mac> =>
  Effect.map(keyedHash(logKey, "log", email), (hash) => Hex.encode(hash.subarray(0, 6)))
