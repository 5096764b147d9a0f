/**
 * The Ed25519 key of one device session.
 *
 * Where the platform has Ed25519 in WebCrypto, the private key is made there and can't be extracted; elsewhere it is
 * made by `@noble/ed25519`. The client never deletes a key: only the caller can know whether it is still needed.
 */
import * as ed from "@noble/ed25519"
import { sha512 } from "@noble/hashes/sha2.js"

/** The key pair that a device session is bound to at sign-in. Whoever can call `sign` can act for the session. */
export interface DeviceKey {
  /** Raw, 32 bytes. */
  readonly publicKey: Uint8Array<ArrayBuffer>
  /** Signs with Ed25519 (RFC 8032); 64 bytes. */
  readonly sign: (message: Uint8Array<ArrayBuffer>) => Promise<Uint8Array<ArrayBuffer>>
  /**
   * The platform's key pair, if it made the key. A browser can store it in IndexedDB without exposing the private key.
   */
  readonly handle: CryptoKeyPair | undefined
}

/** A key that the platform keeps, from the pair that `generate` put into `handle`. */
export const fromHandle = async (handle: CryptoKeyPair): Promise<DeviceKey> => ({
  publicKey: new Uint8Array(await crypto.subtle.exportKey("raw", handle.publicKey)),
  sign: async (message) => new Uint8Array(await crypto.subtle.sign("Ed25519", handle.privateKey, message)),
  handle
})

/** A key from its 32-byte seed, for programs that store secrets themselves. It has no `handle`. */
export const fromSeed = (seed: Uint8Array): DeviceKey => {
  // Here rather than for the whole module: a page whose keys are the platform's then has no second SHA-512 in it.
  ed.hashes.sha512 = sha512
  const secret = seed.slice()
  return {
    publicKey: new Uint8Array(ed.getPublicKey(secret)),
    sign: (message) => Promise.resolve(new Uint8Array(ed.sign(message, secret))),
    handle: undefined
  }
}

const platformPair = async (): Promise<CryptoKeyPair | undefined> => {
  try {
    const made = await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"])
    return "privateKey" in made ? made : undefined
  } catch {
    return undefined
  }
}

/** As `fromSeed`, with the platform's SHA-512. */
const random = async (): Promise<DeviceKey> => {
  const secret = crypto.getRandomValues(new Uint8Array(32))
  return {
    publicKey: new Uint8Array(await ed.getPublicKeyAsync(secret)),
    sign: async (message) => new Uint8Array(await ed.signAsync(message, secret)),
    handle: undefined
  }
}

/** A new key: the platform's where it has Ed25519, else one of `@noble/ed25519`. */
export const generate = async (): Promise<DeviceKey> => {
  const pair = await platformPair()
  return pair === undefined ? random() : fromHandle(pair)
}
