/**
 * Endorsements of keys: made once for a rotation, with both keys at hand, and published by every gateway until they expire.
 *
 * A document of them holds no secret. What doesn't verify never gets published: a start refuses it.
 */
import { createPublicKey, sign, verify } from "node:crypto"
import { EndorsedKey } from "@galaxy/contract/api/GatewayInfo"
import * as PublicKey from "@galaxy/contract/signing/PublicKey"
import * as KeyEndorsement from "@galaxy/contract/signing/KeyEndorsement"
import { Exit, Schema } from "effect"
import { privateKeyOf, publicKeyOf } from "./signingKey.ts"

type Endorsed = typeof EndorsedKey.Type

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64")

const endorsed = (by: Uint8Array, key: Uint8Array, role: KeyEndorsement.KeyRole, expiresAtMs: number): Endorsed => {
  const [endorsedBy, publicKey] = [publicKeyOf(by), publicKeyOf(key)]
  const input = KeyEndorsement.signingInput({ role, publicKey, endorsedBy, expiresAtMs: BigInt(expiresAtMs) })
  return {
    public_key: base64(publicKey),
    role,
    endorsed_by: base64(endorsedBy),
    expires_at_ms: expiresAtMs,
    endorsement: base64(sign(null, input, privateKeyOf(by)))
  }
}

/**
 * The two endorsements of a rotation, from the seeds of both keys: the old one's of the new one, for those who have pinned
 * the old one, and the new one's of the old one, for as long as a gateway may still sign with it. `expiresAtMs` is when
 * the old key ends, in Unix milliseconds.
 */
export const endorse = (old: Uint8Array, next: Uint8Array, expiresAtMs: number): ReadonlyArray<Endorsed> => [
  endorsed(old, next, "successor", expiresAtMs),
  endorsed(next, old, "predecessor", expiresAtMs)
]

const publicPrefix = Buffer.from("302a300506032b6570032100", "hex")

const holds = (it: Endorsed): boolean => {
  const [publicKey, endorsedBy] = [PublicKey.parse(it.public_key), PublicKey.parse(it.endorsed_by)]
  if (publicKey === undefined || endorsedBy === undefined) return false
  if (it.role !== "successor" && it.role !== "predecessor") return false
  const input = KeyEndorsement.signingInput({
    role: it.role,
    publicKey,
    endorsedBy,
    expiresAtMs: BigInt(it.expires_at_ms)
  })
  const key = createPublicKey({ key: Buffer.concat([publicPrefix, endorsedBy]), format: "der", type: "spki" })
  return verify(null, input, key, Buffer.from(it.endorsement, "base64"))
}

const decode = Schema.decodeUnknownExit(Schema.fromJsonString(Schema.Array(EndorsedKey)))

/** Reads a document that `endorse` made, or joined ones. `own` is the raw public key that signs here. */
export const parse = (
  text: string,
  own: Uint8Array
): { readonly value: ReadonlyArray<Endorsed> } | { readonly problem: string } => {
  const decoded = decode(text)
  if (Exit.isFailure(decoded))
    return { problem: "must be a JSON list of endorsements, as `galaxy-signing-key endorse` makes it" }
  const list = decoded.value
  if (list.length > KeyEndorsement.maxEndorsements)
    return { problem: `must have at most ${KeyEndorsement.maxEndorsements} endorsements` }
  const wrong = list.findIndex((it) => !holds(it))
  if (wrong >= 0) return { problem: `the signature of endorsement ${wrong + 1} doesn't verify` }
  const mine = base64(own)
  if (list.length > 0 && !list.some((it) => it.public_key === mine || it.endorsed_by === mine))
    return { problem: `must name the key that signs here, whose public half is ${mine}` }
  return { value: list }
}
