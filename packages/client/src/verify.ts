/** Checks of the gateway's messages: SHA-256 of payloads, Ed25519 signatures by its pinned key. */
import * as Signature from "@galaxy/contract/signing/Signature"

/** The SHA-256 of the bytes: 32 bytes. */
export const sha256 = async (bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))

/** A public key. A signature that it doesn't verify, of whatever length, is `false` and never an exception. */
export interface VerifyingKey {
  /** Raw, 32 bytes. */
  readonly publicKey: Uint8Array<ArrayBuffer>
  readonly verifies: (message: Uint8Array<ArrayBuffer>, signature: Uint8Array) => Promise<boolean>
}

/**
 * Whether a key that counts has signed the message. `timeMs` is the time that an answer to this client's own request says, in
 * Unix milliseconds: if the pinned key has signed it, endorsements expire by it.
 */
export type Verifies = (message: Uint8Array<ArrayBuffer>, signature: Uint8Array, timeMs?: bigint) => Promise<boolean>

/** The gateway's keys, as one: the pinned one, and those that it has come to vouch for (`GatewayKeys`). */
export interface GatewayKey {
  /** The pinned key, or the one that came after it: raw, 32 bytes. */
  publicKey: Uint8Array<ArrayBuffer>
  verifies: Verifies
  /** Whether the gateway, when it was asked last, published no key that the pinned one vouches for. */
  isUnpublished: boolean
}

const hashed = async (...parts: ReadonlyArray<Uint8Array>): Promise<Uint8Array> => {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return new Uint8Array(await crypto.subtle.digest("SHA-512", bytes))
}

/** The key without any library of the platform; `gatewayKey` takes it where there is no Ed25519. */
export const keyInJavaScript = (publicKey: Uint8Array<ArrayBuffer>): VerifyingKey => ({
  publicKey,
  verifies: async (message, signature) =>
    Signature.isSound(signature) &&
    Signature.holds(publicKey, await hashed(signature.subarray(0, 32), publicKey, message), signature)
})

/**
 * Makes the key usable: with WebCrypto where that has Ed25519, in JavaScript elsewhere. The key must be an honest one
 * (`contract/signing/PublicKey`).
 */
export const gatewayKey = async (publicKey: Uint8Array<ArrayBuffer>): Promise<VerifyingKey> => {
  try {
    const key = await crypto.subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"])
    return {
      publicKey,
      verifies: async (message, signature) =>
        Signature.isSound(signature) && (await crypto.subtle.verify("Ed25519", key, new Uint8Array(signature), message))
    }
  } catch {
    return keyInJavaScript(publicKey)
  }
}
