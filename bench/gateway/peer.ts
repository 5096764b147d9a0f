/**
 * What a gateway costs at least: a bare Node server, by hand, that checks a request as the contract says, reserves its id
 * in Redis, calls the backend and signs the answer. gRPC over cleartext HTTP/2; no budgets, no FlatBuffers, no metrics, and no
 * answer to anything that isn't right.
 */
import { createHash, hash } from "node:crypto"
import { createServer, type ServerHttp2Stream } from "node:http2"
import type { AddressInfo } from "node:net"
import { create, fromBinary, toBinary } from "@bufbuild/protobuf"
import {
  ExecuteCommandRequestSchema,
  ExecuteCommandResponseSchema
} from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import * as SigningInput from "@galaxy/contract/signing/SigningInput"
import { Redis } from "ioredis"
import { Pool } from "undici"
import { serverSeed } from "./account.ts"
import { reportUsage } from "./usage.ts"

interface Sodium {
  readonly crypto_sign_seed_keypair: (publicKey: Buffer, secretKey: Buffer, seed: Buffer) => void
  readonly crypto_sign_detached: (signature: Buffer, message: Uint8Array, secretKey: Buffer) => void
  readonly crypto_sign_verify_detached: (signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array) => boolean
}
const libsodium: string = "sodium-native"
const sodium = ((await import(libsodium)) as { readonly default: Sodium }).default
const secretKey = Buffer.alloc(64)
sodium.crypto_sign_seed_keypair(Buffer.alloc(32), secretKey, serverSeed)

const [backendUrl = "", redisUrl = ""] = process.argv.slice(2)
const redis = new Redis(redisUrl, { enableAutoPipelining: true })
const backend = new Pool(backendUrl, { connections: 64 })
const windowMs = 60_000n

interface Session {
  readonly userId: string
  readonly publicKey: Uint8Array
}
const sessions = new Map<string, Session>()

const get = async (path: string, headers: Readonly<Record<string, string>>): Promise<unknown> => {
  const { body } = await backend.request({ path, method: "GET", headers })
  return body.json()
}

const sessionOf = async (id: string): Promise<Session> => {
  const known = sessions.get(id)
  if (known !== undefined) return known
  const found = (await get(`/api/v1/internal/sessions/${id}`, {})) as { user_id: string; client_public_key: string }
  const session = { userId: found.user_id, publicKey: Buffer.from(found.client_public_key, "base64") }
  sessions.set(id, session)
  return session
}

const execute = async (message: Uint8Array): Promise<Uint8Array> => {
  const request = fromBinary(ExecuteCommandRequestSchema, message)
  const session = await sessionOf(request.deviceSessionId)
  if (!hash("sha256", request.payloadBytes, "buffer").equals(request.payloadHash)) throw new Error("hash")
  if (!sodium.crypto_sign_verify_detached(request.signature, SigningInput.request(request), session.publicKey)) {
    throw new Error("signature")
  }
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
  const signature = Buffer.alloc(64)
  sodium.crypto_sign_detached(signature, SigningInput.response(fields), secretKey)
  return toBinary(
    ExecuteCommandResponseSchema,
    create(ExecuteCommandResponseSchema, { ...fields, payloadBytes, signature })
  )
}

const onStream = (stream: ServerHttp2Stream) => {
  const chunks: Array<Buffer> = []
  stream.on("data", (chunk: Buffer) => chunks.push(chunk))
  stream.on("error", () => undefined)
  stream.on("end", () => {
    const [only] = chunks
    const body = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks)
    execute(body.subarray(5)).then(
      (message) => {
        const frame = Buffer.allocUnsafe(5 + message.length)
        frame.writeUInt8(0, 0)
        frame.writeUInt32BE(message.length, 1)
        frame.set(message, 5)
        stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }))
        stream.respond({ ":status": 200, "content-type": "application/grpc+proto" }, { waitForTrailers: true })
        stream.end(frame)
      },
      (error: unknown) => {
        stream.respond(
          { ":status": 200, "content-type": "application/grpc+proto", "grpc-status": "13" },
          { endStream: true }
        )
        console.error(error)
      }
    )
  })
}

const server = createServer()
server.on("stream", onStream)
server.listen(0, "127.0.0.1", () => reportUsage((server.address() as AddressInfo).port))
