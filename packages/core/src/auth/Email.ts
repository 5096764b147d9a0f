/**
 * Marks that stand for e-mail addresses in logs: a truncated hash under a random key, which is new in each process.
 *
 * Accounts are keyed by the address's normal form, which `@galaxy/contract/api/EmailAddress` makes.
 */
import { Effect, Redacted } from "effect"
import { type Mac, SecureRandom } from "effect/crypto"
import { Hex } from "effect/encoding"
import { keyedHash } from "./keyedHash.ts"

const logKey = Redacted.make(SecureRandom.randomBytesUnsafe(32))

/** For logs: the same address gives the same mark within one process. */
export const mark = (email: string): Effect.Effect<string, never, Mac.Mac> =>
  Effect.map(keyedHash(logKey, "log", email), (hash) => Hex.encode(hash.subarray(0, 6)))
