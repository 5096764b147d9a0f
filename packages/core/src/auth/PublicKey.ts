/**
 * A device's public key as it comes in: standard base64 of 32 bytes that are the point of an honest key.
 *
 * The few points of small order are refused: under such a "key" anybody's signature verifies. So are encodings whose
 * y coordinate isn't reduced, which two libraries may read differently, and bytes that are no point at all: half of all
 * there are.
 */

/** y coordinates of the points whose order divides eight, little-endian. */
const smallOrderY: ReadonlySet<string> = new Set([
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
])

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")

/** 2^255 - 19 and above isn't a reduced coordinate. */
const isReduced = (y: Uint8Array): boolean =>
  !((y[0] ?? 0) >= 0xed && y.subarray(1, 31).every((byte) => byte === 0xff) && y[31] === 0x7f)

const prime = 2n ** 255n - 19n
const curveD = 37095705934669439343138083508754565189542113879843219016388785533085940283555n

const power = (base: bigint, exponent: bigint): bigint => {
  let result = 1n
  for (let square = base % prime, rest = exponent; rest > 0n; rest >>= 1n, square = (square * square) % prime) {
    if ((rest & 1n) === 1n) result = (result * square) % prime
  }
  return result
}

/** Whether some x has x² = (y² - 1) / (d·y² + 1): by Euler's criterion, of the product instead of the quotient. */
const isOnCurve = (y: Uint8Array): boolean => {
  const value = BigInt(`0x${hex(y.toReversed())}`)
  const square = (value * value) % prime
  const product = ((square + prime - 1n) * (curveD * square + 1n)) % prime
  return power(product, (prime - 1n) / 2n) === 1n
}

/** Neither of small order nor written in a way of its own. Says nothing of whether the bytes are a point. */
export const isSound = (bytes: Uint8Array): boolean => {
  const y = bytes.slice()
  y[31] = (y[31] ?? 0) & 0x7f
  return bytes.length === 32 && !smallOrderY.has(hex(y)) && isReduced(y)
}

/** `undefined` when the text is no acceptable key. */
export const parse = (text: string): Uint8Array<ArrayBuffer> | undefined => {
  if (!/^[A-Za-z0-9+/]{43}=$/.test(text)) return undefined
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  // The last character of 43 carries two unused bits: they must be zero, or one key would have several texts.
  if (btoa(String.fromCharCode(...bytes)) !== text) return undefined
  const y = bytes.slice()
  y[31] = (y[31] ?? 0) & 0x7f
  return isSound(bytes) && isOnCurve(y) ? bytes : undefined
}
