/**
 * Ed25519 and SHA-256 on Node's OpenSSL.
 *
 * Dishonest keys and unsound signatures are refused before it is asked: not every OpenSSL refuses points of small order,
 * under which anybody's signature verifies.
 */
import { createPrivateKey, createPublicKey, hash, type KeyObject, sign, verify } from "node:crypto"
import * as Signature from "@galaxy/contract/signing/Signature"
import { EdgeCrypto } from "@galaxy/edge/EdgeCrypto"
import { Layer, Redacted } from "effect"
import * as HonestKeys from "./honestKeys.ts"

/** DER of everything around a raw key (RFC 8410). */
const privatePrefix = Buffer.from("302e020100300506032b657004220420", "hex")
const publicPrefix = Buffer.from("302a300506032b6570032100", "hex")

const importPublic = (raw: Uint8Array): KeyObject | undefined => {
  try {
    return createPublicKey({ key: Buffer.concat([publicPrefix, raw]), format: "der", type: "spki" })
  } catch {
    return undefined
  }
}

/** Keeps up to 20,000 imported keys. A seed that isn't 32 bytes long is a defect when the layer is built. */
export const layer = (options: {
  /** Seed of the gateway's key, 32 bytes. */
  readonly signingSeed: Redacted.Redacted<Uint8Array>
}): Layer.Layer<EdgeCrypto> =>
  Layer.sync(EdgeCrypto, () => {
    const own = createPrivateKey({
      key: Buffer.concat([privatePrefix, Redacted.value(options.signingSeed)]),
      format: "der",
      type: "pkcs8"
    })
    const keyOf = HonestKeys.make(importPublic)
    return EdgeCrypto.of({
      publicKey: new Uint8Array(createPublicKey(own).export({ format: "der", type: "spki" }).subarray(-32)),
      sign: (message) => sign(null, message, own),
      verify: (publicKey, message, signature) => {
        if (!Signature.isSound(signature)) return false
        const key = keyOf(publicKey)
        return key !== undefined && verify(null, message, key, signature)
      },
      sha256: (bytes) => hash("sha256", bytes, "buffer")
    })
  })
