/**
 * Ed25519 and SHA-256 in JavaScript alone, for hosts without a native library. It verifies about fifteen times more slowly
 * than `node:crypto`.
 */
import * as PublicKey from "@galaxy/contract/signing/PublicKey"
import * as Signature from "@galaxy/contract/signing/Signature"
import * as ed from "@noble/ed25519"
import { sha256, sha512 } from "@noble/hashes/sha2.js"
import { Layer, Redacted } from "effect"
import { EdgeCrypto } from "./EdgeCrypto.ts"

/** A seed that isn't 32 bytes long is a defect when the layer is built. */
export const layer = (options: {
  /** Seed of the gateway's key, 32 bytes. */
  readonly signingSeed: Redacted.Redacted<Uint8Array>
}): Layer.Layer<EdgeCrypto> =>
  Layer.sync(EdgeCrypto, () => {
    // The library asks its host for the hash, which is this one wherever it is used here.
    ed.hashes.sha512 = sha512
    const seed = Redacted.value(options.signingSeed)
    return EdgeCrypto.of({
      publicKey: ed.getPublicKey(seed),
      sign: (message) => ed.sign(message, seed),
      verify: (publicKey, message, signature) => {
        if (!Signature.isSound(signature) || !PublicKey.isHonest(publicKey)) return false
        const hashed = sha512.create().update(signature.subarray(0, 32)).update(publicKey).update(message).digest()
        return Signature.holds(publicKey, hashed, signature)
      },
      sha256: (bytes) => sha256(bytes)
    })
  })
