/** What is no message at all, or is larger than any: refused in each protocol's own form, and the next one is answered. */
import * as http2 from "node:http2"
import * as net from "node:net"
import { gzipSync } from "node:zlib"
import { Code, ConnectError, createClient } from "@connectrpc/connect"
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node"
import { EdgeGateway } from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import { ErrorInfoSchema } from "@galaxy/contract/gen/proto/google/rpc/error_details_pb"
import { GatewayServer } from "@galaxy/host-node/gateway/GatewayServer"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import * as Fixture from "./fixture.ts"

interface Compression {
  readonly name: string
  readonly compress: (bytes: Uint8Array) => Promise<Uint8Array<ArrayBuffer>>
  readonly decompress: (bytes: Uint8Array) => Promise<Uint8Array<ArrayBuffer>>
}

interface Sending {
  readonly baseUrl: string
  readonly sendCompression?: Compression
  readonly compressMinBytes?: number
}

const transports = {
  "Connect over HTTP/1.1": (it: Sending) => createConnectTransport({ ...it, httpVersion: "1.1" }),
  "Connect over HTTP/2": (it: Sending) => createConnectTransport({ ...it, httpVersion: "2" }),
  "Connect JSON over HTTP/1.1": (it: Sending) =>
    createConnectTransport({ ...it, httpVersion: "1.1", useBinaryFormat: false }),
  "Connect JSON over HTTP/2": (it: Sending) =>
    createConnectTransport({ ...it, httpVersion: "2", useBinaryFormat: false }),
  "gRPC over HTTP/2": (it: Sending) => createGrpcTransport(it),
  "gRPC-Web over HTTP/1.1": (it: Sending) => createGrpcWebTransport({ ...it, httpVersion: "1.1" }),
  "gRPC-Web over HTTP/2": (it: Sending) => createGrpcWebTransport({ ...it, httpVersion: "2" })
}

/** Says that it is gzip and sends what it likes. */
const sends = (bytes: Uint8Array): Compression => ({
  name: "gzip",
  compress: () => Promise.resolve(new Uint8Array(bytes)),
  decompress: (it) => Promise.resolve(new Uint8Array(it))
})

/** Instead of the message. */
const bodies = {
  "bytes that aren't compressed": new Uint8Array(100).fill(0xff),
  "compressed bytes that are cut off": gzipSync(Buffer.alloc(1_000, "galaxy")).subarray(0, 20),
  "bytes that are no message": gzipSync(new Uint8Array(100).fill(0xff)),
  "a message whose field is longer than itself": gzipSync(Uint8Array.of(0x0a, 0x7f, 0x76, 0x31)),
  "bytes that decompress to a hundred megabytes": gzipSync(Buffer.alloc(100 * 1_048_576), { level: 1 })
}

const refused = (call: () => Promise<unknown>) =>
  Effect.gen(function* () {
    const error = yield* Effect.flip(Effect.tryPromise({ try: call, catch: (cause) => ConnectError.from(cause) }))
    const details = error.findDetails(ErrorInfoSchema)
    assert.deepStrictEqual(
      {
        code: Code[error.code],
        details: details.map(({ reason, domain, metadata }) => ({ reason, domain, metadata }))
      },
      { code: "InvalidArgument", details: [{ reason: "invalid_envelope", domain: "galaxy", metadata: {} }] }
    )
    assert.notInclude(error.rawMessage, "readMaxBytes")
  })

layer(Fixture.gateway(Fixture.generous), { timeout: "240 seconds", excludeTestServices: true })("messages", (it) => {
  for (const [protocol, transport] of Object.entries(transports)) {
    for (const [what, body] of Object.entries(bodies)) {
      it.effect(`${protocol}: ${what} are invalid_envelope`, () =>
        Effect.gen(function* () {
          const { url } = yield* GatewayServer
          const before = (yield* Fixture.Script).calls.length
          const rpc = createClient(
            EdgeGateway,
            transport({ baseUrl: url, sendCompression: sends(body), compressMinBytes: 0 })
          )
          yield* refused(() => rpc.executeCommand(Fixture.request()))
          const subscription = Fixture.request({ messageType: "gateway.subscribe" })
          yield* refused(() => rpc.subscribeEvents(subscription)[Symbol.asyncIterator]().next())
          assert.strictEqual((yield* Fixture.Script).calls.length, before)
        })
      )
    }

    for (const size of [1_048_577, 1_500_000, 4_000_000, 9_000_000]) {
      it.effect(`${protocol}: ${size} bytes of payload are invalid_envelope, and the connection goes on`, () =>
        Effect.gen(function* () {
          const { url } = yield* GatewayServer
          const rpc = createClient(EdgeGateway, transport({ baseUrl: url }))
          const payload = new Uint8Array(size)
          const subscription = () => Fixture.request({ messageType: "gateway.subscribe", payload })
          for (let round = 0; round < 3; round++) {
            yield* refused(() => rpc.executeCommand(Fixture.request({ payload })))
            yield* refused(() => rpc.subscribeEvents(subscription())[Symbol.asyncIterator]().next())
            const answer = yield* Effect.promise(() => rpc.executeCommand(Fixture.request()))
            assert.strictEqual(answer.resultCode, "ok")
          }
        })
      )
    }
  }
})

const rpcPath = "/galaxy.gateway.v1.EdgeGateway/ExecuteCommand"

layer(Fixture.gateway(Fixture.generous), { excludeTestServices: true })("requests", (it) => {
  const stillAnswers = Effect.gen(function* () {
    const rpc = yield* Fixture.rpc("Connect over HTTP/1.1")
    assert.strictEqual((yield* Effect.promise(() => rpc.executeCommand(Fixture.request()))).resultCode, "ok")
  })

  for (const [version, host] of [
    ["1.0", ""],
    ["1.1", "Host:\r\n"],
    ["1.1", "Host: [\r\n"],
    ["1.1", "Host: a b\r\n"],
    ["1.1", "Host: a\r\nHost: b\r\n"]
  ] as const) {
    it.effect(`HTTP/${version} with ${JSON.stringify(host)} is answered and harms nobody`, () =>
      Effect.gen(function* () {
        const { port } = yield* GatewayServer
        for (const line of [
          `POST ${rpcPath}`,
          "GET /healthz",
          "GET /nowhere",
          "POST /api/v1/public/auth/send-email-code"
        ]) {
          const answer = yield* Effect.promise(async () => {
            const socket = net.connect({ host: "127.0.0.1", port })
            socket.write(
              `${line} HTTP/${version}\r\n${host}Content-Type: application/proto\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`
            )
            let text = ""
            for await (const chunk of socket.setEncoding("utf8")) text += String(chunk)
            return text
          })
          assert.match(answer, /^HTTP\/1\.1 \d{3} /)
        }
        yield* stillAnswers
      })
    )
  }

  it.effect("HTTP/2 with an authority that is none is answered and harms nobody", () =>
    Effect.gen(function* () {
      const { url } = yield* GatewayServer
      for (const authority of ["[", "a b", "a:99999"]) {
        for (const path of [rpcPath, "/healthz"]) {
          const status = yield* Effect.promise(async () => {
            const session = http2.connect(url)
            const stream = session.request({
              ":method": "POST",
              ":path": path,
              ":authority": authority,
              "content-type": "application/proto"
            })
            stream.on("error", () => undefined)
            stream.end()
            const ended = await Promise.race([
              new Promise((resolve) => stream.once("response", (headers) => resolve(headers[":status"]))),
              new Promise((resolve) => stream.once("close", () => resolve("reset")))
            ])
            session.destroy()
            return ended
          })
          assert.include([400, 405, "reset"], status)
        }
      }
      yield* stillAnswers
    })
  )
})
