/**
 * New identifiers: UUID version 7 by the clock that tests move.
 *
 * Each sorts after the one that this process made before, also within a millisecond and when the clock is set back. The
 * order can be read from them, so an identifier is never a secret.
 */
import { secureRandom } from "./webCrypto.ts"

/** Each run makes another identifier, as canonical lower-case text. */
export const newId = secureRandom.uuidV7()
