/**
 * The gateway's signing key as operators keep it: in PEM, or as the seed of 32 bytes in hex, base64 or as it is.
 *
 * Nothing of a key that can't be used appears in a message.
 */
import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto"

/** The seed of 32 bytes, or the problem as a phrase that follows the name of the setting or the file. */
export type ParsedKey = { readonly value: Uint8Array } | { readonly problem: string }

const forms = "an unencrypted Ed25519 private key in PEM (PKCS#8), or its seed of 32 bytes in hex or base64"

const malformed: ParsedKey = { problem: `must be ${forms}` }

/** DER of everything around a raw private key (RFC 8410). */
const privatePrefix = Buffer.from("302e020100300506032b657004220420", "hex")

const ofPem = (text: string): ParsedKey => {
  try {
    const key = createPrivateKey(text)
    const { d } = key.asymmetricKeyType === "ed25519" ? key.export({ format: "jwk" }) : {}
    return d === undefined
      ? { problem: `is a key of the kind ${key.asymmetricKeyType ?? "unknown"}; it must be ${forms}` }
      : { value: new Uint8Array(Buffer.from(d, "base64url")) }
  } catch {
    return malformed
  }
}

/** Reads a key from text. A PEM in one line may have `\n` for its line breaks. */
export const parse = (text: string): ParsedKey => {
  const trimmed = text.trim()
  if (trimmed.startsWith("-----BEGIN ")) return ofPem(trimmed.replaceAll(String.raw`\n`, "\n"))
  if (/^[0-9a-f]{64}$/i.test(trimmed)) return { value: new Uint8Array(Buffer.from(trimmed, "hex")) }
  const bytes = Buffer.from(trimmed, "base64")
  return bytes.length === 32 && bytes.toString("base64") === trimmed ? { value: new Uint8Array(bytes) } : malformed
}

/** Reads a key from the content of a file: text, or the 32 bytes themselves. */
export const parseFile = (content: Buffer): ParsedKey =>
  content.length === 32 ? { value: new Uint8Array(content) } : parse(content.toString("latin1"))

/** The private key of a seed, for Node's cryptography. */
export const privateKeyOf = (seed: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.concat([privatePrefix, seed]), format: "der", type: "pkcs8" })

/** The raw public key of a seed: 32 bytes. */
export const publicKeyOf = (seed: Uint8Array): Uint8Array =>
  new Uint8Array(createPublicKey(privateKeyOf(seed)).export({ format: "der", type: "spki" }).subarray(-32))
