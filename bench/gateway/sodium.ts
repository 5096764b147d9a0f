/** libsodium, which brings no types. */
export interface Sodium {
  readonly crypto_sign_seed_keypair: (publicKey: Buffer, secretKey: Buffer, seed: Buffer) => void
  readonly crypto_sign_detached: (signature: Buffer, message: Uint8Array, secretKey: Buffer) => void
  readonly crypto_sign_verify_detached: (signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array) => boolean
}

const libsodium: string = "sodium-native"
export const sodium = ((await import(libsodium)) as { readonly default: Sodium }).default

export const secretKeyOf = (seed: Uint8Array): Buffer => {
  const secretKey = Buffer.alloc(64)
  sodium.crypto_sign_seed_keypair(Buffer.alloc(32), secretKey, Buffer.from(seed))
  return secretKey
}
