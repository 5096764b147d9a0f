/** Backends by URL and by name, on real sockets: where calls go, and what becomes of those whose backend goes away. */
import * as http from "node:http"
import type { LookupAddress } from "node:dns"
import type { AddressInfo } from "node:net"
import { toEffect } from "@galaxy/edge/Awaitable"
import { BackendClient, type ForwardRequest } from "@galaxy/edge/BackendClient"
import { BackendStates } from "@galaxy/edge/BackendStates"
import * as BalancedBackend from "@galaxy/edge/BalancedBackend"
import * as HttpBackends from "@galaxy/host-node/gateway/HttpBackends"
import { endpointsOf } from "@galaxy/host-node/net/endpoints"
import { sharedLookup } from "@galaxy/host-node/net/lookup"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Layer, Schedule } from "effect"

type Handler = (request: http.IncomingMessage, response: http.ServerResponse) => void

/** A backend that says who it is. */
class Server {
  readonly name: string
  readonly host: string
  port = 0
  commands = 0
  ready = 200
  handler: Handler | undefined
  #server: http.Server | undefined

  constructor(name: string, host = "127.0.0.1", port = 0) {
    this.name = name
    this.host = host
    this.port = port
  }

  get url() {
    return `http://${this.host}:${this.port}`
  }

  async start(): Promise<void> {
    const server = http.createServer((request, response) => {
      if (request.url === "/readyz") {
        response.writeHead(this.ready).end("{}")
        return
      }
      this.commands += 1
      if (this.handler !== undefined) this.handler(request, response)
      else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(this.name))
    })
    this.#server = server
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject)
      server.listen(this.port, this.host, resolve)
    })
    this.port = (server.address() as AddressInfo).port
  }

  async stop(): Promise<void> {
    const server = this.#server
    if (server === undefined) return
    this.#server = undefined
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    await closed
  }
}

const server = (...args: ConstructorParameters<typeof Server>) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const made = new Server(...args)
      await made.start()
      return made
    }),
    (it) => Effect.promise(() => it.stop())
  )

const command = (method: "GET" | "POST"): ForwardRequest => ({
  sourceIp: "192.0.2.1",
  requestId: "r",
  traceparent: "",
  messageType: "a.b",
  method,
  path: "/api/v1/user/x",
  body: method === "GET" ? undefined : {},
  userId: "u",
  deviceSessionId: "s"
})

const platform = Effect.fnUntraced(function* (
  urls: ReadonlyArray<string>,
  more: Partial<HttpBackends.HttpBackendsOptions> = {}
) {
  const made = yield* Layer.build(
    BalancedBackend.layer().pipe(Layer.provide(HttpBackends.layer({ urls, timeoutMs: 5_000, ...more })))
  )
  const client = Context.get(made, BackendClient)
  const send = (method: "GET" | "POST" = "POST") =>
    Effect.match(
      toEffect((signal) => client.forward(command(method), signal)),
      { onFailure: () => "failed", onSuccess: ({ json }) => String(json) }
    )
  return { send, states: Context.get(made, BackendStates) }
})

const soon = { schedule: Schedule.spaced("20 millis"), times: 1_000 }

/** Waits until the backends are so many of each kind. */
const until = (states: BackendStates["Service"], ready: number, unready: number, unavailable: number) =>
  Effect.suspend(() => {
    const is = states.counts()
    const isSo = is.ready === ready && is.unready === unready && is.unavailable === unavailable
    return isSo ? Effect.void : Effect.fail(is)
  }).pipe(Effect.retry(soon), Effect.orDie)

const counted = (answers: ReadonlyArray<string>) =>
  Object.fromEntries([...new Set(answers)].toSorted().map((it) => [it, answers.filter((one) => one === it).length]))

describe("backends by URL", { timeout: 60_000 }, () => {
  it.live("a call whose backend takes no connection goes on to another at once, whatever it does", () =>
    Effect.gen(function* () {
      const [a, b] = [yield* server("a"), yield* server("b")]
      yield* Effect.promise(() => a.stop())
      const { send } = yield* platform([a.url, b.url])
      const all = yield* Effect.forEach(Array(8), () => send(), { concurrency: "unbounded" })
      assert.deepStrictEqual(counted(all), { b: 8 })
    }).pipe(Effect.scoped)
  )

  it.live("a backend that has ended gets no calls, and is called again once it is back", () =>
    Effect.gen(function* () {
      const [a, b] = [yield* server("a"), yield* server("b")]
      const { send, states } = yield* platform([a.url, b.url])
      assert.deepStrictEqual(counted(yield* Effect.replicateEffect(send(), 40)), { a: 20, b: 20 })
      yield* Effect.promise(() => a.stop())
      yield* until(states, 1, 0, 1)
      assert.deepStrictEqual(counted(yield* Effect.replicateEffect(send(), 40)), { b: 40 })
      yield* Effect.promise(() => a.start())
      yield* until(states, 2, 0, 0)
      const again = counted(yield* Effect.replicateEffect(send(), 40))
      assert.isAbove(again["a"] ?? 0, 10)
    }).pipe(Effect.scoped)
  )

  it.live("a call whose connection breaks is made again if it reads, and never otherwise", () =>
    Effect.gen(function* () {
      const [a, b] = [yield* server("a"), yield* server("b")]
      const { send } = yield* platform([a.url, b.url])
      a.handler = ({ socket }) => void socket.destroy()
      const wrote = counted(yield* Effect.replicateEffect(send("POST"), 10))
      assert.deepStrictEqual(wrote, { b: 5, failed: 5 })
      assert.strictEqual(a.commands + b.commands, 10)
      assert.deepStrictEqual(counted(yield* Effect.replicateEffect(send("GET"), 10)), { b: 10 })
    }).pipe(Effect.scoped)
  )

  it.live("one that answers that its connections end, or that it isn't ready, gets no further calls", () =>
    Effect.gen(function* () {
      const [a, b] = [yield* server("a"), yield* server("b")]
      const { send, states } = yield* platform([a.url, b.url])
      a.ready = 503
      yield* until(states, 1, 1, 0)
      assert.deepStrictEqual(counted(yield* Effect.replicateEffect(send(), 20)), { b: 20 })
      a.ready = 200
      yield* until(states, 2, 0, 0)
      a.handler = (_, response) => void response.writeHead(200, { connection: "close" }).end('"a"')
      const last = yield* Effect.replicateEffect(send(), 4)
      // Until its next probe, which says that it goes on.
      assert.strictEqual(last.filter((it) => it === "a").length, 1)
    }).pipe(Effect.scoped)
  )

  it.live("a name with several addresses stands for as many backends, which come and go", () =>
    Effect.gen(function* () {
      const a = yield* server("a", "127.0.0.1")
      yield* server("b", "127.0.0.2", a.port)
      yield* server("c", "127.0.0.3", a.port)
      let addresses: ReadonlyArray<string> | undefined = ["127.0.0.1", "127.0.0.2"]
      let lookedUp = 0
      const lookup = sharedLookup((_, answer) => {
        lookedUp += 1
        const found = addresses?.map((address): LookupAddress => ({ address, family: 4 }))
        answer(found === undefined ? new Error("no answer") : null, found ?? [])
      })
      const { send, states } = yield* platform([`http://backend.test:${a.port}`], { lookup, lookUpEveryMs: 20 })
      assert.deepStrictEqual(counted(yield* Effect.replicateEffect(send(), 20)), { a: 10, b: 10 })
      addresses = ["127.0.0.2", "127.0.0.1", "127.0.0.3"]
      yield* until(states, 3, 0, 0)
      assert.deepStrictEqual(Object.keys(counted(yield* Effect.replicateEffect(send(), 30))), ["a", "b", "c"])
      // What can't be looked up for a while stays as it was.
      addresses = undefined
      const before = lookedUp
      // The next one begins once what came of the last one is settled.
      yield* Effect.suspend(() => (lookedUp >= before + 2 ? Effect.void : Effect.fail("not yet"))).pipe(
        Effect.retry(soon),
        Effect.orDie
      )
      assert.deepStrictEqual(states.counts(), { ready: 3, unready: 0, unavailable: 0 })
      addresses = ["127.0.0.3"]
      yield* until(states, 1, 0, 0)
      assert.deepStrictEqual(counted(yield* Effect.replicateEffect(send(), 5)), { c: 5 })
    }).pipe(Effect.scoped)
  )
})

describe("a list of URLs", () => {
  const name = (found: ReadonlyArray<LookupAddress>) => sharedLookup((_, answer) => answer(null, found))(1_000)
  const v4 = (last: number): LookupAddress => ({ address: `192.0.2.${last}`, family: 4 })
  const v6 = (last: number): LookupAddress => ({ address: `2001:db8::${last}`, family: 6 })
  const names = (urls: ReadonlyArray<string>, found: ReadonlyArray<LookupAddress>) =>
    Effect.map(
      Effect.promise(() => endpointsOf(urls, name(found))),
      (all) => all.map((it) => it.name)
    )

  it.live("names each server once", () =>
    Effect.gen(function* () {
      const url = "http://b.test:8081"
      assert.deepStrictEqual(yield* names([url], [v4(1)]), [url])
      assert.deepStrictEqual(yield* names([url], [v6(1), v4(1)]), [url])
      assert.deepStrictEqual(yield* names([url], [v4(1), v4(2), v6(1)]), [
        "http://192.0.2.1:8081",
        "http://192.0.2.2:8081"
      ])
      assert.deepStrictEqual(yield* names([url], [v6(1), v6(2)]), [
        "http://[2001:db8::1]:8081",
        "http://[2001:db8::2]:8081"
      ])
      assert.deepStrictEqual(yield* names(["http://192.0.2.9", "http://192.0.2.9", "http://[::1]:1"], [v4(1), v4(2)]), [
        "http://192.0.2.9",
        "http://[::1]:1"
      ])
      const crowd = Array.from({ length: 250 }, (_, at) => v4(at))
      assert.strictEqual((yield* names([url], crowd)).length, 32)
    })
  )
})
