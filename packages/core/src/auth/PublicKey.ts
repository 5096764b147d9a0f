/**
 * A device's public key as it comes in: standard base64 of 32 bytes that can be the point of an honest key.
 *
 * The few points of small order are refused: under such a "key" anybody's signature verifies. So are encodings whose
 * y coordinate isn't reduced, which two libraries may read differently.
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

/** `undefined` when the text is no acceptable key. */
export const parse = (text: string): Uint8Array<ArrayBuffer> | undefined => {
  if (!/^[A-Za-z0-9+/]{43}=$/.test(text)) return undefined
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  // The last character of 43 carries two unused bits: they must be zero, or one key would have several texts.
  if (btoa(String.fromCharCode(...bytes)) !== text) return undefined
  const y = bytes.slice()
  y[31] = (y[31] ?? 0) & 0x7f
  return smallOrderY.has(hex(y)) || !isReduced(y) ? undefined : bytes
}
