/** Signed unary calls in flight over several connections, made before they are sent so that signing isn't measured. */
import { createHash } from "node:crypto"
import * as http2 from "node:http2"
import { create, toBinary } from "@bufbuild/protobuf"
import { ExecuteCommandRequestSchema } from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import * as SigningInput from "@galaxy/contract/signing/SigningInput"
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

const head = {
  ":method": "POST",
  ":path": "/galaxy.gateway.v1.EdgeGateway/ExecuteCommand",
  "content-type": "application/grpc+proto",
  te: "trailers"
}

const call = (session: http2.ClientHttp2Session, body: Buffer): Promise<void> =>
  new Promise((done, fail) => {
    const stream = session.request(head)
    let status: unknown
    let bytes = 0
    stream.on("response", (headers) => {
      status = headers["grpc-status"]
    })
    stream.on("trailers", (trailers: http2.IncomingHttpHeaders) => {
      status = trailers["grpc-status"]
    })
    stream.on("data", (chunk: Buffer) => {
      bytes += chunk.length
    })
    stream.on("error", fail)
    stream.on("close", () => {
      if (status === "0" && bytes > 5) done()
      else fail(new Error(`a call ended with status ${String(status)} and ${bytes} bytes`))
    })
    stream.end(body)
  })

/** What a round took. */
export interface Round {
  readonly seconds: number
  /** Of each call, in milliseconds. */
  readonly latenciesMs: ReadonlyArray<number>
}

/** Connections to one server. */
export class Load {
  readonly #sessions: ReadonlyArray<http2.ClientHttp2Session>

  constructor(port: number) {
    this.#sessions = Array.from({ length: connections }, () => http2.connect(`http://127.0.0.1:${port}`))
  }

  /** Makes so many calls; `perSecond` holds them to a rate, otherwise as many as possible are in flight. */
  async round(calls: number, perSecond?: number): Promise<Round> {
    const bodies = Array.from({ length: calls }, frame)
    const latenciesMs: Array<number> = []
    const begun = performance.now()
    let next = 0
    const lane = async (session: http2.ClientHttp2Session) => {
      for (let at = next++; at < calls; at = next++) {
        const body = bodies[at]
        if (body === undefined) return
        const due = perSecond === undefined ? 0 : begun + (at * 1_000) / perSecond
        const waitMs = due - performance.now()
        if (waitMs > 0) await new Promise((done) => void setTimeout(done, waitMs))
        // Counted from when it was due: a server that falls behind is not let off.
        const from = perSecond === undefined ? performance.now() : due
        await call(session, body)
        latenciesMs.push(performance.now() - from)
      }
    }
    await Promise.all(this.#sessions.flatMap((it) => Array.from({ length: inFlightEach }, () => lane(it))))
    return { seconds: (performance.now() - begun) / 1_000, latenciesMs }
  }

  close(): void {
    for (const session of this.#sessions) session.close()
  }
}
