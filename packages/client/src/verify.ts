/** Checks of the gateway's messages: SHA-256 of payloads, Ed25519 signatures by its pinned key. */
import * as ed from "@noble/ed25519"

/** The SHA-256 of the bytes: 32 bytes. */
export const sha256 = async (bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))

/**
 * The gateway's pinned public key. A signature that it doesn't verify, of whatever length, is `false` and never an
 * exception.
 */
export interface GatewayKey {
  /** Raw, 32 bytes. */
  readonly publicKey: Uint8Array<ArrayBuffer>
  readonly verifies: (message: Uint8Array<ArrayBuffer>, signature: Uint8Array) => Promise<boolean>
}

/** Makes the key usable: with WebCrypto where that has Ed25519, with `@noble/ed25519` elsewhere. */
export const gatewayKey = async (publicKey: Uint8Array<ArrayBuffer>): Promise<GatewayKey> => {
  try {
    const key = await crypto.subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"])
    return {
      publicKey,
      verifies: (message, signature) => crypto.subtle.verify("Ed25519", key, new Uint8Array(signature), message)
    }
  } catch {
    return {
      publicKey,
      verifies: async (message, signature) =>
        signature.length === 64 && (await ed.verifyAsync(new Uint8Array(signature), message, publicKey))
    }
  }
}
