/** What stands before the routes of a plain listener: whom it answers, and in which form it refuses. */
import type { Server } from "node:http"
import type { AddressInfo } from "node:net"
import * as net from "node:net"
import { hostsOf } from "@galaxy/host-node/http/hosts"
import { createListener } from "@galaxy/host-node/http/Listener"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"

const listening = (listensOn: string, names: ReadonlyArray<string> = []) =>
  Effect.acquireRelease(
    Effect.callback<{
      readonly port: number
      readonly close: () => void
      readonly reached: Array<string>
      readonly server: Server
    }>((resume) => {
      const reached: Array<string> = []
      const server = createListener(
        { headersTimeout: 300, requestTimeout: 300, connectionsCheckingInterval: 50 },
        { hosts: hostsOf(listensOn, names), sameSiteWrites: true }
      )
      server.on("request", (request, response) => {
        reached.push(`${request.method} ${request.url}`)
        response.end("reached")
      })
      server.listen(0, "127.0.0.1", () => {
        const close = () => {
          server.close()
          server.closeAllConnections()
        }
        resume(Effect.succeed({ port: (server.address() as AddressInfo).port, close, reached, server }))
      })
    }),
    ({ close }) => Effect.sync(close)
  )

/** All that is answered to these bytes. */
const said = (port: number, bytes: string) =>
  Effect.promise(async () => {
    const socket = net.connect({ host: "127.0.0.1", port })
    socket.write(bytes)
    let text = ""
    for await (const chunk of socket.setEncoding("utf8")) text += String(chunk)
    return text
  })

const ask = (port: number, line: string, headers: string) =>
  said(port, `${line} HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`)

const errorIn = (answer: string) => {
  const [head = "", body = ""] = answer.split("\r\n\r\n")
  const { error } = JSON.parse(body) as { readonly error: { readonly code: string; readonly reason?: string } }
  assert.match(head, /content-type: application\/json/i)
  return [Number(head.split(" ")[1]), error.code, error.reason ?? ""] as const
}

describe("a listener on loopback", () => {
  it.live("is nobody's by another name, on every path", () =>
    Effect.gen(function* () {
      const { port, reached } = yield* listening("127.0.0.1", ["games.example.org"])
      for (const path of ["/api/v1/user/account", "/healthz", "/readyz", "http://evil.example/"]) {
        for (const host of ["evil.example", "127.0.0.1.evil.example:80", "192.168.0.7"]) {
          const answer = errorIn(yield* ask(port, `GET ${path}`, `Host: ${host}\r\n`))
          if (path.startsWith("http")) assert.include([400, 403], answer[0])
          else assert.deepStrictEqual(answer, [403, "forbidden", "foreign_host"])
        }
      }
      assert.strictEqual(errorIn(yield* ask(port, "GET http://evil.example/", "Host: localhost\r\n"))[0], 400)
      assert.deepStrictEqual(reached, [])
      for (const host of ["localhost", "127.0.0.1:1", "127.1.2.3", "[::1]:8080", "Games.example.org:443"]) {
        assert.include(yield* ask(port, "GET /", `Host: ${host}\r\n`), "reached")
      }
    }).pipe(Effect.scoped)
  )

  it.live("is nobody's by another name, whatever a request asks for besides", () =>
    Effect.gen(function* () {
      const { port, reached, server } = yield* listening("127.0.0.1")
      // As servers do that can do both.
      server.on("upgrade", (request, socket) => {
        reached.push(`upgrade ${request.url}`)
        socket.destroy()
      })
      server.on("checkContinue", (request, response) => {
        reached.push(`continue ${request.url}`)
        response.end("reached")
      })
      for (const more of ["Upgrade: websocket\r\nConnection: Upgrade\r\n", "Expect: 100-continue\r\n"]) {
        const answer = yield* ask(port, "GET /readyz", `Host: evil.example\r\n${more}`)
        assert.deepStrictEqual(errorIn(answer), [403, "forbidden", "foreign_host"])
        assert.deepStrictEqual(reached, [])
      }
      assert.include(yield* ask(port, "GET /a", "Host: localhost\r\nUpgrade: h2c\r\n"), "reached")
      assert.include(yield* ask(port, "GET /b", "Host: localhost\r\nExpect: 100-continue\r\n"), "reached")
      assert.deepStrictEqual(reached, ["GET /a", "continue /b"])
    }).pipe(Effect.scoped)
  )

  it.live("wants one host that is one", () =>
    Effect.gen(function* () {
      const { port, reached } = yield* listening("127.0.0.1")
      for (const hosts of [
        "",
        "Host:\r\n",
        "Host: a b\r\n",
        "Host: localhost\r\nHost: localhost\r\n",
        "Host: localhost\r\nHost: evil.example\r\n"
      ]) {
        assert.deepStrictEqual(errorIn(yield* ask(port, "GET /", hosts)), [400, "invalid_request", ""])
      }
      assert.deepStrictEqual(reached, [])
    }).pipe(Effect.scoped)
  )

  it.live("lets no page of another site change anything", () =>
    Effect.gen(function* () {
      const { port, reached } = yield* listening("127.0.0.1")
      const from = (line: string, header: string) =>
        ask(port, line, `Host: localhost:8081\r\nContent-Length: 0\r\n${header}\r\n`)
      for (const header of [
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
        "Origin: https://evil.example",
        "Origin: null"
      ]) {
        assert.deepStrictEqual(errorIn(yield* from("POST /stop", header)), [403, "forbidden", "cross_site"])
        assert.include(yield* from("GET /", header), "reached")
      }
      for (const header of [
        "Sec-Fetch-Site: same-origin",
        "Sec-Fetch-Site: none",
        "Origin: http://localhost:8081",
        "X: y"
      ]) {
        assert.include(yield* from("POST /stop", header), "reached")
      }
      assert.lengthOf(reached, 8)
    }).pipe(Effect.scoped)
  )
})

describe("a listener elsewhere", () => {
  it.live("with a list takes its names alone, but for probes", () =>
    Effect.gen(function* () {
      const { port } = yield* listening("0.0.0.0", ["play.example.org"])
      assert.include(yield* ask(port, "GET /", "Host: play.example.org\r\n"), "reached")
      assert.deepStrictEqual(errorIn(yield* ask(port, "GET /", "Host: 10.0.0.7:8080\r\n")), [
        403,
        "forbidden",
        "foreign_host"
      ])
      for (const path of ["/healthz", "/readyz?full"]) {
        assert.include(yield* ask(port, `GET ${path}`, "Host: 10.0.0.7:8080\r\n"), "reached")
      }
    }).pipe(Effect.scoped)
  )

  it.live("without a list takes any", () =>
    Effect.gen(function* () {
      const { port } = yield* listening("0.0.0.0")
      assert.include(yield* ask(port, "GET /", "Host: whatever.example\r\n"), "reached")
      assert.include(yield* said(port, "GET / HTTP/1.0\r\n\r\n"), "reached")
    }).pipe(Effect.scoped)
  )
})

describe("any listener", () => {
  it("has bounds, whether or not it names its own", () => {
    const own = createListener({ requestTimeout: 5_000 }, { hosts: hostsOf("127.0.0.1", []) })
    const bounds = [own.maxConnections, own.headersTimeout, own.requestTimeout, own.keepAliveTimeout]
    assert.deepStrictEqual(bounds, [4_096, 5_000, 5_000, 30_000])
    own.close()
  })

  it.live("goes on when connections can't be accepted, however often", () =>
    Effect.gen(function* () {
      const { port, server } = yield* listening("127.0.0.1")
      for (let turn = 0; turn < 3; turn++) server.emit("error", new Error("accept EMFILE"))
      assert.match(yield* ask(port, "GET /", "Host: localhost\r\n"), /^HTTP\/1\.1 200 /)
    }).pipe(Effect.scoped)
  )
})

describe("what is no request", () => {
  it.live("is refused in the envelope of errors", () =>
    Effect.gen(function* () {
      const { port, reached } = yield* listening("127.0.0.1")
      const invalid = (status: number) => [status, "invalid_request", ""] as const
      assert.deepStrictEqual(errorIn(yield* said(port, "nonsense\r\n\r\n")), invalid(400))
      assert.deepStrictEqual(errorIn(yield* said(port, "GET / HTTP/1.1\r\nHost: localhost\r\nX: ")), invalid(408))
      const large = `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(70_000)}\r\n\r\n`
      assert.deepStrictEqual(errorIn(yield* said(port, large)), invalid(431))
      const both = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
      assert.deepStrictEqual(errorIn(yield* said(port, both)), invalid(400))
      assert.deepStrictEqual(errorIn(yield* ask(port, "GET /", "Host: localhost\r\nExpect: more\r\n")), invalid(400))
      const tunnel = yield* said(port, "CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n")
      assert.deepStrictEqual(errorIn(tunnel), [405, "method_not_allowed", ""])
      assert.deepStrictEqual(reached, [])
    }).pipe(Effect.scoped)
  )
})

it.live(
  "a listener that closes tells whoever waits for an answer, and doesn't wait for connections that nobody uses",
  () =>
    Effect.gen(function* () {
      let asked = 0
      const answers: Array<string> = []
      const server = createListener({}, { hosts: hostsOf("127.0.0.1", []), sameSiteWrites: true })
      const closed = new Promise((resolve) => server.once("close", resolve))
      yield* Effect.promise(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)))
      const connected = async () => {
        const socket = net.connect({ host: "127.0.0.1", port: (server.address() as AddressInfo).port })
        socket.on("error", () => undefined)
        await new Promise((resolve) => server.once("connection", resolve))
        return socket
      }
      const unused = yield* Effect.promise(connected)
      const socket = yield* Effect.promise(connected)
      server.on("request", (_, response) => {
        asked += 1
        if (asked === 3) server.close()
        response.end("reached")
      })
      // As gateways do it: the next request follows each answer on the same connection.
      const send = () => socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
      socket.setEncoding("utf8").on("data", (text: string) => {
        answers.push(/^connection: (.*)$/im.exec(text)?.[1]?.trim() ?? "")
        if (asked < 3) send()
      })
      send()
      yield* Effect.promise(() => closed)
      while (answers.length < 3) yield* Effect.sleep("1 millis")
      assert.deepStrictEqual(answers, ["keep-alive", "keep-alive", "close"])
      unused.destroy()
    })
)
