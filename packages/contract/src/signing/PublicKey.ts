/**
 * An Ed25519 public key as it comes in: 32 bytes that are the point of an honest key, as text in standard base64.
 *
 * The few points of small order are refused: under such a "key" anybody's signature verifies. So are encodings whose
 * y coordinate isn't reduced, which two libraries may read differently, and bytes that are no point at all: half of all
 * there are. Every side asks here, so that none takes a key that another refuses.
 */
import { Point } from "@noble/ed25519"
import { Result } from "effect"
import { Base64 } from "effect/encoding"

/** Whether the bytes are a point, written as RFC 8032 says, and not of small order. */
export const isHonest = (bytes: Uint8Array): boolean => {
  if (bytes.length !== 32) return false
  try {
    return !Point.fromBytes(bytes).isSmallOrder()
  } catch {
    return false
  }
}

/** `undefined` when the text is no acceptable key. */
export const parse = (text: string): Uint8Array<ArrayBuffer> | undefined => {
  if (!/^[A-Za-z0-9+/]{43}=$/.test(text)) return undefined
  const decoded = Result.getOrUndefined(Base64.decode(text))
  // The last character of 43 carries two unused bits: they must be zero, or one key would have several texts.
  if (decoded === undefined || Base64.encode(decoded) !== text || !isHonest(decoded)) return undefined
  return new Uint8Array(decoded)
}
