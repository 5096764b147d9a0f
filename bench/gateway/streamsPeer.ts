/**
 * What event streams cost at least: a bare Node server, by hand, that checks a subscription as the contract says, reserves its
 * id in Redis, looks up session and events, and signs each event for its stream. gRPC over cleartext HTTP/2; no budgets, no
 * bounds, no heartbeats, no catching up, and no answer to anything that isn't right.
 */
import { createHash, hash, randomUUID } from "node:crypto"
import { connect, createServer, type ServerHttp2Stream } from "node:http2"
import type { AddressInfo } from "node:net"
import { create, fromBinary, toBinary } from "@bufbuild/protobuf"
import {
  GatewayEventSchema,
  SubscribeEventsRequestSchema
} from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import { PushEventSchema } from "@galaxy/contract/gen/proto/galaxy/push/v1/push_pb"
import * as SigningInput from "@galaxy/contract/signing/SigningInput"
import { Redis } from "ioredis"
import { Pool } from "undici"
import { serverSeed } from "./account.ts"
import { sessionsBy } from "./peerSessions.ts"
import { secretKeyOf, sodium } from "./sodium.ts"
import { framed, Messages } from "./streamUsers.ts"
import { reportUsage } from "./usage.ts"

const secretKey = secretKeyOf(serverSeed)

const [backendUrl = "", redisUrl = "", pushUrl = ""] = process.argv.slice(2)
const redis = new Redis(redisUrl, { enableAutoPipelining: true })
const backend = new Pool(backendUrl, { connections: 64 })
const windowMs = 60_000n

interface Subscriber {
  readonly stream: ServerHttp2Stream
  readonly sessionId: string
}
const subscribers = new Map<string, Set<Subscriber>>()

const get = async (path: string): Promise<unknown> => {
  const { body } = await backend.request({ path, method: "GET" })
  return body.json()
}

const sessionOf = sessionsBy(get)

interface Event {
  readonly eventType: string
  readonly eventId: string
  readonly payloadBytes: Uint8Array
  readonly requestId: string
  readonly traceId: string
  readonly sequence: bigint
}

const send = ({ sessionId, stream }: Subscriber, event: Event): void => {
  const fields = {
    ...event,
    timestampMs: BigInt(Date.now()),
    payloadHash: createHash("sha256").update(event.payloadBytes).digest()
  }
  const signature = Buffer.alloc(64)
  sodium.crypto_sign_detached(signature, SigningInput.event({ ...fields, deviceSessionId: sessionId }), secretKey)
  stream.write(framed(toBinary(GatewayEventSchema, create(GatewayEventSchema, { ...fields, signature }))))
}

const subscribe = async (message: Uint8Array, stream: ServerHttp2Stream): Promise<void> => {
  const request = fromBinary(SubscribeEventsRequestSchema, message)
  const { deviceSessionId: sessionId, requestId } = request
  const session = await sessionOf(sessionId)
  if (!hash("sha256", request.payloadBytes, "buffer").equals(request.payloadHash)) throw new Error("hash")
  if (!sodium.crypto_sign_verify_detached(request.signature, SigningInput.request(request), session.publicKey)) {
    throw new Error("signature")
  }
  const age = BigInt(Date.now()) - request.timestampMs
  if (age > windowMs || -age > windowMs) throw new Error("stale")
  if ((await redis.set(`peer:${sessionId}:${requestId}`, "1", "PX", 130_000, "NX")) !== "OK")
    throw new Error("replayed")
  const own = subscribers.get(session.userId) ?? new Set()
  const subscriber = { stream, sessionId }
  subscribers.set(session.userId, own.add(subscriber))
  stream.once("close", () => {
    own.delete(subscriber)
    if (own.size === 0) subscribers.delete(session.userId)
  })
  const page = (await get(`/api/v1/internal/users/${session.userId}/events?after=0&limit=1`)) as {
    newest_sequence: number
  }
  if (stream.destroyed) return
  stream.respond({ ":status": 200, "content-type": "application/grpc+proto" })
  const payloadBytes = Buffer.alloc(16)
  payloadBytes.writeBigInt64LE(BigInt(Date.now()))
  payloadBytes.writeBigInt64LE(BigInt(page.newest_sequence), 8)
  const gateways = { eventType: "gateway.server_time", eventId: randomUUID(), traceId: "", sequence: 0n }
  send(subscriber, { ...gateways, payloadBytes, requestId })
}

const server = createServer()
server.on("stream", (stream) => {
  const chunks: Array<Buffer> = []
  stream.on("data", (chunk: Buffer) => chunks.push(chunk))
  stream.on("error", () => undefined)
  stream.on("end", () => {
    const [only] = chunks
    const body = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks)
    chunks.length = 0
    subscribe(body.subarray(5), stream).catch(() => stream.destroy())
  })
})
server.on("sessionError", () => undefined)

const push = connect(pushUrl).request({
  ":method": "POST",
  ":path": "/galaxy.push.v1.Push/SubscribePush",
  "content-type": "application/grpc+proto",
  te: "trailers"
})
push.end(framed(new Uint8Array()))
const messages = new Messages()
push.on("data", (chunk: Buffer) => {
  for (const message of messages.take(chunk)) {
    const { payload } = fromBinary(PushEventSchema, message)
    if (payload.case !== "clientEvent") continue
    const { kind, payload: payloadBytes, userId, ...event } = payload.value
    for (const it of subscribers.get(userId) ?? []) send(it, { ...event, eventType: kind, payloadBytes })
  }
})

server.listen(0, "127.0.0.1", 4_096, () => reportUsage((server.address() as AddressInfo).port))
