/**
 * How one key of a platform's gateways vouches for another while keys are rotated.
 *
 * It stands apart from the other signing inputs, since clients load it only where they meet another key than the pinned one.
 */
/** How an endorsed key stands to the one that endorses it: it comes after it, or it came before it. */
export type KeyRole = "successor" | "predecessor"

/** At most this many endorsements are published; a client looks at no more of them. */
export const maxEndorsements = 8

/** The signed fields of a key endorsement: `endorsedBy` vouches for `publicKey`. */
export interface KeyEndorsementFields {
  readonly role: KeyRole
  /** Raw, 32 bytes. */
  readonly publicKey: Uint8Array
  /** The key that signs the endorsement: raw, 32 bytes. */
  readonly endorsedBy: Uint8Array
  /** Unix milliseconds from which the endorsement no longer counts. */
  readonly expiresAtMs: bigint
}

const utf8 = new TextEncoder()

/** The bytes that `endorsedBy` signs: texts and keys behind their lengths, and the time, as in the other signing inputs. */
export const signingInput = (fields: KeyEndorsementFields): Uint8Array<ArrayBuffer> => {
  const texts = ["galaxy-key-v1", fields.role].map((it) => utf8.encode(it))
  const parts: ReadonlyArray<Uint8Array> = [...texts, fields.publicKey, fields.endorsedBy]
  const bytes = new Uint8Array(parts.reduce((size, part) => size + 4 + part.length, 8))
  const view = new DataView(bytes.buffer)
  let at = 0
  for (const part of parts) {
    view.setUint32(at, part.length, false)
    bytes.set(part, at + 4)
    at += 4 + part.length
  }
  view.setBigInt64(at, fields.expiresAtMs, false)
  return bytes
}
