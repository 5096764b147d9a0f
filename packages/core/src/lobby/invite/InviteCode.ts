/** Codes of code-based invites: 128 random bits in lower-case hex. */
import { Effect } from "effect"
import { Mac } from "effect/crypto"
import { Hex } from "effect/encoding"
import { secureRandom } from "../../shared/webCrypto.ts"

const bytes = 16
const utf8 = new TextEncoder()

export const mint: Effect.Effect<string> = Effect.map(secureRandom.randomBytes(bytes), Hex.encode)

/** Takes as long whatever differs, so that timing tells nothing of the code. */
export const matches = (code: string, given: string): boolean =>
  Mac.timingSafeEqual(utf8.encode(code), utf8.encode(given.trim().toLowerCase()))
