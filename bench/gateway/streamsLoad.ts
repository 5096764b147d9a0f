/**
 * Subscribers, as a program of its own: each has a connection, which it speaks by hand. A client of Node's would take more than
 * what is measured.
 */
import { createHash } from "node:crypto"
import { connect, type Socket } from "node:net"
import { create, toBinary } from "@bufbuild/protobuf"
import { SubscribeEventsRequestSchema } from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import * as codec from "@galaxy/contract/fbs/codec"
import { tables } from "@galaxy/contract/gen/fbs-tables"
import * as SigningInput from "@galaxy/contract/signing/SigningInput"
import { signAsDevice } from "./account.ts"
import { framed, Messages, sessionOf, sharedNow } from "./streamUsers.ts"

/** What the parent asks. */
export type Order =
  /** Opens streams until there are so many; `inFlight` of them are opened at the same time. */
  | { readonly type: "open"; readonly port: number; readonly count: number; readonly inFlight: number }
  /** Drops all of them at once. */
  | { readonly type: "drop" }
  /** Waits for so many events. */
  | { readonly type: "expect"; readonly events: number }

/** What it answers: `at` is on the shared clock. */
export interface Done {
  readonly seconds: number
  /** Attempts that were refused or cut off, and were made again. */
  readonly refused: number
  /** When the last of the events came. */
  readonly at: number
}

/** Clients of one address; the gateway bounds what comes from one. */
const perAddress = 100

/** How old a signature may be before it is made anew: a busy machine may take longer for all than servers allow. */
const freshMs = 20_000

const prefaceOf = (): Buffer => {
  const settings = frame(4, 0, 0, Buffer.from([0, 4, 0, 0x10, 0, 0, 0, 2, 0, 0, 0, 0]))
  const window = Buffer.alloc(4)
  window.writeUInt32BE(1_048_576)
  return Buffer.concat([Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), settings, frame(8, 0, 0, window)])
}

function frame(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const out = Buffer.alloc(9 + payload.length)
  out.writeUIntBE(payload.length, 0, 3)
  out[3] = type
  out[4] = flags
  out.writeUInt32BE(stream, 5)
  out.set(payload, 9)
  return out
}

const preface = prefaceOf()

/** A field that isn't indexed, its name given as text. */
const field = (name: string, value: string): Buffer =>
  Buffer.concat([Buffer.from([0, name.length]), Buffer.from(name), Buffer.from([value.length]), Buffer.from(value)])

const headers = frame(
  1,
  4,
  1,
  Buffer.concat([
    Buffer.from([0x83, 0x86]),
    field(":path", "/galaxy.gateway.v1.EdgeGateway/SubscribeEvents"),
    field(":authority", "127.0.0.1"),
    field("content-type", "application/grpc+proto"),
    field("te", "trailers")
  ])
)

let requests = 0

const requestOf = (index: number, resumeAfter: number): Buffer => {
  const payloadBytes = codec.encode(tables, "galaxy.gateway.SubscribeRequest", { resume_after: resumeAfter })
  const fields = {
    protocolVersion: "v1",
    deviceSessionId: sessionOf(index),
    messageType: "gateway.subscribe",
    timestampMs: BigInt(Date.now()),
    requestId: `s-${process.pid}-${Date.now().toString(36)}-${++requests}`,
    payloadHash: new Uint8Array(createHash("sha256").update(payloadBytes).digest())
  }
  const signature = signAsDevice(SigningInput.request(fields))
  const schema = SubscribeEventsRequestSchema
  return framed(toBinary(schema, create(schema, { ...fields, payloadBytes, signature })))
}

let received = 0
let lastAt = 0
let refused = 0
/** Called after each event. */
let onEvent = () => undefined as void

class Client {
  readonly index: number
  #body: Buffer = Buffer.alloc(0)
  #signedAt = Number.NEGATIVE_INFINITY
  #socket: Socket | undefined
  #rest: Buffer = Buffer.alloc(0)
  #messages = new Messages()
  events = 0
  isOpen = false
  opened: (ok: boolean) => void = () => undefined

  constructor(index: number) {
    this.index = index
  }

  /** Signs its request, unless that was done a moment ago. */
  prepare(): void {
    const now = performance.now()
    if (now - this.#signedAt < freshMs) return
    this.#signedAt = now
    this.#body = requestOf(this.index, this.events)
  }

  open(port: number): Promise<boolean> {
    this.prepare()
    const body = this.#body
    // An id serves once.
    this.#signedAt = Number.NEGATIVE_INFINITY
    return new Promise((done) => {
      const address = Math.floor(this.index / perAddress)
      this.opened = done
      this.#rest = Buffer.alloc(0)
      this.#messages = new Messages()
      const localAddress = `127.0.${1 + Math.floor(address / 200)}.${1 + (address % 200)}`
      const socket = connect({ port, host: "127.0.0.1", localAddress, noDelay: true })
      this.#socket = socket
      socket.on("error", () => undefined)
      socket.once("close", () => {
        if (this.#socket === socket) this.#over()
      })
      socket.on("data", (chunk) => this.#onData(socket, chunk))
      socket.write(Buffer.concat([preface, headers, frame(0, 1, 1, body)]))
    })
  }

  drop(): void {
    const socket = this.#socket
    this.#socket = undefined
    this.isOpen = false
    socket?.destroy()
  }

  #over(): void {
    this.drop()
    this.opened(false)
  }

  #onData(socket: Socket, chunk: Buffer): void {
    const all = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    let at = 0
    while (all.length - at >= 9) {
      const length = all.readUIntBE(at, 3)
      const end = at + 9 + length
      if (end > all.length) break
      this.#onFrame(socket, all[at + 3] ?? 0, all[at + 4] ?? 0, all.subarray(at + 9, end))
      at = end
    }
    this.#rest = at === all.length ? Buffer.alloc(0) : Buffer.from(all.subarray(at))
  }

  #onFrame(socket: Socket, type: number, flags: number, payload: Buffer): void {
    if (type === 4 && (flags & 1) === 0) socket.write(frame(4, 1, 0, Buffer.alloc(0)))
    if (type === 6 && (flags & 1) === 0) socket.write(frame(6, 1, 0, payload))
    if (type === 0) for (const _ of this.#messages.take(payload)) this.#onMessage()
    // The stream has ended, was reset, or its connection goes away.
    if ((type === 1 && (flags & 1) === 1) || type === 3 || type === 7) this.#over()
  }

  #onMessage(): void {
    if (!this.isOpen) {
      this.isOpen = true
      this.opened(true)
      return
    }
    this.events += 1
    received += 1
    lastAt = sharedNow()
    onEvent()
  }
}

const clients: Array<Client> = []

const open = async (port: number, count: number, inFlight: number): Promise<number> => {
  while (clients.length < count) clients.push(new Client(clients.length))
  const closed = clients.slice(0, count).filter((it) => !it.isOpen)
  // Before the time is taken, so that signing isn't measured.
  for (const it of closed) it.prepare()
  const begun = performance.now()
  let next = 0
  const lane = async () => {
    for (let client = closed[next++]; client !== undefined; client = closed[next++]) {
      while (!(await client.open(port))) {
        refused += 1
        await new Promise((done) => void setTimeout(done, 50 + Math.random() * 100))
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(inFlight, closed.length) }, lane))
  return (performance.now() - begun) / 1_000
}

const expect = (events: number): Promise<void> =>
  new Promise((done) => {
    onEvent = () => {
      if (received < events) return
      onEvent = () => undefined
      received = 0
      done()
    }
    onEvent()
  })

process.on("message", (order: Order) => {
  const begun = performance.now()
  const done = (seconds = (performance.now() - begun) / 1_000) => {
    process.send?.({ seconds, refused, at: lastAt } satisfies Done)
    refused = 0
  }
  switch (order.type) {
    case "open":
      void open(order.port, order.count, order.inFlight).then(done)
      return
    case "drop":
      for (const it of clients) it.drop()
      done()
      return
    case "expect":
      void expect(order.events).then(() => done())
  }
})
process.on("disconnect", () => process.exit())
process.send?.({ port: 0 })
