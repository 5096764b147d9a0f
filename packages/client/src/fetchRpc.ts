/**
 * The gateway's two calls by `fetch`, in the Connect protocol with binary messages: one request and its answer, or one
 * request and a stream of frames that ends with a frame of its own.
 *
 * What comes is bounded: an answer or a frame that is longer than any gateway sends is a failure, not memory.
 */
import { Result } from "effect"
import { Base64 } from "effect/encoding"
import * as protobuf from "./protobuf.ts"
import { type Rpc, RpcError, type RpcDetail, type SignedRequest } from "./Rpc.ts"
import * as messages from "./wireMessages.ts"

/** What a gateway sends at most in one answer. */
const maxBytes = 64 * 1_048_576
/** An event tells that something has happened, not all of it. */
const maxEventBytes = 4 * 1_048_576
/** An error in JSON is a few hundred bytes. */
const maxErrorBytes = 65_536

const headerSize = 5
const compressedFlag = 1
const endFlag = 2

const stringOr = (it: unknown, otherwise: string): string => (typeof it === "string" ? it : otherwise)

/** Connect's base64 has no padding. */
const bytesOf = (text: string) => Result.getOrUndefined(Base64.decode(text.padEnd(Math.ceil(text.length / 4) * 4, "=")))

/** The error in an error's JSON; of anything else, that the gateway can't be understood. */
const errorIn = (json: unknown, otherwise: string): RpcError => {
  if (typeof json !== "object" || json === null) return new RpcError(otherwise)
  const { code, details, message } = json as Readonly<Record<string, unknown>>
  const read = (Array.isArray(details) ? details : []).flatMap((it: unknown): ReadonlyArray<RpcDetail> => {
    const { type, value } = (it ?? {}) as Readonly<Record<string, unknown>>
    const bytes = typeof value === "string" ? bytesOf(value) : undefined
    return typeof type === "string" && bytes !== undefined ? [{ type, value: bytes }] : []
  })
  return new RpcError(stringOr(message, stringOr(code, otherwise)), read)
}

const jsonOf = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return undefined
  }
}

/** What has come of a body and isn't taken yet: at most one message of `most` bytes, with its header. */
const bodyOf = (response: Response, most: number) => {
  const reader = response.body?.getReader()
  let pieces: Array<Uint8Array> = []
  let size = 0
  /** Reads on until there are so many bytes, or no more. */
  const fill = async (wanted: number): Promise<boolean> => {
    for (;;) {
      if (size >= wanted) return true
      const next = await reader?.read()
      if (next === undefined || next.done) return false
      pieces.push(next.value)
      size += next.value.length
    }
  }
  const joined = (): Uint8Array => {
    const [only] = pieces
    // Many frames may come in one piece: copying the rest of it for each would take the square of their number.
    if (pieces.length === 1 && only !== undefined) return only
    const all = new Uint8Array(size)
    let at = 0
    for (const piece of pieces) {
      all.set(piece, at)
      at += piece.length
    }
    pieces = [all]
    return all
  }
  return {
    /** So many bytes; undefined where the body ends before. */
    take: async (wanted: number): Promise<Uint8Array | undefined> => {
      if (wanted > most) throw new RpcError(`a message has more than ${most} bytes`)
      if (!(await fill(wanted))) return undefined
      const all = joined()
      pieces = [all.subarray(wanted)]
      size -= wanted
      return all.subarray(0, wanted)
    },
    whole: async (): Promise<Uint8Array> => {
      if (await fill(most + 1)) throw new RpcError(`an answer has more than ${most} bytes`)
      return joined()
    },
    close: async (): Promise<void> => {
      await reader?.cancel().catch(() => undefined)
    }
  }
}

const failureOf = async (response: Response): Promise<RpcError> => {
  const body = bodyOf(response, maxErrorBytes)
  try {
    return errorIn(jsonOf(await body.whole()), `status ${response.status}`)
  } finally {
    await body.close()
  }
}

const isOf = (response: Response, type: string): boolean =>
  response.status === 200 && response.headers.get("content-type")?.split(";", 1)[0]?.trim() === type

const frameOf = (message: Uint8Array): Uint8Array<ArrayBuffer> => {
  const frame = new Uint8Array(headerSize + message.length)
  new DataView(frame.buffer).setUint32(1, message.length, false)
  frame.set(message, headerSize)
  return frame
}

/** The calls of the gateway at this origin. */
export const make = (baseUrl: string): Rpc => {
  const service = `${baseUrl.replace(/\/$/, "")}/galaxy.gateway.v1.EdgeGateway`

  const post = async (
    method: string,
    type: string,
    body: Uint8Array<ArrayBuffer>,
    signal: AbortSignal,
    more?: Readonly<Record<string, string>>
  ) => {
    const headers = { "connect-protocol-version": "1", "content-type": type, ...more }
    try {
      return await fetch(`${service}/${method}`, { method: "POST", redirect: "error", signal, body, headers })
    } catch {
      if (!signal.aborted) throw new RpcError(`${new URL(baseUrl).host} cannot be reached`)
      const isLate = (signal.reason as Error | undefined)?.name === "TimeoutError"
      throw new RpcError(isLate ? "no answer came in time" : "the call was given up")
    }
  }

  async function* frames(request: SignedRequest, signal: AbortSignal) {
    const type = "application/connect+proto"
    const message = protobuf.encode(messages.signedRequest, request)
    const response = await post("SubscribeEvents", type, frameOf(message), signal)
    if (!isOf(response, type)) throw await failureOf(response)
    const body = bodyOf(response, maxEventBytes)
    try {
      for (;;) {
        const header = await body.take(headerSize)
        const [flags = 0] = header ?? []
        const size = header === undefined ? 0 : new DataView(header.buffer, header.byteOffset).getUint32(1, false)
        const data = header === undefined ? undefined : await body.take(size)
        if (data === undefined) throw new RpcError("the stream broke off")
        if ((flags & compressedFlag) !== 0) throw new RpcError("a frame is compressed, which nobody asked for")
        if ((flags & endFlag) !== 0) {
          const end = jsonOf(data)
          if (typeof end !== "object" || end === null) throw new RpcError("the end of the stream can't be read")
          const { error } = end as { readonly error?: unknown }
          if (error !== undefined) throw errorIn(error, "the stream ended")
          return
        }
        yield protobuf.decode(messages.signedEvent, data)
      }
    } finally {
      await body.close()
    }
  }

  return {
    executeCommand: async (request, { signal, timeoutMs }) => {
      const type = "application/proto"
      const body = protobuf.encode(messages.signedRequest, request)
      const inTime = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
      const response = await post("ExecuteCommand", type, body, inTime, { "connect-timeout-ms": String(timeoutMs) })
      if (!isOf(response, type)) throw await failureOf(response)
      const answer = bodyOf(response, maxBytes)
      try {
        return protobuf.decode(messages.signedAnswer, await answer.whole())
      } finally {
        await answer.close()
      }
    },
    subscribeEvents: (request, { signal }) => frames(request, signal)
  }
}
