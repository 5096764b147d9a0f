/**
 * Random numbers and keyed cryptography, over the platform's WebCrypto.
 *
 * The random source is one for the whole process: identifiers of version 7 sort in the order they were made only within one.
 */
import { Layer } from "effect"
import { Aead, Kdf, Mac, SecureRandom } from "effect/crypto"

/** Seeded by the platform; nothing made from it can be foretold. */
export const secureRandom: SecureRandom.SecureRandom["Service"] = SecureRandom.make(SecureRandom.randomBytesUnsafe)

/** Signatures with a shared key, derived keys and sealed bytes. */
export const layer: Layer.Layer<Mac.Mac | Kdf.Kdf | Aead.Aead> = Layer.mergeAll(
  Mac.layerWebCrypto,
  Kdf.layerWebCrypto,
  Aead.layerWebCrypto
).pipe(Layer.provide(Layer.succeed(SecureRandom.SecureRandom, secureRandom)))
