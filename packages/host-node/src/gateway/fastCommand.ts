/** The message of a command in a body, and the body of its answer, in the forms that need no library. */
import type { IncomingHttpHeaders } from "node:http"
import { promisify } from "node:util"
import { gzip as gzipWith } from "node:zlib"
import { fromBinary, toBinary } from "@bufbuild/protobuf"
import { ConnectError } from "@connectrpc/connect"
import {
  EdgeGateway,
  type ExecuteCommandRequest,
  ExecuteCommandRequestSchema,
  ExecuteCommandResponseSchema
} from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import type { Awaitable } from "@galaxy/edge/Awaitable"
import type { SignedAnswer } from "@galaxy/edge/EdgeGateway"
import type { Form, Reply } from "./fastForms.ts"

const gzip = promisify(gzipWith)

/** From this size on an answer is compressed for clients that take it; the library's bound. */
const compressFrom = 1_024

/** The path of commands. */
export const commandPath = `/${EdgeGateway.typeName}/${EdgeGateway.method.executeCommand.name}`

/**
 * The command in a whole body, where it is exactly one. Unknown fields aren't kept: nobody has signed them, and they would count
 * for nothing.
 */
export const commandIn = (form: Form, body: Buffer): ExecuteCommandRequest | undefined => {
  const message = form.message(body)
  if (message === undefined) return undefined
  try {
    return fromBinary(ExecuteCommandRequestSchema, message, { readUnknownFields: false })
  } catch {
    return undefined
  }
}

const takesGzip = (value: string | ReadonlyArray<string> | undefined): boolean =>
  typeof value === "string" && value.split(",").some((it) => it.trim() === "gzip")

/** What is sent for an outcome to the client whose request had this head. */
export const replyTo = (
  form: Form,
  headers: IncomingHttpHeaders,
  outcome: SignedAnswer | ConnectError
): Awaitable<Reply> => {
  const contentType = headers["content-type"] ?? ""
  if (outcome instanceof ConnectError) return form.refuse(contentType, outcome)
  // The fields of an answer are those of its message.
  const answer = toBinary(ExecuteCommandResponseSchema, {
    $typeName: ExecuteCommandResponseSchema.typeName,
    ...outcome
  })
  const plain = () => form.answer(contentType, answer, false)
  if (answer.length < compressFrom || !takesGzip(headers[form.accepts])) return plain()
  return gzip(answer).then((compressed) => form.answer(contentType, compressed, true), plain)
}
