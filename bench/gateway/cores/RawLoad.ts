/**
 * Signed unary calls over gRPC from a client that does as little as possible, so that on two cores the servers are the bound.
 *
 * It speaks HTTP/2 by hand: heads are the same bytes for all calls, and of an answer only the ends of frames are looked at. A
 * call has worked if its answer has data and then trailers.
 */
import { connect, type Socket } from "node:net"
import { frame } from "../load.ts"

const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
const type = { data: 0, headers: 1, settings: 4, ping: 6, goAway: 7, windowUpdate: 8 } as const
const flag = { ack: 1, endStream: 1, endHeaders: 4 } as const

const frameOf = (kind: number, flags: number, stream: number, body: Uint8Array): Buffer => {
  const out = Buffer.allocUnsafe(9 + body.length)
  out.writeUIntBE(body.length, 0, 3)
  out.writeUInt8(kind, 3)
  out.writeUInt8(flags, 4)
  out.writeUInt32BE(stream, 5)
  out.set(body, 9)
  return out
}

/** A header without compression: HPACK's literal field that isn't indexed. */
const literal = (name: string, value: string): Buffer =>
  Buffer.concat([Buffer.of(0, name.length), Buffer.from(name), Buffer.of(value.length), Buffer.from(value)])

const head = Buffer.concat([
  literal(":method", "POST"),
  literal(":scheme", "http"),
  literal(":authority", "localhost"),
  literal(":path", "/galaxy.gateway.v1.EdgeGateway/ExecuteCommand"),
  literal("content-type", "application/grpc+proto"),
  literal("te", "trailers")
])

const begin = Buffer.concat([
  preface,
  // SETTINGS_INITIAL_WINDOW_SIZE, and as much for the connection: nothing is ever held back.
  frameOf(type.settings, 0, 0, Buffer.from("00047fffffff", "hex")),
  frameOf(type.windowUpdate, 0, 0, Buffer.from("7fff0000", "hex"))
])

/** One connection with calls in flight. */
class Lane {
  readonly #socket: Socket
  #rest: Buffer = Buffer.alloc(0)
  #stream = -1
  readonly #open = new Map<number, { hasData: boolean; readonly done: (worked: boolean) => void }>()

  constructor(port: number, localAddress: string) {
    this.#socket = connect({ host: "127.0.0.1", port, localAddress, noDelay: true })
    this.#socket.write(begin)
    this.#socket.on("data", (chunk: Buffer) => this.#read(chunk))
    const lost = () => {
      for (const { done } of this.#open.values()) done(false)
      this.#open.clear()
    }
    // A server that doesn't answer ends the measurement; between rounds a connection is idle.
    this.#socket.setTimeout(30_000, () => {
      if (this.#open.size > 0) this.#socket.destroy()
    })
    this.#socket.on("error", lost)
    this.#socket.on("close", lost)
  }

  call(body: Buffer): Promise<boolean> {
    return new Promise((done) => {
      if (this.#socket.destroyed) {
        done(false)
        return
      }
      const stream = (this.#stream += 2)
      this.#open.set(stream, { hasData: false, done })
      this.#socket.write(
        Buffer.concat([
          frameOf(type.headers, flag.endHeaders, stream, head),
          frameOf(type.data, flag.endStream, stream, body)
        ])
      )
    })
  }

  #read(chunk: Buffer): void {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    while (bytes.length >= 9) {
      const length = bytes.readUIntBE(0, 3)
      if (bytes.length < 9 + length) break
      this.#take(bytes.readUInt8(3), bytes.readUInt8(4), bytes.readUInt32BE(5), bytes.subarray(9, 9 + length))
      bytes = bytes.subarray(9 + length)
    }
    this.#rest = bytes
  }

  #take(kind: number, flags: number, stream: number, body: Buffer): void {
    if (kind === type.settings && (flags & flag.ack) === 0) this.#socket.write(frameOf(kind, flag.ack, 0, Buffer.of()))
    else if (kind === type.ping && (flags & flag.ack) === 0) this.#socket.write(frameOf(kind, flag.ack, 0, body))
    else if (kind === type.goAway) this.#socket.destroy()
    const call = this.#open.get(stream)
    if (call === undefined) return
    if (kind === type.data && body.length > 5) call.hasData = true
    if ((kind === type.data || kind === type.headers) && (flags & flag.endStream) !== 0) {
      this.#open.delete(stream)
      call.done(call.hasData && kind === type.headers)
    }
  }

  close(): void {
    this.#socket.destroy()
  }
}

/** What a round took. */
export interface Round {
  readonly seconds: number
  /** Of each call, in milliseconds. */
  readonly latenciesMs: ReadonlyArray<number>
}

/** Connections to one server, each from a loopback address of its own. */
export class RawLoad {
  readonly #lanes: ReadonlyArray<Lane>
  readonly #inFlight: number

  constructor(port: number, connections: number, inFlight: number) {
    this.#inFlight = inFlight
    this.#lanes = Array.from({ length: connections }, (_, index) => new Lane(port, addressOf(index)))
  }

  async round(calls: number): Promise<Round> {
    const bodies = Array.from({ length: calls }, frame)
    const latenciesMs: Array<number> = []
    const begun = performance.now()
    let next = 0
    const one = async (lane: Lane) => {
      for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) {
        const from = performance.now()
        if (!(await lane.call(body))) throw new Error("a call failed")
        latenciesMs.push(performance.now() - from)
      }
    }
    await Promise.all(this.#lanes.flatMap((it) => Array.from({ length: this.#inFlight }, () => one(it))))
    return { seconds: (performance.now() - begun) / 1_000, latenciesMs }
  }

  close(): void {
    for (const lane of this.#lanes) lane.close()
  }
}

/** A loopback address; the same for the same index. */
const addressOf = (index: number): string => `127.0.${1 + Math.floor(index / 250)}.${1 + (index % 250)}`

/** Connects, makes one call and closes, so many times with some at once; returns the seconds that it took. */
export const connectAndCall = async (port: number, connections: number, atOnce: number): Promise<number> => {
  const bodies = Array.from({ length: connections }, frame)
  const begun = performance.now()
  let next = 0
  const one = async () => {
    for (let at = next++; at < connections; at = next++) {
      const body = bodies[at]
      if (body === undefined) return
      const lane = new Lane(port, addressOf(at))
      const worked = await lane.call(body)
      lane.close()
      if (!worked) throw new Error("a call failed")
    }
  }
  await Promise.all(Array.from({ length: atOnce }, one))
  return (performance.now() - begun) / 1_000
}
