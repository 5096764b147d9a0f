/** The signing inputs, byte for byte, against vectors that an independent implementation made. */
import * as KeyEndorsement from "@galaxy/contract/signing/KeyEndorsement"
import * as SigningInput from "@galaxy/contract/signing/SigningInput"
import { createHash, createPrivateKey, createPublicKey, sign, verify } from "node:crypto"
import { readFileSync } from "node:fs"
import { assert, describe, it } from "vitest"

type Fields = Readonly<Record<string, string | number>>

interface Vector {
  readonly kind: string
  readonly note: string
  readonly private_key_seed: string
  readonly public_key: string
  readonly fields: Fields
  readonly payload_bytes: string
  readonly signing_input: string
  readonly signature: string
}

const vectorsOf = (file: string) =>
  (
    JSON.parse(readFileSync(new URL(file, import.meta.url), "utf8")) as {
      readonly vectors: ReadonlyArray<Vector>
    }
  ).vectors

/** The second file is ours, of what was added to the contract. */
const vectors = [...vectorsOf("wire-vectors.json"), ...vectorsOf("key-vectors.json")]

const bytes = (hex: string) => Buffer.from(hex, "hex")
const text = (fields: Fields, name: string) => {
  const value = fields[name]
  if (typeof value !== "string") throw new Error(`${name} is no text`)
  return value
}
const whole = (fields: Fields, name: string) => {
  const value = fields[name]
  if (typeof value !== "number") throw new Error(`${name} is no number`)
  return BigInt(value)
}

const inputs: Readonly<Record<string, (fields: Fields) => Uint8Array>> = {
  request: (it) =>
    SigningInput.request({
      protocolVersion: text(it, "protocol_version"),
      deviceSessionId: text(it, "device_session_id"),
      messageType: text(it, "message_type"),
      timestampMs: whole(it, "timestamp_ms"),
      requestId: text(it, "request_id"),
      payloadHash: bytes(text(it, "payload_hash"))
    }),
  response: (it) =>
    SigningInput.response({
      protocolVersion: text(it, "protocol_version"),
      requestId: text(it, "request_id"),
      timestampMs: whole(it, "timestamp_ms"),
      resultCode: text(it, "result_code"),
      payloadHash: bytes(text(it, "payload_hash"))
    }),
  event: (it) =>
    SigningInput.event({
      eventType: text(it, "event_type"),
      eventId: text(it, "event_id"),
      timestampMs: whole(it, "timestamp_ms"),
      requestId: text(it, "request_id"),
      traceId: text(it, "trace_id"),
      deviceSessionId: text(it, "device_session_id"),
      sequence: whole(it, "sequence"),
      payloadHash: bytes(text(it, "payload_hash"))
    }),
  server_time: (it) =>
    SigningInput.serverTime({ requestId: text(it, "request_id"), serverTimeMs: whole(it, "server_time_ms") }),
  key_endorsement: (it) =>
    KeyEndorsement.signingInput({
      role: text(it, "role") as KeyEndorsement.KeyRole,
      publicKey: bytes(text(it, "public_key")),
      endorsedBy: bytes(text(it, "endorsed_by")),
      expiresAtMs: whole(it, "expires_at_ms")
    })
}

/** Fields of 32 bytes in hex. */
const hashes: ReadonlySet<string> = new Set(["payload_hash", "public_key", "endorsed_by"])
/** Inputs that carry no payload. */
const withoutPayload: ReadonlySet<string> = new Set(["server_time", "key_endorsement"])

const inputOf = (vector: Vector): Uint8Array => {
  const input = inputs[vector.kind]
  if (input === undefined) throw new Error(`no signing input of the kind ${vector.kind}`)
  return input(vector.fields)
}

const publicKey = (hex: string) =>
  createPublicKey({
    key: Buffer.concat([bytes("302a300506032b6570032100"), bytes(hex)]),
    format: "der",
    type: "spki"
  })

const privateKey = (seed: string) =>
  createPrivateKey({
    key: Buffer.concat([bytes("302e020100300506032b657004220420"), bytes(seed)]),
    format: "der",
    type: "pkcs8"
  })

describe("a signing input", () => {
  it("has vectors of every kind", () => {
    assert.deepStrictEqual([...new Set(vectors.map((it) => it.kind))].toSorted(), Object.keys(inputs).toSorted())
  })

  describe.each(vectors)("of a $kind ($note)", (vector) => {
    it("is the vector's, byte for byte", () => {
      assert.strictEqual(Buffer.from(inputOf(vector)).toString("hex"), vector.signing_input)
    })

    it("is what the vector's key signed", () => {
      const input = inputOf(vector)
      assert.isTrue(verify(null, input, publicKey(vector.public_key), bytes(vector.signature)))
      // Ed25519 is deterministic: the seed gives this very signature.
      assert.strictEqual(sign(null, input, privateKey(vector.private_key_seed)).toString("hex"), vector.signature)
    })

    it("carries the hash of the payload", () => {
      const hash = createHash("sha256").update(bytes(vector.payload_bytes)).digest("hex")
      assert.strictEqual(hash, vector.fields["payload_hash"])
    })

    it("changes with each of its fields", () => {
      const before = Buffer.from(inputOf(vector)).toString("hex")
      for (const [name, value] of Object.entries(vector.fields)) {
        if (withoutPayload.has(vector.kind) && name === "payload_hash") continue
        const other = typeof value === "number" ? value + 1 : hashes.has(name) ? `00${value.slice(2)}` : `${value}x`
        const after = inputOf({ ...vector, fields: { ...vector.fields, [name]: other } })
        assert.notStrictEqual(Buffer.from(after).toString("hex"), before, name)
      }
    })
  })

  it("does not let text move from one field to its neighbour", () => {
    const of = (messageType: string, deviceSessionId: string) =>
      Buffer.from(
        SigningInput.request({
          protocolVersion: "v1",
          deviceSessionId,
          messageType,
          timestampMs: 0n,
          requestId: "r",
          payloadHash: new Uint8Array(32)
        })
      ).toString("hex")
    assert.notStrictEqual(of("bc", "a"), of("c", "ab"))
  })

  it("counts text in UTF-8 bytes, and takes every 64-bit time", () => {
    const input = Buffer.from(SigningInput.serverTime({ requestId: "жé😀", serverTimeMs: -(2n ** 63n) }))
    assert.strictEqual(
      input.toString("hex"),
      `0000000e${Buffer.from("galaxy-time-v1").toString("hex")}00000008d0b6c3a9f09f98808000000000000000`
    )
  })
})
