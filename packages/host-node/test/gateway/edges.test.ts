/** Edges of the protocols that clients of every kind meet: deadlines, framing, labels, hosts, and answers that come early. */
import * as http2 from "node:http2"
import * as net from "node:net"
import { setTimeout as sleep } from "node:timers/promises"
import { gzipSync } from "node:zlib"
import { create, toBinary } from "@bufbuild/protobuf"
import { ExecuteCommandRequestSchema } from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import { BackendClient } from "@galaxy/edge/BackendClient"
import { GatewayServer } from "@galaxy/host-node/gateway/GatewayServer"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { frame } from "./conformance/cells.ts"
import * as Fixture from "./fixture.ts"

const service = "/galaxy.gateway.v1.EdgeGateway"
const command = `${service}/ExecuteCommand`
const subscribe = `${service}/SubscribeEvents`
const sendCode = "/api/v1/public/auth/send-email-code"

const message = (wish: Fixture.Wish = {}) =>
  toBinary(ExecuteCommandRequestSchema, create(ExecuteCommandRequestSchema, Fixture.request(wish)))
const framed = (...messages: ReadonlyArray<Uint8Array>) => Buffer.concat(messages.map((it) => frame(it)))
const subscription = () => message({ messageType: "gateway.subscribe" })

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly trailers: Readonly<Record<string, unknown>>
  readonly body: Buffer
}

/** A call over HTTP/2, whole; `first` stops at the first bytes of the answer. */
const ask = (
  path: string,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
  method = "POST",
  first = false
) =>
  Effect.flatMap(GatewayServer, ({ url }) =>
    Effect.promise(
      () =>
        new Promise<Answer>((resolve, reject) => {
          const session = http2.connect(url)
          session.once("error", reject)
          const stream = session.request({ ":method": method, ":path": path, ...headers })
          stream.once("error", reject)
          let head: Readonly<Record<string, unknown>> = {}
          let trailers: Readonly<Record<string, unknown>> = {}
          const parts: Array<Buffer> = []
          const over = () => {
            session.destroy()
            resolve({ status: Number(head[":status"]), headers: head, trailers, body: Buffer.concat(parts) })
          }
          stream.on("response", (it) => (head = it))
          stream.on("trailers", (it) => (trailers = it))
          stream.on("data", (part: Buffer) => {
            parts.push(part)
            if (first) over()
          })
          stream.on("end", over)
          // Without a body it has ended already.
          if (method !== "GET") stream.end(body)
        })
    )
  )

const grpc = { "content-type": "application/grpc+proto" }
const grpcWeb = { "content-type": "application/grpc-web+proto" }
const connect = { "content-type": "application/proto" }
const connectStream = { "content-type": "application/connect+proto" }

/** Whatever tells of an error, in whichever protocol's place, with its details readable. */
const toldIn = ({ body, headers, trailers }: Answer): string => {
  const text = body.toString("latin1")
  const details = [
    trailers["grpc-status-details-bin"],
    headers["grpc-status-details-bin"],
    /grpc-status-details-bin: *([\w+/=-]+)/i.exec(text)?.[1],
    /"value":"([\w+/=-]+)"/.exec(text)?.[1]
  ]
  const decoded = details.map((it) => (typeof it === "string" ? Buffer.from(it, "base64").toString("latin1") : ""))
  const status = trailers["grpc-status"] ?? headers["grpc-status"] ?? /grpc-status: *(\d+)/i.exec(text)?.[1] ?? ""
  return `${typeof status === "string" ? `status ${status} ` : ""}${text} ${decoded.join(" ")}`
}

const invalidEnvelope = (answer: Answer) => {
  const told = toldIn(answer)
  assert.match(told, /status 3 |"code":"invalid_argument"/)
  assert.include(told, "invalid_envelope")
}

/** Answers in its own time, which no deadline here waits for. */
const slow = Layer.effect(
  BackendClient,
  Effect.map(BackendClient, (it) =>
    BackendClient.of({
      ...it,
      forward: (call, signal) => sleep(20_000, undefined, { signal }).then(() => it.forward(call, signal))
    })
  )
)

layer(Fixture.gatewayWith(slow, Fixture.generous), { timeout: "240 seconds", excludeTestServices: true })(
  "deadlines that pass",
  (it) => {
    it.effect("are told as what they are", () =>
      Effect.gen(function* () {
        for (const time of ["1", "30", "0"]) {
          const answer = yield* ask(command, { ...connect, "connect-timeout-ms": time }, message())
          assert.strictEqual(answer.status, 504)
          assert.include(toldIn(answer), '"code":"deadline_exceeded"')
        }
        for (const time of ["1m", "1000u", "30m"]) {
          for (const kind of [grpc, grpcWeb]) {
            const answer = yield* ask(command, { ...kind, "grpc-timeout": time }, framed(message()))
            assert.match(toldIn(answer), /^status 4 /)
          }
        }
        const stream = yield* ask(subscribe, { ...connectStream, "connect-timeout-ms": "200" }, framed(subscription()))
        assert.include(toldIn(stream), '"code":"deadline_exceeded"')
      })
    )
  }
)

layer(Fixture.gateway(Fixture.generous), { timeout: "240 seconds", excludeTestServices: true })("edges", (it) => {
  it.effect("deadlines of any length are served", () =>
    Effect.gen(function* () {
      for (const time of ["2147483647", "2147483648", "2592000000", "9999999999"]) {
        const answer = yield* ask(command, { ...connect, "connect-timeout-ms": time }, message())
        assert.strictEqual(answer.status, 200, time)
      }
      for (const time of ["99999999H", "99999999M", "99999999S", "99999999m"]) {
        for (const kind of [grpc, grpcWeb]) {
          const answer = yield* ask(command, { ...kind, "grpc-timeout": time }, framed(message()))
          assert.match(toldIn(answer), /^status 0 /, time)
        }
      }
      const stream = yield* ask(
        subscribe,
        { ...connectStream, "connect-timeout-ms": "2592000000" },
        framed(subscription()),
        "POST",
        true
      )
      assert.include(stream.body.toString("latin1"), "gateway.server_time")
    })
  )

  it.effect("a deadline of another form is refused as what it is", () =>
    Effect.gen(function* () {
      invalidEnvelope(yield* ask(command, { ...connect, "connect-timeout-ms": "99999999999" }, message()))
      invalidEnvelope(yield* ask(command, { ...grpc, "grpc-timeout": "1X" }, framed(message())))
    })
  )

  it.effect("a call of no message, or of two, is invalid_envelope", () =>
    Effect.gen(function* () {
      const { calls } = yield* Fixture.Script
      const before = calls.length
      for (const [path, one] of [
        [command, message],
        [subscribe, subscription]
      ] as const) {
        for (const kind of path === command ? [grpc, grpcWeb] : [grpc, grpcWeb, connectStream]) {
          invalidEnvelope(yield* ask(path, kind, framed()))
          invalidEnvelope(yield* ask(path, kind, framed(one(), one())))
        }
      }
      assert.strictEqual(calls.length, before)
    })
  )

  it.effect("streams tell whatever stands between to keep nothing back", () =>
    Effect.gen(function* () {
      for (const kind of [grpc, grpcWeb, connectStream]) {
        const begun = yield* ask(subscribe, kind, framed(subscription()), "POST", true)
        const refused = yield* ask(subscribe, kind, framed())
        for (const { headers } of [begun, refused]) {
          assert.deepInclude(headers, { "cache-control": "no-store", "x-accel-buffering": "no" })
        }
      }
    })
  )

  it.effect("what is labelled as encoded and isn't, or where nothing is decoded, is refused", () =>
    Effect.gen(function* () {
      const { calls, publicCalls } = yield* Fixture.Script
      const before = [calls.length, publicCalls.length]
      const json = Buffer.from(JSON.stringify({ email: "a@example.org" }))
      for (const body of [json, gzipSync(json)]) {
        const headers = { "content-type": "application/json", "content-encoding": "gzip" }
        assert.strictEqual((yield* ask(sendCode, headers, body)).status, 415)
      }
      for (const kind of [grpc, grpcWeb]) {
        const answer = yield* ask(command, { ...kind, "content-encoding": "gzip" }, framed(message()))
        assert.strictEqual(answer.status, 415)
      }
      for (const encoding of ["gzip", "br"]) {
        invalidEnvelope(yield* ask(command, { ...connect, "content-encoding": encoding }, message()))
      }
      const unknown = yield* ask(command, { ...connect, "content-encoding": "deflate" }, message())
      assert.include(toldIn(unknown), '"code":"unimplemented"')
      assert.deepStrictEqual([calls.length, publicCalls.length], before)
      const packed = yield* ask(command, { ...connect, "content-encoding": "gzip" }, gzipSync(message()))
      assert.strictEqual(packed.status, 200)
    })
  )

  it.effect("over HTTP/2 a small body is read before an answer that doesn't need it", () =>
    Effect.gen(function* () {
      const { url } = yield* GatewayServer
      for (const [method, path, type, status] of [
        ["POST", command, "text/plain", 415],
        ["PUT", command, "application/proto", 405],
        ["POST", `${service}/Nothing`, "application/proto", 404],
        ["POST", sendCode, "text/plain", 415],
        ["POST", "/nowhere", "application/json", 404]
      ] as const) {
        const seen = yield* Effect.promise(async () => {
          const session = http2.connect(url)
          const stream = session.request({ ":method": method, ":path": path, "content-type": type })
          let answered = false
          const ended = new Promise<number>((resolve, reject) => {
            stream.once("error", reject)
            stream.once("response", (headers) => {
              answered = true
              stream.resume().once("end", () => resolve(Number(headers[":status"])))
            })
          })
          stream.write("half of a body")
          // The server has seen it all when it has answered to these, one after the other.
          for (let round = 0; round < 20; round++) await new Promise((resolve) => session.ping(resolve))
          const early = answered
          stream.end("and the rest")
          const got = await ended
          session.destroy()
          return { early, got, code: stream.rstCode }
        })
        assert.deepStrictEqual([path, seen], [path, { early: false, got: status, code: 0 }])
      }
    })
  )

  it.effect("another host is answered 403 on every path, several are 400, over both versions of HTTP", () =>
    Effect.gen(function* () {
      const { port } = yield* GatewayServer
      const overHttp1 = (path: string, hosts: string) =>
        Effect.promise(async () => {
          const socket = net.connect({ host: "127.0.0.1", port })
          socket.write(`POST ${path} HTTP/1.1\r\n${hosts}Content-Length: 0\r\nConnection: close\r\n\r\n`)
          let text = ""
          for await (const chunk of socket.setEncoding("utf8")) text += String(chunk)
          return text
        })
      for (const path of [command, subscribe, sendCode, "/healthz", "/nowhere"]) {
        const foreign = yield* overHttp1(path, "Host: evil.example\r\n")
        assert.match(foreign, /^HTTP\/1\.1 403 [^]*"code":"forbidden"[^]*"reason":"foreign_host"/)
        const two = yield* overHttp1(path, "Host: localhost\r\nHost: localhost\r\n")
        assert.match(two, /^HTTP\/1\.1 400 [^]*"code":"invalid_request"/)
        assert.strictEqual((yield* ask(path, { ":authority": "evil.example:80" }, Buffer.alloc(0))).status, 403)
        const both = { ":authority": "localhost", host: "evil.example" }
        assert.strictEqual((yield* ask(path, both, Buffer.alloc(0))).status, 400)
      }
      assert.strictEqual((yield* ask("/healthz", { ":authority": "localhost:1" }, Buffer.alloc(0), "GET")).status, 200)
    })
  )

  it.effect("what is no request is refused in the envelope of errors", () =>
    Effect.gen(function* () {
      const { port } = yield* GatewayServer
      const answer = yield* Effect.promise(async () => {
        const socket = net.connect({ host: "127.0.0.1", port })
        socket.write("this is no request\r\n\r\n")
        let text = ""
        for await (const chunk of socket.setEncoding("utf8")) text += String(chunk)
        return text
      })
      assert.match(answer, /^HTTP\/1\.1 400 [^]*\r\n\r\n\{"error":\{"code":"invalid_request"/)
    })
  )
})
