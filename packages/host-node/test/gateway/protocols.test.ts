/** One port for every protocol: HTTP/1.1 and HTTP/2, plain and over TLS, and how it closes. */
import { once } from "node:events"
import * as http from "node:http"
import * as http2 from "node:http2"
import * as https from "node:https"
import * as net from "node:net"
import * as tls from "node:tls"
import { createClient, type Transport } from "@connectrpc/connect"
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node"
import { EdgeGateway } from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import { BackendClient } from "@galaxy/edge/BackendClient"
import { GatewayServer } from "@galaxy/host-node/gateway/GatewayServer"
import { assert, describe, it, layer } from "@effect/vitest"
import { Context, Deferred, Effect, Exit, Fiber, Layer, Scope } from "effect"
import { preface } from "./attackers.ts"
import { certificate, hasOpenssl } from "./certificate.ts"
import * as Fixture from "./fixture.ts"

const info = "/api/v1/public/gateway-info"
const address = Effect.map(GatewayServer, ({ url }) => new URL(url))

/** Runs until the connection's end; what is still open then is cut off. */
const closing = <A extends { destroy(): unknown }>(open: () => A | Promise<A>) =>
  Effect.acquireRelease(
    Effect.promise(async () => open()),
    (it) => Effect.sync(() => it.destroy())
  )

const viaHttp1 = async (request: http.ClientRequest) => {
  request.end()
  const [response] = (await once(request, "response")) as [http.IncomingMessage]
  let text = ""
  for await (const chunk of response.setEncoding("utf8")) text += String(chunk)
  return { status: response.statusCode, version: response.httpVersion, text, socket: request.socket }
}

const viaHttp2 = async (session: http2.ClientHttp2Session, path: string) => {
  const stream = session.request({ ":path": path })
  const [headers] = (await once(stream, "response")) as [http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader]
  let text = ""
  for await (const chunk of stream.setEncoding("utf8")) text += String(chunk)
  return { status: headers[":status"], text }
}

const isInfo = (answer: { readonly status: number | undefined; readonly text: string }) => {
  assert.strictEqual(answer.status, 200)
  assert.include(answer.text, '"protocol_version":"v1"')
}

layer(Fixture.gateway(Fixture.generous), { excludeTestServices: true })("a plain port", (it) => {
  it.effect("keeps an HTTP/1.1 connection for several requests", () =>
    Effect.gen(function* () {
      const url = yield* address
      const agent = yield* closing(() => new http.Agent({ keepAlive: true, maxSockets: 1 }))
      const ports = new Set<number | undefined>()
      for (const path of [info, "/healthz", info, "/nowhere"]) {
        const answer = yield* Effect.promise(() => viaHttp1(http.request(new URL(path, url), { agent })))
        assert.strictEqual(answer.version, "1.1")
        assert.strictEqual(answer.status, path === "/nowhere" ? 404 : 200)
        ports.add(answer.socket?.localPort)
      }
      assert.strictEqual(ports.size, 1)
    })
  )

  it.effect("speaks HTTP/2 with prior knowledge, many requests side by side", () =>
    Effect.gen(function* () {
      const url = yield* address
      const session = yield* closing(() => http2.connect(url))
      const answers = yield* Effect.promise(() =>
        Promise.all(Array.from({ length: 20 }, () => viaHttp2(session, info)))
      )
      for (const answer of answers) isInfo(answer)
    })
  )

  it.effect("serves both at once, with rpc and REST on either", () =>
    Effect.gen(function* () {
      const url = yield* address
      const session = yield* closing(() => http2.connect(url))
      const rpcs = yield* Effect.all(
        (Object.keys(Fixture.transports) as ReadonlyArray<Fixture.Protocol>).map((it) => Fixture.rpc(it))
      )
      const [rest1, rest2, ...commands] = yield* Effect.promise(() =>
        Promise.all([
          viaHttp1(http.request(new URL(info, url))),
          viaHttp2(session, info),
          ...rpcs.map((rpc) => rpc.executeCommand(Fixture.request()))
        ])
      )
      isInfo(rest1)
      isInfo(rest2)
      assert.strictEqual(commands.length, rpcs.length)
      for (const { resultCode } of commands) assert.strictEqual(resultCode, "ok")
    })
  )

  it.effect("reads a request that comes a byte at a time, of either protocol", () =>
    Effect.gen(function* () {
      const url = yield* address
      const connect = () => net.connect({ host: url.hostname, port: Number(url.port), noDelay: true })
      const dribble = async (socket: net.Socket, bytes: Buffer) => {
        for (const byte of bytes) {
          await new Promise<void>((resolve) => socket.write(Buffer.of(byte), () => resolve()))
          await new Promise((resolve) => setImmediate(resolve))
        }
      }
      const http1 = yield* closing(connect)
      yield* Effect.promise(() => dribble(http1, Buffer.from(`GET ${info} HTTP/1.1\r\nHost: localhost\r\n\r\n`)))
      const [answer] = (yield* Effect.promise(() => once(http1, "data"))) as [Buffer]
      assert.match(answer.toString(), /^HTTP\/1\.1 200 OK\r\n/)
      const h2c = yield* closing(connect)
      // The client's preface with empty settings; the server's settings come back: frame type 4.
      yield* Effect.promise(() => dribble(h2c, preface))
      const [settings] = (yield* Effect.promise(() => once(h2c, "data"))) as [Buffer]
      assert.strictEqual(settings[3], 4)
    })
  )

  it.effect("survives connections that break off, and those that make no sense", () =>
    Effect.gen(function* () {
      const url = yield* address
      for (const bytes of [
        "",
        "P",
        "PRI",
        "PRI * HTTP/2.0\r\n\r\nnonsense",
        "GET / HT",
        "\x16\x03\x01\x02\0",
        "\0".repeat(64)
      ]) {
        yield* Effect.promise(async () => {
          const socket = net.connect({ host: url.hostname, port: Number(url.port) })
          socket.on("error", () => undefined)
          await once(socket, "connect")
          const closed = once(socket.resume(), "close")
          socket.end(bytes, "latin1")
          await closed
        })
        isInfo(yield* Effect.promise(() => viaHttp1(http.request(new URL(info, url)))))
      }
    })
  )
})

if (hasOpenssl) {
  const own = certificate()
  const trust = { ca: own.cert }
  const encrypted = {
    "Connect over HTTP/1.1": (baseUrl: string) =>
      createConnectTransport({ baseUrl, httpVersion: "1.1", nodeOptions: trust }),
    "Connect over HTTP/2": (baseUrl: string) =>
      createConnectTransport({ baseUrl, httpVersion: "2", nodeOptions: trust }),
    "gRPC over HTTP/2": (baseUrl: string) => createGrpcTransport({ baseUrl, nodeOptions: trust }),
    "gRPC-Web over HTTP/1.1": (baseUrl: string) =>
      createGrpcWebTransport({ baseUrl, httpVersion: "1.1", nodeOptions: trust }),
    "gRPC-Web over HTTP/2": (baseUrl: string) =>
      createGrpcWebTransport({ baseUrl, httpVersion: "2", nodeOptions: trust })
  }

  /** The head of an answer over TLS, from a connection that begins with some plain bytes. */
  const answerTo = (port: number, begin: Buffer, request: string) =>
    Effect.promise(async () => {
      const plain = net.connect({ host: "127.0.0.1", port }).on("error", () => undefined)
      plain.write(begin)
      const socket = tls.connect({ socket: plain, host: "127.0.0.1", ...trust }).on("error", () => undefined)
      socket.write(request)
      let text = ""
      socket.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk
      })
      await new Promise((resolve) => plain.once("close", resolve))
      return text.split("\r\n", 1)[0]
    })
  const nothing = Buffer.alloc(0)
  const get = `GET ${info} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`
  const send = (body: string) =>
    `POST /api/v1/public/auth/send-email-code HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`

  const proxied = Fixture.gateway({ tls: own, sources: { proxyProtocol: ["127.0.0.1"] } })
  layer(proxied, { excludeTestServices: true })("a port with TLS behind a proxy", (it) => {
    it.effect("takes the client's address from the PROXY protocol, before the handshake", () =>
      Effect.gen(function* () {
        const { port } = yield* GatewayServer
        const { publicCalls } = yield* Fixture.Script
        const header = Buffer.from("0d0a0d0a000d0a515549540a2111000cc63364097f000001123401bb", "hex")
        const request = send(JSON.stringify({ email: "a@example.org" }))
        assert.strictEqual(yield* answerTo(port, header, request), "HTTP/1.1 200 OK")
        assert.deepStrictEqual(
          publicCalls.map(({ sourceIp }) => sourceIp),
          ["198.51.100.9"]
        )
        assert.strictEqual(yield* answerTo(port, nothing, request), "")
      })
    )
  })

  const narrow = Fixture.gateway({ tls: own, bounds: { unverifiedPerAddress: 1, waitingPerAddress: 1 } })
  layer(narrow, { excludeTestServices: true })("a port with TLS and little room", (it) => {
    it.effect("lets one connection of an address wait for its turn, and closes the next", () =>
      Effect.gen(function* () {
        const { port } = yield* GatewayServer
        const silent = yield* closing(() => net.connect({ host: "127.0.0.1", port }).resume())
        const cut = once(silent, "close")
        yield* Effect.promise(() => once(silent, "connect"))
        const both = [answerTo(port, nothing, get), answerTo(port, nothing, get)]
        const answers = yield* Effect.all(both, { concurrency: 2 })
        assert.sameMembers([...answers], ["", "HTTP/1.1 200 OK"])
        yield* Effect.promise(() => cut)
      })
    )
  })

  layer(Fixture.gateway({ ...Fixture.generous, tls: own }), { excludeTestServices: true })("a port with TLS", (it) => {
    for (const [protocol, transport] of Object.entries(encrypted)) {
      it.effect(`${protocol}: runs a command`, () =>
        Effect.gen(function* () {
          const { url } = yield* GatewayServer
          assert.match(url, /^https:/)
          const rpc = createClient(EdgeGateway, transport(url))
          const answer = yield* Effect.promise(() => rpc.executeCommand(Fixture.request()))
          assert.strictEqual(answer.resultCode, "ok")
        })
      )
    }

    it.effect("agrees on HTTP/2 or HTTP/1.1, whatever the client asks for", () =>
      Effect.gen(function* () {
        const url = yield* address
        for (const [offer, agreed] of [
          [["h2", "http/1.1"], "h2"],
          [["h2"], "h2"],
          [["http/1.1"], "http/1.1"],
          [undefined, false]
        ] as const) {
          const socket = yield* closing(async () => {
            const options = { host: url.hostname, port: Number(url.port), ...trust }
            const opened = tls.connect(offer === undefined ? options : { ...options, ALPNProtocols: [...offer] })
            await once(opened, "secureConnect")
            return opened
          })
          assert.strictEqual(socket.alpnProtocol, agreed)
        }
      })
    )

    it.effect("serves REST over both", () =>
      Effect.gen(function* () {
        const url = yield* address
        const one = yield* Effect.promise(() => viaHttp1(https.request(new URL(info, url), { ...trust, agent: false })))
        isInfo(one)
        assert.strictEqual(one.version, "1.1")
        const session = yield* closing(() => http2.connect(url, trust))
        isInfo(yield* Effect.promise(() => viaHttp2(session, info)))
      })
    )

    it.effect("says nothing in plain text", () =>
      Effect.gen(function* () {
        const url = yield* address
        const failure = yield* Effect.promise(() =>
          viaHttp1(http.request({ host: url.hostname, port: url.port, path: info, agent: false })).then(
            () => "answered",
            () => "refused"
          )
        )
        assert.strictEqual(failure, "refused")
      })
    )
  })
}

/** A backend that answers a request when the test says so. */
const slowBackend = (hold: (requestId: string) => Effect.Effect<void>) =>
  Layer.effect(
    BackendClient,
    Effect.map(BackendClient, (backend) => ({
      ...backend,
      forward: async (request, signal) => {
        await Effect.runPromise(hold(request.requestId))
        return backend.forward(request, signal)
      }
    }))
  )

interface Running {
  /** The backend has been asked. */
  readonly asked: Deferred.Deferred<void>
  /** It may answer. */
  readonly gate: Deferred.Deferred<void>
}

/** A gateway whose commands run until the test lets them go. */
const closable = Effect.gen(function* () {
  const held = new Map<string, Running>()
  const hold = (requestId: string) => {
    const running = held.get(requestId)
    if (running === undefined) return Effect.void
    return Effect.andThen(Deferred.succeed(running.asked, undefined), Deferred.await(running.gate))
  }
  const scope = yield* Scope.make()
  const gateway = Layer.fresh(Fixture.gatewayWith(slowBackend(hold), Fixture.generous))
  const context = yield* Layer.buildWithScope(gateway, scope)
  const { url } = Context.get(context, GatewayServer)
  const start = Effect.fnUntraced(function* (transport: Transport) {
    const request = Fixture.request()
    const running = { asked: yield* Deferred.make<void>(), gate: yield* Deferred.make<void>() }
    held.set(request.requestId, running)
    const call = createClient(EdgeGateway, transport).executeCommand(request)
    const answer = yield* Effect.forkChild(Effect.promise(() => call))
    yield* Deferred.await(running.asked)
    /** Lets it go on to its answer. */
    return Effect.andThen(Deferred.succeed(running.gate, undefined), Fiber.join(answer))
  })
  return { url: new URL(url), start, close: Scope.close(scope, Exit.void) }
})

const connects = (url: URL) =>
  Effect.callback<boolean>((resume) => {
    const socket = net.connect({ host: url.hostname, port: Number(url.port) })
    socket.once("connect", () => {
      socket.destroy()
      resume(Effect.succeed(true))
    })
    socket.once("error", () => resume(Effect.succeed(false)))
  })

const socketOf = (agent: http.Agent) => Object.values(agent.sockets)[0]?.[0]

describe("a port that closes", () => {
  for (const [protocol, transport] of Object.entries(Fixture.transports)) {
    it.live(`${protocol}: takes no more, and answers what runs`, () =>
      Effect.gen(function* () {
        const { url, start, close } = yield* closable
        const finish = yield* start(transport(url.origin))
        const closed = yield* Effect.forkChild(close)
        yield* Effect.repeat(connects(url), { while: (connected) => connected })
        assert.strictEqual((yield* finish).resultCode, "ok")
        yield* Fiber.join(closed)
      })
    )
  }

  // What isn't ended by itself is cut off at last, all at once: then the last command would have no answer either.
  it.live("ends each connection as soon as it is idle, while others run on", () =>
    Effect.gen(function* () {
      const { url, start, close } = yield* closable
      const agent = new http.Agent({ keepAlive: true })
      const idle = yield* Effect.promise(() => viaHttp1(http.request(new URL(info, url), { agent })))
      const session = http2.connect(url)
      isInfo(yield* Effect.promise(() => viaHttp2(session, info)))
      const silent = net.connect({ host: url.hostname, port: Number(url.port) })
      yield* Effect.promise(() => once(silent, "connect"))

      const busyAgent = new http.Agent({ keepAlive: true })
      const finishFirst = yield* start(
        createConnectTransport({ baseUrl: url.origin, httpVersion: "1.1", nodeOptions: { agent: busyAgent } })
      )
      const busy = socketOf(busyAgent)
      const finishLast = yield* start(createConnectTransport({ baseUrl: url.origin, httpVersion: "1.1" }))

      const ends = Promise.all([
        once(silent.resume(), "end"),
        once(session, "close"),
        ...[idle.socket, busy].map((socket) =>
          socket ? once(socket, "close") : Promise.reject(new Error("no socket"))
        )
      ])
      const closed = yield* Effect.forkChild(close)
      yield* Effect.repeat(connects(url), { while: (connected) => connected })
      assert.strictEqual((yield* finishFirst).resultCode, "ok")
      yield* Effect.promise(() => ends)
      assert.strictEqual((yield* finishLast).resultCode, "ok")
      yield* Fiber.join(closed)
    })
  )
})
