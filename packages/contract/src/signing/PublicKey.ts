/**
 * Checks of Ed25519 public keys that come from outside: 32 bytes, as text in standard base64.
 *
 * Points of small order are refused, since under such a key anybody's signature verifies. So are encodings whose y
 * coordinate isn't reduced, which two libraries may read differently, and bytes that don't encode a point, as half of
 * all 32-byte strings don't. Every side checks keys here, so that none accepts a key that another refuses.
 */
import { Point } from "@noble/ed25519"
import { Result } from "effect"
import { Base64 } from "effect/encoding"

/** Returns whether the bytes are a point in the encoding of RFC 8032 and not of small order. */
export const isHonest = (bytes: Uint8Array): boolean => {
  if (bytes.length !== 32) return false
  try {
    return !Point.fromBytes(bytes).isSmallOrder()
  } catch {
    return false
  }
}

/** The 32 bytes of a key; `undefined` when the text is not the standard base64 of an acceptable one. */
export const parse = (text: string): Uint8Array<ArrayBuffer> | undefined => {
  if (!/^[A-Za-z0-9+/]{43}=$/.test(text)) return undefined
  const decoded = Result.getOrUndefined(Base64.decode(text))
  // The last character of 43 carries two unused bits: they must be zero, or one key would have several texts.
  if (decoded === undefined || Base64.encode(decoded) !== text || !isHonest(decoded)) return undefined
  return new Uint8Array(decoded)
}
