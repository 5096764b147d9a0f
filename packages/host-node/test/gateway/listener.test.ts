/** Who takes too long, says nothing or is gone loses the connection; who is busy keeps it. */
import { once } from "node:events"
import * as http from "node:http"
import * as http2 from "node:http2"
import * as net from "node:net"
import { listen, type Times } from "@galaxy/host-node/gateway/listener"
import { assert, it } from "@effect/vitest"
import { Effect, Fiber, type Scope } from "effect"
import { preface } from "./attackers.ts"

/** Nothing runs out but what a test is about. */
const patient: Times = {
  firstBytesMs: 60_000,
  headersMs: 60_000,
  requestMs: 60_000,
  idleMs: 60_000,
  http2IdleMs: 60_000,
  pingIntervalMs: 60_000,
  pingTimeoutMs: 60_000,
  sendMs: 60_000,
  drainMs: 1_500,
  idleDrainMs: 0
}

/** Answers what was read whole, but for what is asked to wait. */
const waiting: Array<() => void> = []
const answer = (request: http.IncomingMessage, response: http.ServerResponse) => {
  request.on("error", () => undefined)
  request.resume().once("end", () => {
    if (request.url === "/wait") waiting.push(() => response.end("waited"))
    else response.end("answered")
  })
}

const start = (times: Partial<Times>, maxConnections = 100) =>
  Effect.map(
    listen({ host: "127.0.0.1", port: 0, maxConnections, times: { ...patient, ...times } }, answer),
    ({ port }) => ({ port, url: `http://127.0.0.1:${port}` })
  )

const connect = (port: number) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const socket = net.connect({ host: "127.0.0.1", port })
      socket.on("error", () => undefined)
      await once(socket, "connect")
      return socket
    }),
    (socket) => Effect.sync(() => socket.destroy())
  )

const session = (url: string) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const opened = http2.connect(url)
      opened.on("error", () => undefined)
      await once(opened, "remoteSettings")
      return opened
    }),
    (opened) => Effect.sync(() => opened.destroy())
  )

const closed = (it: net.Socket | http2.ClientHttp2Session | http2.ClientHttp2Stream) =>
  Effect.promise(() => new Promise<void>((resolve) => (it.destroyed ? resolve() : it.once("close", resolve))))

const textOf = (stream: http2.ClientHttp2Stream) =>
  Effect.promise(async () => {
    let text = ""
    for await (const chunk of stream.setEncoding("utf8")) text += String(chunk)
    return text
  })

const test = (what: string, effect: Effect.Effect<void, unknown, Scope.Scope>) => {
  it.live(what, () => Effect.scoped(effect))
}

test(
  "a connection that says nothing is closed",
  Effect.gen(function* () {
    const { port } = yield* start({ firstBytesMs: 20 })
    const socket = yield* connect(port)
    yield* closed(socket.resume())
  })
)

test(
  "an HTTP/1.1 head that doesn't end is answered with 408",
  Effect.gen(function* () {
    const { port } = yield* start({ headersMs: 40 })
    const socket = yield* connect(port)
    socket.write("GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ")
    const [bytes] = (yield* Effect.promise(() => once(socket, "data"))) as [Buffer]
    assert.match(bytes.toString(), /^HTTP\/1\.1 408 /)
    yield* closed(socket)
  })
)

test(
  "an HTTP/1.1 body that doesn't end is answered with 408",
  Effect.gen(function* () {
    const { port } = yield* start({ headersMs: 40, requestMs: 40 })
    const socket = yield* connect(port)
    socket.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc")
    const [bytes] = (yield* Effect.promise(() => once(socket, "data"))) as [Buffer]
    assert.match(bytes.toString(), /^HTTP\/1\.1 408 /)
    yield* closed(socket)
  })
)

test(
  "an HTTP/1.1 connection is closed when it is idle",
  Effect.gen(function* () {
    const { port } = yield* start({ idleMs: 20 })
    const socket = yield* connect(port)
    socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    const [bytes] = (yield* Effect.promise(() => once(socket, "data"))) as [Buffer]
    assert.match(bytes.toString(), /^HTTP\/1\.1 200 /)
    yield* closed(socket.resume())
  })
)

test(
  "an HTTP/2 body that doesn't end is reset; its connection goes on",
  Effect.gen(function* () {
    const { url } = yield* start({ requestMs: 40 })
    const client = yield* session(url)
    const slow = client.request({ ":method": "POST", ":path": "/" })
    slow.on("error", () => undefined)
    slow.write("abc")
    yield* closed(slow.resume())
    assert.strictEqual(slow.rstCode, http2.constants.NGHTTP2_CANCEL)
    assert.strictEqual(yield* textOf(client.request({ ":path": "/" })), "answered")
  })
)

test(
  "an HTTP/2 request that came whole may wait for its answer however long",
  Effect.gen(function* () {
    const { url } = yield* start({ requestMs: 40, http2IdleMs: 20 })
    const client = yield* session(url)
    const patience = client.request({ ":path": "/wait" })
    // One that is cut off shows that the time is over.
    const slow = client.request({ ":method": "POST", ":path": "/" })
    slow.on("error", () => undefined)
    slow.write("abc")
    yield* closed(slow.resume())
    const text = yield* Effect.forkChild(textOf(patience))
    for (const proceed of waiting.splice(0)) proceed()
    assert.strictEqual(yield* Fiber.join(text), "waited")
  })
)

test(
  "an HTTP/2 connection is closed when it is idle, whether it was used or not",
  Effect.gen(function* () {
    const { url } = yield* start({ http2IdleMs: 30 })
    const unused = yield* session(url)
    const used = yield* session(url)
    assert.strictEqual(yield* textOf(used.request({ ":path": "/" })), "answered")
    yield* closed(unused)
    yield* closed(used)
  })
)

test(
  "an HTTP/2 peer that doesn't answer is gone",
  Effect.gen(function* () {
    const { port } = yield* start({ pingIntervalMs: 20, pingTimeoutMs: 20 })
    const mute = yield* connect(port)
    // The client's preface with empty settings, and then nothing ever again.
    mute.write(preface)
    yield* closed(mute.resume())
  })
)

test(
  "an HTTP/2 peer that answers stays",
  Effect.gen(function* () {
    const { url } = yield* start({ pingIntervalMs: 5 })
    const client = yield* session(url)
    yield* Effect.promise(async () => {
      for (let asked = 0; asked < 5; asked++) await once(client, "ping")
    })
    assert.strictEqual(yield* textOf(client.request({ ":path": "/" })), "answered")
  })
)

test(
  "there are so many connections; one that closes makes room",
  Effect.gen(function* () {
    const { port, url } = yield* start({}, 2)
    const first = yield* connect(port)
    yield* connect(port)
    const third = yield* connect(port)
    yield* closed(third.resume())
    first.destroy()
    const status = (): Promise<number | undefined> =>
      new Promise((resolve) => {
        http
          .get(url, { agent: false }, (response) => resolve(response.resume().statusCode))
          .once("error", () => resolve(status()))
      })
    assert.strictEqual(yield* Effect.promise(status), 200)
  })
)

test(
  "answers that wait for their turn hear that their connection is lost, even behind a CONNECT",
  Effect.gen(function* () {
    const ended: Array<Promise<unknown>> = []
    const { port } = yield* listen({ host: "127.0.0.1", port: 0, times: patient }, (request, response) => {
      ended.push(once(response, "close"))
      // The first is never answered, so the others never have their turn.
      if (request.url !== "/wait") response.end("answered")
    })
    const socket = yield* connect(port)
    const lines = ["GET /wait", "HEAD /a", "GET /b", "CONNECT a:1"]
    socket.write(lines.map((line) => `${line} HTTP/1.1\r\nHost: a\r\n\r\n`).join(""))
    while (ended.length < 3) yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
    socket.destroy()
    yield* Effect.promise(() => Promise.all(ended))
  })
)
