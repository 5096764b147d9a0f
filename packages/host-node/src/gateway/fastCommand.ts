/** The message of a command in a body, and the body of its answer, in the forms that need no library. */
import type { IncomingHttpHeaders } from "node:http"
import { promisify } from "node:util"
import { gzip as gzipWith } from "node:zlib"
import { fromBinary, toBinary } from "@bufbuild/protobuf"
import { ConnectError } from "@connectrpc/connect"
import {
  EdgeGateway,
  ExecuteCommandRequestSchema,
  ExecuteCommandResponseSchema
} from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import type { Awaitable } from "@galaxy/edge/Awaitable"
import type { SignedAnswer } from "@galaxy/edge/EdgeGateway"
import type { Envelope } from "@galaxy/edge/Envelope"
import { readCommand, writeAnswer } from "./commandMessage.ts"
import type { UnaryForm, Reply } from "./unaryForms.ts"

const gzip = promisify(gzipWith)

/** From this size on an answer is compressed for clients that take it; the library's bound. */
const compressFrom = 1_024

/** The path of commands. */
export const commandPath = `/${EdgeGateway.typeName}/${EdgeGateway.method.executeCommand.name}`

/**
 * The envelope with bytes of its own: those of a message are parts of its whole body, which would be kept with them, whatever
 * else it contains.
 */
export const apart = (message: Envelope): Envelope => ({
  protocolVersion: message.protocolVersion,
  deviceSessionId: message.deviceSessionId,
  messageType: message.messageType,
  timestampMs: message.timestampMs,
  requestId: message.requestId,
  traceId: message.traceId,
  payloadBytes: new Uint8Array(message.payloadBytes),
  payloadHash: new Uint8Array(message.payloadHash),
  signature: new Uint8Array(message.signature)
})

/** Unknown fields aren't kept: nobody has signed them, and they would count for nothing. */
const byLibrary = (message: Buffer): Envelope | undefined => {
  try {
    return apart(fromBinary(ExecuteCommandRequestSchema, message, { readUnknownFields: false }))
  } catch {
    return undefined
  }
}

/** The command in a whole body, where it is exactly one, with bytes of its own. */
export const commandIn = (form: UnaryForm, body: Buffer): Envelope | undefined => {
  const message = form.message(body)
  return message === undefined ? undefined : (readCommand(message) ?? byLibrary(message))
}

/** The fields of an answer are those of its message. */
const writtenByLibrary = (answer: SignedAnswer, room: number): Buffer =>
  Buffer.concat([
    Buffer.alloc(room),
    toBinary(ExecuteCommandResponseSchema, { $typeName: ExecuteCommandResponseSchema.typeName, ...answer })
  ])

const takesGzip = (value: string | ReadonlyArray<string> | undefined): boolean =>
  typeof value === "string" && value.split(",").some((it) => it.trim() === "gzip")

/** What is sent for an outcome to the client whose request had this head. */
export const replyTo = (
  form: UnaryForm,
  headers: IncomingHttpHeaders,
  outcome: SignedAnswer | ConnectError
): Awaitable<Reply> => {
  const contentType = headers["content-type"] ?? ""
  if (outcome instanceof ConnectError) return form.refuse(contentType, outcome)
  const { room } = form
  const answer = writeAnswer(outcome, room) ?? writtenByLibrary(outcome, room)
  const plain = () => form.answer(contentType, answer, false)
  if (answer.length - room < compressFrom || !takesGzip(headers[form.accepts])) return plain()
  return gzip(answer.subarray(room)).then(
    (compressed) => form.answer(contentType, Buffer.concat([Buffer.alloc(room), compressed]), true),
    plain
  )
}
