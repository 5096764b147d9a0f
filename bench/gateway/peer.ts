/**
 * What a gateway costs at least: a bare Node server, by hand, that checks a request as the contract says, reserves its id
 * in Redis, calls the backend and signs the answer. gRPC and Connect over cleartext HTTP/2, or Connect over HTTP/1.1; no budgets, no FlatBuffers, no metrics, and no
 * answer to anything that isn't right.
 */
import { createHash, hash } from "node:crypto"
import { createServer as createHttp1, type IncomingMessage, type ServerResponse } from "node:http"
import { createServer, type IncomingHttpHeaders, type ServerHttp2Stream } from "node:http2"
import { create, fromBinary, toBinary } from "@bufbuild/protobuf"
import {
  ExecuteCommandRequestSchema,
  ExecuteCommandResponseSchema
} from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import * as SigningInput from "@galaxy/contract/signing/SigningInput"
import { Redis } from "ioredis"
import { Pool } from "undici"
import { serverSeed } from "./account.ts"
import { ThreadCrypto } from "./cores/ThreadCrypto.ts"
import { listening } from "./listening.ts"
import { sessionsBy } from "./peerSessions.ts"
import { secretKeyOf, sodium } from "./sodium.ts"

const secretKey = secretKeyOf(serverSeed)
/** With this set, another thread checks and makes the signatures. */
const thread = process.env["BENCH_THREAD"] === undefined ? undefined : new ThreadCrypto(serverSeed)

const [backendUrl = "", redisUrl = ""] = process.argv.slice(2)
const redis = new Redis(redisUrl, { enableAutoPipelining: true })
const backend = new Pool(backendUrl, { connections: 64 })
const windowMs = 60_000n

const get = async (path: string, headers: Readonly<Record<string, string>>): Promise<unknown> => {
  const { body } = await backend.request({ path, method: "GET", headers })
  return body.json()
}

const sessionOf = sessionsBy((path) => get(path, {}))

const execute = async (message: Uint8Array): Promise<Uint8Array> => {
  const request = fromBinary(ExecuteCommandRequestSchema, message)
  const session = await sessionOf(request.deviceSessionId)
  if (!hash("sha256", request.payloadBytes, "buffer").equals(request.payloadHash)) throw new Error("hash")
  const signed = SigningInput.request(request)
  const isRight =
    thread === undefined
      ? sodium.crypto_sign_verify_detached(request.signature, signed, session.publicKey)
      : await thread.verify(session.publicKey, signed, request.signature)
  if (!isRight) throw new Error("signature")
  const age = BigInt(Date.now()) - request.timestampMs
  if (age > windowMs || -age > windowMs) throw new Error("stale")
  const key = `peer:${request.deviceSessionId}:${request.requestId}`
  if ((await redis.set(key, "1", "PX", 130_000, "NX")) !== "OK") throw new Error("replayed")
  const answer = await get("/api/v1/user/account", { "x-user-id": session.userId, "x-request-id": request.requestId })
  const payloadBytes = Buffer.from(JSON.stringify(answer))
  const fields = {
    protocolVersion: "v1",
    requestId: request.requestId,
    timestampMs: BigInt(Date.now()),
    resultCode: "ok",
    payloadHash: createHash("sha256").update(payloadBytes).digest()
  }
  const answered = SigningInput.response(fields)
  let signature: Uint8Array
  if (thread === undefined) {
    const own = Buffer.alloc(64)
    sodium.crypto_sign_detached(own, answered, secretKey)
    signature = own
  } else signature = await thread.sign(answered)
  return toBinary(
    ExecuteCommandResponseSchema,
    create(ExecuteCommandResponseSchema, { ...fields, payloadBytes, signature })
  )
}

const joined = (chunks: ReadonlyArray<Buffer>): Buffer => {
  const [only] = chunks
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks)
}

const answerGrpc = (stream: ServerHttp2Stream, message: Uint8Array) => {
  const frame = Buffer.allocUnsafe(5 + message.length)
  frame.writeUInt8(0, 0)
  frame.writeUInt32BE(message.length, 1)
  frame.set(message, 5)
  stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }))
  stream.respond({ ":status": 200, "content-type": "application/grpc+proto" }, { waitForTrailers: true })
  stream.end(frame)
}

const answerConnect = (stream: ServerHttp2Stream, message: Uint8Array) => {
  stream.respond({ ":status": 200, "content-type": "application/proto", "content-length": message.length })
  stream.end(message)
}

const onStream = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
  const isGrpc = headers["content-type"] !== "application/proto"
  const chunks: Array<Buffer> = []
  stream.on("data", (chunk: Buffer) => chunks.push(chunk))
  stream.on("error", () => undefined)
  stream.on("end", () => {
    const body = joined(chunks)
    execute(isGrpc ? body.subarray(5) : body).then(
      (message) => (isGrpc ? answerGrpc(stream, message) : answerConnect(stream, message)),
      (error: unknown) => {
        stream.respond({ ":status": 500, "grpc-status": "13" }, { endStream: true })
        console.error(error)
      }
    )
  })
}

const onRequest = (request: IncomingMessage, response: ServerResponse) => {
  const chunks: Array<Buffer> = []
  request.on("data", (chunk: Buffer) => chunks.push(chunk))
  request.on("end", () => {
    execute(joined(chunks)).then(
      (message) => {
        response.writeHead(200, { "content-type": "application/proto", "content-length": message.length })
        response.end(message)
      },
      (error: unknown) => {
        response.writeHead(500).end()
        console.error(error)
      }
    )
  })
}

/** With this set it speaks Connect over HTTP/1.1. */
const isHttp1 = process.env["BENCH_HTTP1"] !== undefined
listening(isHttp1 ? createHttp1(onRequest) : createServer().on("stream", onStream))
