/** Whether an answer is the one that a row expects, and signed where it has succeeded. */
import { createHash, createPublicKey, verify } from "node:crypto"
import { fromBinary, fromJsonString } from "@bufbuild/protobuf"
import {
  ExecuteCommandResponseSchema,
  GatewayEventSchema
} from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import { ErrorInfoSchema, RetryInfoSchema } from "@galaxy/contract/gen/proto/google/rpc/error_details_pb"
import * as SigningInput from "@galaxy/contract/signing/SigningInput"
import { assert } from "@effect/vitest"
import { deviceKey, seed } from "../fixture.ts"
import type { Cell } from "./cells.ts"
import type { Told } from "./reading.ts"
import type { Envelope, Expected } from "./Row.ts"

const gatewayKey = createPublicKey({
  key: Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), deviceKey(seed[0] ?? 0).publicKey]),
  format: "der",
  type: "spki"
})

const hashOf = (bytes: Uint8Array) => new Uint8Array(createHash("sha256").update(bytes).digest())
const sameBytes = (left: Uint8Array, right: Uint8Array) => Buffer.compare(left, right) === 0

const checkResponse = (cell: Cell, bytes: Buffer, envelope: Envelope, result: string) => {
  const answer =
    cell.codec === "proto"
      ? fromBinary(ExecuteCommandResponseSchema, bytes)
      : fromJsonString(ExecuteCommandResponseSchema, bytes.toString("utf8"))
  assert.deepInclude(answer, { protocolVersion: "v1", requestId: envelope.requestId, resultCode: result })
  assert.isTrue(sameBytes(answer.payloadHash, hashOf(answer.payloadBytes)), "the hash of the payload")
  assert.isTrue(verify(null, SigningInput.response(answer), gatewayKey, answer.signature), "the signature")
}

const checkEvent = (cell: Cell, bytes: Buffer, envelope: Envelope) => {
  const event =
    cell.codec === "proto"
      ? fromBinary(GatewayEventSchema, bytes)
      : fromJsonString(GatewayEventSchema, bytes.toString("utf8"))
  const { deviceSessionId } = envelope
  assert.isTrue(sameBytes(event.payloadHash, hashOf(event.payloadBytes)), "the hash of the payload")
  assert.isTrue(
    verify(null, SigningInput.event({ ...event, deviceSessionId }), gatewayKey, event.signature),
    "the signature"
  )
  return event
}

const checkMessages = (cell: Cell, told: Told, expected: Expected, envelope: Envelope) => {
  if (cell.rpc === "stream") {
    const events = told.messages.map((it) => checkEvent(cell, it, envelope))
    if (expected.code !== "ok" && events.length === 0) return
    assert.deepInclude(events[0], { eventType: "gateway.server_time", requestId: envelope.requestId })
    return
  }
  assert.lengthOf(told.messages, expected.code === "ok" ? 1 : 0)
  for (const it of told.messages) checkResponse(cell, it, envelope, expected.result ?? "ok")
}

const checkDetails = ({ details }: Told, { metadata = [], reason, retryMs }: Expected) => {
  const types = [
    ...(reason === undefined ? [] : ["google.rpc.ErrorInfo"]),
    ...(retryMs === undefined ? [] : ["google.rpc.RetryInfo"])
  ]
  assert.deepStrictEqual(
    details.map(({ type }) => type),
    types
  )
  const [first, second] = details
  if (first !== undefined && reason !== undefined) {
    const info = fromBinary(ErrorInfoSchema, first.value)
    assert.deepStrictEqual(
      { reason: info.reason, domain: info.domain, metadata: Object.keys(info.metadata).toSorted() },
      { reason, domain: "galaxy", metadata: [...metadata] }
    )
  }
  if (second !== undefined && retryMs !== undefined) {
    const delay = fromBinary(RetryInfoSchema, second.value).retryDelay
    const millis = Number(delay?.seconds ?? 0) * 1_000 + Math.round((delay?.nanos ?? 0) / 1e6)
    assert.isTrue(retryMs[0] <= millis && millis <= retryMs[1], `to be tried again in ${millis} ms`)
  }
}

/** Fails unless the answer to an envelope is the one that is expected. */
export const check = (cell: Cell, told: Told, expected: Expected, envelope: Envelope): void => {
  assert.strictEqual(told.code, expected.code, told.message)
  checkDetails(told, expected)
  if (!told.code.startsWith("http")) checkMessages(cell, told, expected, envelope)
  for (const [name, pattern] of Object.entries(expected.headers ?? {})) {
    assert.match(told.metadata[name] ?? "", pattern, name)
  }
  if (expected.compressed !== undefined) assert.strictEqual(told.compressed, expected.compressed, "compressed")
}
