/**
 * Random numbers and keyed cryptography, over the platform's WebCrypto.
 *
 * There is one random source for the whole process, since identifiers of version 7 sort by their creation only within
 * one source.
 */
import { Layer } from "effect"
import { Aead, Kdf, Mac, SecureRandom } from "effect/crypto"

/** Seeded by the platform; its output can't be predicted. */
export const secureRandom: SecureRandom.SecureRandom["Service"] = SecureRandom.make(SecureRandom.randomBytesUnsafe)

/** Provides HMAC, key derivation and authenticated encryption. */
export const layer: Layer.Layer<Mac.Mac | Kdf.Kdf | Aead.Aead> = Layer.mergeAll(
  Mac.layerWebCrypto,
  Kdf.layerWebCrypto,
  Aead.layerWebCrypto
).pipe(Layer.provide(Layer.succeed(SecureRandom.SecureRandom, secureRandom)))
