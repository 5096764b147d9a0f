/** Ed25519 on libsodium, which takes a little over half of OpenSSL's time; SHA-256 on Node's OpenSSL. */
import { hash } from "node:crypto"
import * as Signature from "@galaxy/contract/signing/Signature"
import { EdgeCrypto } from "@galaxy/edge/EdgeCrypto"
import { Effect, Layer, Redacted, Schema } from "effect"
import * as HonestKeys from "./honestKeys.ts"

/** The native library isn't installed, or not for this system. */
export class SodiumUnavailable extends Schema.TaggedError<SodiumUnavailable>()("SodiumUnavailable", {
  message: Schema.String
}) {}

/** What is used of `sodium-native`, which brings no types. Buffers are written to, and must have their exact length. */
interface Sodium {
  readonly crypto_sign_seed_keypair: (publicKey: Buffer, secretKey: Buffer, seed: Buffer) => void
  readonly crypto_sign_detached: (signature: Buffer, message: Uint8Array, secretKey: Buffer) => void
  readonly crypto_sign_verify_detached: (signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array) => boolean
}

/** Not a literal where it is imported: the package is optional, and brings no types. */
const packageName: string = "sodium-native"

const load = Effect.tryPromise({
  try: async () => ((await import(packageName)) as { readonly default: Sodium }).default,
  catch: (cause) => new SodiumUnavailable({ message: cause instanceof Error ? cause.message : String(cause) })
})

/** Fails where the library can't be loaded. A seed that isn't 32 bytes long is a defect when the layer is built. */
export const layer = (options: {
  /** Seed of the gateway's key, 32 bytes. */
  readonly signingSeed: Redacted.Redacted<Uint8Array>
}): Layer.Layer<EdgeCrypto, SodiumUnavailable> =>
  Layer.effect(
    EdgeCrypto,
    Effect.map(load, (sodium) => {
      const publicKey = Buffer.alloc(32)
      const secretKey = Buffer.alloc(64)
      sodium.crypto_sign_seed_keypair(publicKey, secretKey, Buffer.from(Redacted.value(options.signingSeed)))
      const keyOf = HonestKeys.make((raw) => Uint8Array.from(raw))
      return EdgeCrypto.of({
        publicKey: new Uint8Array(publicKey),
        sign: (message) => {
          const signature = Buffer.alloc(64)
          sodium.crypto_sign_detached(signature, message, secretKey)
          return signature
        },
        verify: (raw, message, signature) => {
          if (!Signature.isSound(signature)) return false
          const key = keyOf(raw)
          return key !== undefined && sodium.crypto_sign_verify_detached(signature, message, key)
        },
        sha256: (bytes) => hash("sha256", bytes, "buffer")
      })
    })
  )
