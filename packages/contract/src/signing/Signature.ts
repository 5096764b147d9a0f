/**
 * Which Ed25519 signatures are taken, the same on every side and with every library.
 *
 * RFC 8032 leaves open whether the equation is multiplied by the cofactor, and libraries differ in what they refuse before
 * it. Here it holds exactly, S is reduced, and R is no point of small order: what libsodium does, and what OpenSSL and
 * WebCrypto do with the checks of `isSound` before them. A signer who keeps to the RFC never makes any other.
 */
import { Point } from "@noble/ed25519"

/** Order of the group that the base point makes. */
const order = 2n ** 252n + 27742317777372353535851937790883648493n

const hexOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")

/** The number that the bytes are, the lowest first. */
const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${hexOf(bytes.toReversed())}`)

const orderBytes = Uint8Array.from({ length: 32 }, (_, index) => Number((order >> BigInt(8 * index)) & 0xffn))

/** The points of small order without the sign of x: their y is 0, 1, -1 or one of the two of order 8. */
const smallOrder: ReadonlyArray<Uint8Array> = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"
].map((hex) => Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16)))

const isReduced = (signature: Uint8Array): boolean => {
  for (let index = 31; index >= 0; index--) {
    const [own = 0, bound = 0] = [signature[32 + index], orderBytes[index]]
    if (own !== bound) return own < bound
  }
  return false
}

const startsWith = (signature: Uint8Array, point: Uint8Array): boolean => {
  for (let index = 0; index < 31; index++) if (signature[index] !== point[index]) return false
  return ((signature[31] ?? 0) & 0x7f) === point[31]
}

/** Whether the bytes can be a signature at all: 64 of them, S below the group's order and R not of small order. */
export const isSound = (signature: Uint8Array): boolean =>
  signature.length === 64 && isReduced(signature) && !smallOrder.some((point) => startsWith(signature, point))

/**
 * Whether S·B = R + h·A, where `hashed` is the SHA-512 of R, A and the message, one after the other (RFC 8032, 5.1.7). For
 * sides without a native Ed25519. The signature must be sound; false for a key that is no point.
 */
export const holds = (publicKey: Uint8Array, hashed: Uint8Array, signature: Uint8Array): boolean => {
  try {
    const key = Point.fromBytes(publicKey)
    const found = Point.BASE.multiply(numberOf(signature.subarray(32)), false).subtract(
      key.multiply(numberOf(hashed) % order, false)
    )
    return hexOf(found.toBytes()) === hexOf(signature.subarray(0, 32))
  } catch {
    return false
  }
}
