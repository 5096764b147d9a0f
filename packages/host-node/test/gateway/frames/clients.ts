/**
 * Clients that send frames of HTTP/2 and requests of HTTP/1.1 in any order, in packets that end anywhere, and leave at any time.
 * What they send is mostly sound, so that it comes far; what a seed makes, it makes again.
 */
import { once } from "node:events"
import * as net from "node:net"
import { create, toBinary } from "@bufbuild/protobuf"
import {
  ExecuteCommandRequestSchema,
  SubscribeEventsRequestSchema
} from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import type { SeededRandom } from "@galaxy/testkit/SeededRandom"
import { http2Frame as frame } from "../attackers.ts"
import * as Fixture from "../fixture.ts"
import { request as subscription } from "../subscription.ts"

const service = "/galaxy.gateway.v1.EdgeGateway"

const framed = (message: Uint8Array): Buffer => {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}

const command = () => toBinary(ExecuteCommandRequestSchema, create(ExecuteCommandRequestSchema, Fixture.request()))
const subscribe = () => toBinary(SubscribeEventsRequestSchema, create(SubscribeEventsRequestSchema, subscription()))

const gRPC = [
  ["content-type", "application/grpc+proto"],
  ["te", "trailers"]
] as const
const connect = ["connect-protocol-version", "1"] as const

type Header = readonly [string, string]

interface Call {
  readonly path: string
  readonly headers: ReadonlyArray<Header>
  readonly body: () => Uint8Array
}

const calls: ReadonlyArray<Call> = [
  { path: `${service}/ExecuteCommand`, headers: gRPC, body: () => framed(command()) },
  { path: `${service}/SubscribeEvents`, headers: gRPC, body: () => framed(subscribe()) },
  { path: `${service}/ExecuteCommand`, headers: [["content-type", "application/proto"], connect], body: command },
  {
    path: `${service}/SubscribeEvents`,
    headers: [["content-type", "application/connect+proto"], connect],
    body: () => framed(subscribe())
  },
  { path: "/grpc.health.v1.Health/Check", headers: gRPC, body: () => framed(new Uint8Array()) },
  { path: "/grpc.health.v1.Health/Watch", headers: gRPC, body: () => framed(new Uint8Array()) },
  { path: "/healthz", headers: [], body: () => new Uint8Array() },
  {
    path: "/api/v1/public/auth/send-email-code",
    headers: [["content-type", "application/json"]],
    body: () => Buffer.from(`{"email":"ada@example.org"}`)
  }
]

/** What sends a call another way, or is wrong. */
const oddities: ReadonlyArray<Header> = [
  ["grpc-encoding", "identity"],
  ["grpc-encoding", "gzip"],
  ["grpc-timeout", "1m"],
  ["connect-timeout-ms", "1"],
  ["content-length", "7"],
  ["expect", "100-continue"],
  ["x-forwarded-for", "203.0.113.9"],
  ["origin", "https://play.example.org"]
]

const broken: ReadonlyArray<() => Uint8Array> = [
  () => new Uint8Array(),
  () => Buffer.from([0, 0, 0, 0, 9, 1]),
  () => Buffer.from([2, 0, 0, 0, 0]),
  () => Buffer.alloc(3_000, 1)
]

const four = (number: number): Buffer => {
  const out = Buffer.alloc(4)
  out.writeUInt32BE(number)
  return out
}

const literal = ([name, value]: Header): Buffer =>
  Buffer.concat([Buffer.from([0, name.length]), Buffer.from(name), Buffer.from([value.length]), Buffer.from(value)])

const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")

const headersOf = (random: SeededRandom, call: Call): ReadonlyArray<Header> =>
  random.below(3) === 0 ? [...call.headers, random.pick(oddities)] : call.headers

/** The frames of one connection. */
const conversation = (random: SeededRandom, port: number): ReadonlyArray<Buffer> => {
  const settings = random.below(3) === 0 ? Buffer.from([0, 4, 0, 0, 0, random.below(64)]) : new Uint8Array()
  const frames = [preface, frame(4, 0, 0, settings)]
  const open: Array<{ readonly id: number; readonly rest: Array<Buffer> }> = []
  const begin = () => {
    const call = random.pick(calls)
    const method = random.below(8) === 0 ? 0x82 : 0x83
    const id = 1 + 2 * open.length
    const head = [
      Buffer.from([method, 0x86]),
      ...[[":path", call.path] as const, [":authority", `127.0.0.1:${port}`] as const].map(literal),
      ...headersOf(random, call).map(literal)
    ]
    const bytes = Buffer.from(random.below(4) === 0 ? random.pick(broken)() : call.body())
    const middle = random.below(bytes.length + 1)
    open.push({
      id,
      rest: random.below(2) === 0 ? [bytes] : [bytes.subarray(0, middle), bytes.subarray(middle), Buffer.alloc(0)]
    })
    frames.push(frame(1, 4 | (random.below(8) === 0 ? 1 : 0), id, Buffer.concat(head)))
  }
  const steps: ReadonlyArray<() => void> = [
    begin,
    begin,
    begin,
    () => {
      const { id, rest } = random.pick(open)
      const part = rest.shift()
      if (part !== undefined) frames.push(frame(0, rest.length === 0 && random.below(8) > 0 ? 1 : 0, id, part))
    },
    () => frames.push(frame(3, 0, random.pick(open).id, four(random.below(14)))),
    () =>
      frames.push(frame(8, 0, random.pick([0, random.pick(open).id]), four(random.pick([1, 65_535, 0x7fffffff, 0])))),
    () => frames.push(frame(6, 0, 0, Buffer.alloc(8))),
    () => {
      if (random.below(6) === 0) frames.push(frame(7, 0, 0, Buffer.concat([four(0), four(random.below(3))])))
    },
    () => {
      if (random.below(6) === 0) frames.push(frame(0, 0, 99, Buffer.from("x")))
    },
    () => {
      if (random.below(6) === 0) frames.push(frame(1, 5, random.pick(open).id, literal(["x-trailer", "1"])))
    }
  ]
  // Some keep many open and complete none.
  for (let count = random.below(4) === 0 ? 14 : 1; count > 0; count--) begin()
  const data = steps[3]
  for (let count = 6 + random.below(30); count > 0; count--) {
    if (random.below(2) === 0) data?.()
    else random.pick(steps)()
  }
  return frames
}

/** Requests of HTTP/1.1, one after the other or at once. */
const requests = (random: SeededRandom, port: number): ReadonlyArray<Buffer> =>
  Array.from({ length: 1 + random.below(5) }, () => {
    const call = random.pick(calls)
    const body = Buffer.from(random.below(4) === 0 ? random.pick(broken)() : call.body())
    const isChunked = random.below(3) === 0
    const head = [
      `${random.pick(["POST", "POST", "POST", "GET", "HEAD", "HEAD", "OPTIONS", "CONNECT"])} ${call.path} HTTP/1.1`,
      `host: 127.0.0.1:${port}`,
      ...headersOf(random, call).map(([name, value]) => `${name}: ${value}`),
      ...(random.below(9) === 0 ? ["upgrade: h2c", "connection: upgrade"] : []),
      isChunked ? "transfer-encoding: chunked" : `content-length: ${body.length + (random.below(6) === 0 ? 7 : 0)}`,
      "\r\n"
    ].join("\r\n")
    const chunks = [Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from("\r\n0\r\n\r\n")]
    return Buffer.concat([Buffer.from(head), ...(isChunked && body.length > 0 ? chunks : [body])])
  })

/** One client from its connection to its end. */
export const visit = async (random: SeededRandom, port: number): Promise<void> => {
  const parts = random.below(4) === 0 ? requests(random, port) : conversation(random, port)
  const socket = net.connect(port, "127.0.0.1").on("error", () => undefined)
  if (random.below(4) > 0) socket.resume()
  const gone = once(socket, "close").catch(() => undefined)
  const isCut = random.below(5) === 0
  let packet: Array<Buffer> = []
  for (const part of parts) {
    packet.push(part)
    if (random.below(3) > 0) continue
    const bytes = Buffer.concat(packet)
    packet = []
    const at = isCut ? random.below(bytes.length + 1) : bytes.length
    socket.write(bytes.subarray(0, at))
    // The other end has a turn between two packets, or two.
    for (let turns = random.below(3); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve))
    socket.write(bytes.subarray(at))
  }
  socket.write(Buffer.concat(packet))
  for (let turns = random.below(12); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve))
  if (random.below(2) === 0) socket.destroy()
  else socket.resetAndDestroy()
  await gone
}
