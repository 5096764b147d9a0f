/** Signed unary calls in flight over several connections, made before they are sent so that signing isn't measured. */
import { createHash } from "node:crypto"
import * as http2 from "node:http2"
import { create, toBinary } from "@bufbuild/protobuf"
import { ExecuteCommandRequestSchema } from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import * as SigningInput from "@galaxy/contract/signing/SigningInput"
import { Pool } from "undici"
import { sessionId, signAsDevice } from "./account.ts"

const connections = 8
const inFlightEach = 16

const emptyHash = new Uint8Array(createHash("sha256").digest())
let requests = 0

/** One gRPC frame with a request that nobody has sent yet. */
export const frame = (): Buffer => {
  const fields = {
    protocolVersion: "v1",
    deviceSessionId: sessionId,
    messageType: "user.account.get",
    timestampMs: BigInt(Date.now()),
    requestId: `r-${process.pid}-${++requests}`,
    payloadHash: emptyHash
  }
  const signature = signAsDevice(SigningInput.request(fields))
  const message = toBinary(ExecuteCommandRequestSchema, create(ExecuteCommandRequestSchema, { ...fields, signature }))
  const out = Buffer.alloc(5 + message.length)
  out.writeUInt32BE(message.length, 1)
  out.set(message, 5)
  return out
}

/** How calls are made: the forms in which most clients come. */
export const protocols = ["gRPC", "Connect over HTTP/2", "Connect over HTTP/1.1"] as const
export type Protocol = (typeof protocols)[number]

const path = "/galaxy.gateway.v1.EdgeGateway/ExecuteCommand"
const connect = { "content-type": "application/proto", "connect-protocol-version": "1" }
const heads = {
  gRPC: { ":method": "POST", ":path": path, "content-type": "application/grpc+proto", te: "trailers" },
  "Connect over HTTP/2": { ":method": "POST", ":path": path, ...connect }
}

/** Makes one call, and fails unless it was answered. */
type Call = (body: Buffer) => Promise<void>

/** A line of calls, one after the other, and how it ends. */
interface Way {
  readonly calls: ReadonlyArray<Call>
  readonly close: () => void
}

const overHttp2 = (port: number, protocol: keyof typeof heads): Way => {
  const sessions = Array.from({ length: connections }, () => http2.connect(`http://127.0.0.1:${port}`))
  const isGrpc = protocol === "gRPC"
  const callOn = (session: http2.ClientHttp2Session) => (framed: Buffer) =>
    new Promise<void>((done, fail) => {
      const body = isGrpc ? framed : framed.subarray(5)
      const stream = session.request(
        isGrpc ? heads.gRPC : { ...heads["Connect over HTTP/2"], "content-length": body.length }
      )
      let status: unknown
      let bytes = 0
      stream.on("response", (headers) => {
        status = isGrpc ? headers["grpc-status"] : headers[":status"]
      })
      stream.on("trailers", (trailers: http2.IncomingHttpHeaders) => {
        status = trailers["grpc-status"]
      })
      stream.on("data", (chunk: Buffer) => {
        bytes += chunk.length
      })
      stream.on("error", fail)
      stream.on("close", () => {
        if (status === (isGrpc ? "0" : 200) && bytes > 5) done()
        else fail(new Error(`a call ended with status ${String(status)} and ${bytes} bytes`))
      })
      stream.end(body)
    })
  return {
    calls: sessions.flatMap((it) => Array.from({ length: inFlightEach }, () => callOn(it))),
    close: () => {
      for (const session of sessions) session.close()
    }
  }
}

/** As many connections as calls in flight, all kept alive. */
const overHttp1 = (port: number): Way => {
  const count = connections * inFlightEach
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: count, pipelining: 1 })
  const call = async (framed: Buffer) => {
    const answer = await pool.request({ method: "POST", path, headers: connect, body: framed.subarray(5) })
    const bytes = await answer.body.arrayBuffer()
    if (answer.statusCode !== 200) throw new Error(`a call ended with status ${answer.statusCode}`)
    if (bytes.byteLength === 0) throw new Error("a call was answered with nothing")
  }
  return { calls: Array.from({ length: count }, () => call), close: () => void pool.destroy() }
}

/** What a round took. */
export interface Round {
  readonly seconds: number
  /** Of each call, in milliseconds. */
  readonly latenciesMs: ReadonlyArray<number>
}

/** Connections to one server. */
export class Load {
  readonly #way: Way

  constructor(port: number, protocol: Protocol = "gRPC") {
    this.#way = protocol === "Connect over HTTP/1.1" ? overHttp1(port) : overHttp2(port, protocol)
  }

  /** Makes so many calls; `perSecond` holds them to a rate, otherwise as many as possible are in flight. */
  async round(calls: number, perSecond?: number): Promise<Round> {
    const bodies = Array.from({ length: calls }, frame)
    const latenciesMs: Array<number> = []
    const begun = performance.now()
    let next = 0
    const lane = async (call: Call) => {
      for (let at = next++; at < calls; at = next++) {
        const body = bodies[at]
        if (body === undefined) return
        const due = perSecond === undefined ? 0 : begun + (at * 1_000) / perSecond
        const waitMs = due - performance.now()
        if (waitMs > 0) await new Promise((done) => void setTimeout(done, waitMs))
        // Counted from when it was due: a server that falls behind is not let off.
        const from = perSecond === undefined ? performance.now() : due
        await call(body)
        latenciesMs.push(performance.now() - from)
      }
    }
    await Promise.all(this.#way.calls.map(lane))
    return { seconds: (performance.now() - begun) / 1_000, latenciesMs }
  }

  close(): void {
    this.#way.close()
  }
}
