/**
 * A backend for streams, as a program of its own: sessions, kept events and the push stream. It publishes when its parent
 * says so, and counts how often each user's history is read.
 */
import { createServer } from "node:http"
import { createServer as createPushServer, type ServerHttp2Stream } from "node:http2"
import type { AddressInfo } from "node:net"
import { create, toBinary } from "@bufbuild/protobuf"
import { ClientEventSchema, PushEventSchema, ResumeSchema } from "@galaxy/contract/gen/proto/galaxy/push/v1/push_pb"
import { devicePublicKey } from "./account.ts"
import { framed, ownerOf, sharedNow, userOf } from "./streamUsers.ts"

/** What the parent asks: one event to each of so many users, or to one. */
export type Ask =
  | { readonly type: "publish"; readonly from: number; readonly count: number }
  | { readonly type: "reads" }

/** What it answers: when it began to publish, or how often a user's history was read since the last question. */
export type Told = { readonly at: number } | { readonly most: number; readonly all: number }

const created = "2026-01-01T00:00:00.000Z"
const publicKey = Buffer.from(devicePublicKey).toString("base64")
/** Of usual size. */
const payload = new Uint8Array(96).fill(7)

const newest = new Map<string, number>()
const reads = new Map<string, number>()
const subscribers = new Set<ServerHttp2Stream>()

const fields = (sequence: number) => ({
  kind: "game.turn.ready",
  event_id: `0190f7a4-6d3e-7c11-9a55-${sequence.toString(16).padStart(12, "0")}`,
  request_id: "",
  trace_id: ""
})

const kept = (userId: string, query: URLSearchParams) => {
  reads.set(userId, (reads.get(userId) ?? 0) + 1)
  const after = Number(query.get("after"))
  const limit = Number(query.get("limit") ?? 200)
  const last = newest.get(userId) ?? 0
  const events = Array.from({ length: Math.max(0, Math.min(limit, last - after)) }, (_, index) => ({
    ...fields(after + 1 + index),
    sequence: after + 1 + index,
    payload: Buffer.from(payload).toString("base64"),
    created_at: created
  }))
  return { events, oldest_sequence: last === 0 ? 0 : 1, newest_sequence: last }
}

const session = (id: string) => ({
  device_session_id: id,
  user_id: ownerOf(id),
  client_public_key: publicKey,
  status: "active",
  created_at: created
})

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  request.resume()
  const url = new URL(request.url ?? "", "http://backend")
  const [, , , , what, id = ""] = url.pathname.split("/")
  const answer = what === "sessions" ? session(id) : what === "users" ? kept(id, url.searchParams) : { status: "ready" }
  const body = Buffer.from(JSON.stringify(answer))
  response.writeHead(200, { "content-type": "application/json", "content-length": body.length }).end(body)
})

const pushServer = createPushServer()
pushServer.on("stream", (stream) => {
  stream.on("error", () => undefined).resume()
  stream.respond({ ":status": 200, "content-type": "application/grpc+proto" })
  const first = create(PushEventSchema, {
    cursor: "0.0",
    payload: { case: "resume", value: create(ResumeSchema, { outcome: 2 }) }
  })
  stream.write(framed(toBinary(PushEventSchema, first)))
  subscribers.add(stream)
  stream.once("close", () => subscribers.delete(stream))
})

let cursor = 0
const frameFor = (index: number): Buffer => {
  const userId = userOf(index)
  const sequence = (newest.get(userId) ?? 0) + 1
  newest.set(userId, sequence)
  const { event_id: eventId, kind } = fields(sequence)
  const event = create(PushEventSchema, {
    cursor: `0.${++cursor}`,
    payload: {
      case: "clientEvent",
      value: create(ClientEventSchema, { userId, kind, payload, eventId, sequence: BigInt(sequence) })
    }
  })
  return framed(toBinary(PushEventSchema, event))
}

process.on("message", (ask: Ask) => {
  if (ask.type === "reads") {
    const counts = [...reads.values()]
    process.send?.({ most: Math.max(0, ...counts), all: counts.reduce((sum, it) => sum + it, 0) } satisfies Told)
    reads.clear()
    return
  }
  // Made first, so that what is measured doesn't wait for it.
  const frames = Array.from({ length: ask.count }, (_, index) => frameFor(ask.from + index))
  process.send?.({ at: sharedNow() } satisfies Told)
  for (const stream of subscribers) for (const frame of frames) stream.write(frame)
})
process.on("disconnect", () => process.exit())

server.listen(0, "127.0.0.1", 4_096, () =>
  pushServer.listen(0, "127.0.0.1", () =>
    process.send?.({
      port: (server.address() as AddressInfo).port,
      pushPort: (pushServer.address() as AddressInfo).port
    })
  )
)
