/** Reads what engines answer: bodies of a bounded size, and errors, whose texts are bounded too. */
import { ErrorEnvelope, reasonsOf } from "@galaxy/contract/api/ApiError"
import { Effect, Option, Predicate, Schema, Stream } from "effect"
import type { HttpClientResponse } from "effect/http"
import { EngineRefused, EngineUnreachable } from "./EngineError.ts"

const utf8 = new TextDecoder("utf-8", { fatal: true })

/** The engine fails, or answers something that can't be understood. */
export const unreachable = (reason: string) => new EngineUnreachable({ reason })
/** The engine is probably gone. */
export const lost = (reason: string) => new EngineUnreachable({ reason, lost: true })

/** Causes of causes that are looked at. */
const deepest = 5

/** Whether the connection was refused. The host's client says so somewhere among the causes. */
const isRefused = (error: unknown, depth = 0): boolean =>
  depth < deepest &&
  Predicate.isReadonlyObject(error) &&
  (error["code"] === "ECONNREFUSED" || isRefused(error["reason"], depth + 1) || isRefused(error["cause"], depth + 1))

/** There was no answer. */
export const unanswered = (error: unknown) =>
  new EngineUnreachable({ reason: "no answer", lost: true, ...(isRefused(error) ? { unsent: true } : {}) })

/** The body, read until it exceeds the bound. An answer without one has no bytes. */
export const bytesOf = Effect.fnUntraced(function* (response: HttpClientResponse.HttpClientResponse, maxBytes: number) {
  const chunks: Array<Uint8Array> = []
  let size = 0
  yield* Stream.runForEach(response.stream, (chunk) => {
    size += chunk.byteLength
    if (size > maxBytes) return Effect.fail(unreachable(`the answer has more than ${maxBytes} bytes`))
    chunks.push(chunk)
    return Effect.void
  }).pipe(
    Effect.catchIf(
      (error) => error._tag === "HttpClientError" && error.reason._tag === "EmptyBodyError",
      () => Effect.void
    ),
    Effect.mapError((error) => (error._tag === "EngineUnreachable" ? error : lost("the answer was cut off")))
  )
  const bytes = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
  return bytes
})

/** Whether the body can't exceed the bound: its length is announced, and it doesn't grow when it is decoded. */
const isSmall = ({ headers }: HttpClientResponse.HttpClientResponse, maxBytes: number) =>
  headers["content-encoding"] === undefined &&
  headers["transfer-encoding"] === undefined &&
  Number(headers["content-length"] ?? Number.POSITIVE_INFINITY) <= maxBytes

/** The body as JSON, read at once where it is known to be small. */
export const jsonOf = Effect.fnUntraced(function* (response: HttpClientResponse.HttpClientResponse, maxBytes: number) {
  const bytes = isSmall(response, maxBytes)
    ? yield* Effect.mapError(response.arrayBuffer, () => unreachable("the answer was cut off"))
    : yield* bytesOf(response, maxBytes)
  return yield* Effect.try({
    try: (): unknown => JSON.parse(utf8.decode(bytes)),
    catch: () => unreachable(`status ${response.status} with an answer that is not JSON`)
  })
})

const decodeEnvelope = Schema.decodeUnknownOption(ErrorEnvelope)
const decodeRefusal = Schema.decodeUnknownOption(
  Schema.Struct({ code: EngineRefused.fields.code, message: Schema.String })
)
const decodeCondition = Schema.decodeUnknownOption(Schema.Literals(reasonsOf.conflict))

/**
 * Longest text of an engine that is passed on, in characters. It reaches players and the database, so NUL, which
 * PostgreSQL can't store, is removed.
 */
const maxReason = 500
const bounded = (text: string) => text.replaceAll("\u0000", "").slice(0, maxReason)

/** What an answer with another status than 200 means. */
export const failureOf = (status: number, body: unknown): EngineRefused | EngineUnreachable => {
  const envelope = decodeEnvelope(body)
  if (Option.isNone(envelope)) return unreachable(`status ${status} without a valid error body`)
  const refusal = decodeRefusal(envelope.value.error)
  if (Option.isSome(refusal) && status < 500) {
    const { code, message } = refusal.value
    const condition = code === "conflict" ? decodeCondition(envelope.value.error.reason) : Option.none()
    return new EngineRefused({
      code,
      reason: bounded(message),
      ...(Option.isSome(condition) ? { condition: condition.value } : {})
    })
  }
  const reason = bounded(`${envelope.value.error.code}: ${envelope.value.error.message}`)
  return new EngineUnreachable({ reason, ...(status === 401 ? { stranger: true } : {}) })
}
