/** The gateway's bounds by address: who finds no room is told so in the form of their protocol, and nobody else notices. */
import { once } from "node:events"
import * as http from "node:http"
import type { AddressInfo } from "node:net"
import { Code, ConnectError, createClient } from "@connectrpc/connect"
import { EdgeGateway } from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import { ErrorInfoSchema, RetryInfoSchema } from "@galaxy/contract/gen/proto/google/rpc/error_details_pb"
import * as Budgets from "@galaxy/edge/Budgets"
import { GatewayServer } from "@galaxy/host-node/gateway/GatewayServer"
import { listen } from "@galaxy/host-node/gateway/listener"
import { Admission } from "@galaxy/host-node/gateway/bounds/Admission"
import { unbounded } from "@galaxy/host-node/gateway/bounds/BoundsOptions"
import { assert, describe, it } from "@effect/vitest"
import { Effect, type Layer } from "effect"
import * as Attackers from "./attackers.ts"
import * as Fixture from "./fixture.ts"

type Context = Layer.Success<ReturnType<typeof Fixture.gateway>>

const test = (
  what: string,
  options: Parameters<typeof Fixture.gateway>[0],
  effect: (port: number, url: string) => Effect.Effect<void, unknown, Context>,
  timeout = 60_000
) => {
  it.live(
    what,
    () =>
      Effect.flatMap(GatewayServer, ({ port, url }) => effect(port, url)).pipe(
        Effect.provide(Fixture.gateway(options))
      ),
    timeout
  )
}

const failure = (call: () => Promise<unknown>) =>
  Effect.promise(() =>
    call().then(
      () => undefined,
      (cause: unknown) => ConnectError.from(cause)
    )
  )

const isRateLimited = (error: ConnectError | undefined) => {
  assert.strictEqual(error === undefined ? "answered" : Code[error.code], "ResourceExhausted", error?.rawMessage)
  assert.deepStrictEqual(
    error?.findDetails(ErrorInfoSchema).map(({ reason, domain }) => ({ reason, domain })),
    [{ reason: "rate_limited", domain: "galaxy" }]
  )
  const [retry] = error?.findDetails(RetryInfoSchema) ?? []
  assert.isAbove(Number(retry?.retryDelay?.seconds ?? 0n) * 1e9 + (retry?.retryDelay?.nanos ?? 0), 0)
}

const waitUntil = async (condition: () => Promise<boolean>) => {
  const end = Date.now() + 30_000
  while (!(await condition())) {
    if (Date.now() > end) throw new Error("it never came to that")
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const statusFrom = (port: number, from: string): Promise<number> =>
  new Promise((resolve) => {
    http
      .get({ host: "127.0.0.1", port, path: "/healthz", localAddress: from, agent: false }, (response) =>
        response.resume().once("end", () => resolve(response.statusCode ?? 0))
      )
      .once("error", () => resolve(0))
  })

describe("open requests", () => {
  for (const protocol of Object.keys(Fixture.transports) as ReadonlyArray<Fixture.Protocol>) {
    test(
      `${protocol}: one more than fit is rate_limited; other addresses and later requests aren't`,
      { ...Fixture.generous, bounds: { requestsPerAddress: 4 } },
      (port, url) =>
        Effect.gen(function* () {
          const [held] = Attackers.silentStreams(port, 1, 4)
          yield* Effect.promise(() => waitUntil(async () => (await statusFrom(port, "127.0.0.1")) === 429))
          const rpc = createClient(EdgeGateway, Fixture.transports[protocol](url))
          isRateLimited(yield* failure(() => rpc.executeCommand(Fixture.request())))
          const subscription = Fixture.request({ messageType: "gateway.subscribe" })
          isRateLimited(yield* failure(() => rpc.subscribeEvents(subscription)[Symbol.asyncIterator]().next()))
          assert.strictEqual(yield* Effect.promise(() => statusFrom(port, "127.0.0.2")), 200)
          held?.destroy()
          yield* Effect.promise(() => waitUntil(async () => (await statusFrom(port, "127.0.0.1")) === 200))
          assert.strictEqual((yield* Effect.promise(() => rpc.executeCommand(Fixture.request()))).resultCode, "ok")
        })
    )
  }

  test(
    "of an exempt network have no bound",
    { bounds: { requestsPerAddress: 1 }, sources: { exempt: ["127.0.0.0/30"] } },
    (port) =>
      Effect.promise(async () => {
        const held = Attackers.silentStreams(port, 2, 20)
        for (let asked = 0; asked < 5; asked++) assert.strictEqual(await statusFrom(port, "127.0.0.1"), 200)
        Attackers.destroyAll(held)
      })
  )
})

describe("connections", () => {
  test(
    "beyond those of one address are closed; another address gets in",
    { bounds: { connectionsPerAddress: 3 } },
    (port) =>
      Effect.promise(async () => {
        const held = Array.from({ length: 3 }, () => Attackers.connect(port))
        await Promise.all(held.map((it) => once(it, "connect")))
        await waitUntil(async () => (await statusFrom(port, "127.0.0.1")) === 0)
        assert.strictEqual(await statusFrom(port, "127.0.0.2"), 200)
        Attackers.destroyAll(held)
        await waitUntil(async () => (await statusFrom(port, "127.0.0.1")) === 200)
      })
  )

  test("of HTTP/1.1 that send far ahead of their answers are closed", {}, (port) =>
    Effect.promise(async () => {
      const socket = Attackers.connect(port).resume()
      socket.write(`POST ${Attackers.rpcPath} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n`.repeat(1_000))
      await Attackers.closed(socket)
    })
  )
})

describe("500 players behind one address", () => {
  test(
    "have their event streams by default, and calls beside them",
    { budgets: { ...Fixture.generous.budgets } },
    (_port, url) =>
      Effect.gen(function* () {
        const { sessions } = yield* Fixture.Script
        const ids = Array.from(
          { length: 500 },
          (_, index) => `0190f7a2-6d3e-7c11-9a55-${String(index).padStart(12, "0")}`
        )
        for (const id of ids) sessions.set(id, { userId: id, publicKey: Fixture.device.publicKey, status: "active" })
        const end = new AbortController()
        const clients = Array.from({ length: 5 }, () =>
          createClient(EdgeGateway, Fixture.transports["gRPC over HTTP/2"](url))
        )
        const opened = ids.map(async (deviceSessionId, index) => {
          const request = Fixture.request({ deviceSessionId, messageType: "gateway.subscribe" })
          const events = clients[index % 5]?.subscribeEvents(request, { signal: end.signal })[Symbol.asyncIterator]()
          return (await events?.next())?.value?.eventType
        })
        const first = yield* Effect.promise(() => Promise.all(opened))
        assert.deepStrictEqual([...new Set(first)], ["gateway.server_time"])
        const [id = ""] = ids
        const rpc = createClient(EdgeGateway, Fixture.transports["Connect over HTTP/1.1"](url))
        const calls = Array.from({ length: 50 }, () => rpc.executeCommand(Fixture.request({ deviceSessionId: id })))
        const answers = yield* Effect.promise(() => Promise.all(calls))
        assert.isTrue(answers.every((it) => it.resultCode === "ok"))
        end.abort()
      })
  )
})

describe("500 players who all come at once, each on a connection of their own", () => {
  test(
    "get their event streams",
    { budgets: { ...Fixture.generous.budgets } },
    (_port, url) =>
      Effect.gen(function* () {
        const { sessions } = yield* Fixture.Script
        const ids = Array.from(
          { length: 500 },
          (_, index) => `0190f7a2-6d3e-7c11-9a55-${String(index).padStart(12, "0")}`
        )
        for (const id of ids) sessions.set(id, { userId: id, publicKey: Fixture.device.publicKey, status: "active" })
        const end = new AbortController()
        const opened = ids.map(async (deviceSessionId) => {
          const client = createClient(EdgeGateway, Fixture.transports["Connect over HTTP/1.1"](url))
          const request = Fixture.request({ deviceSessionId, messageType: "gateway.subscribe" })
          const events = client.subscribeEvents(request, { signal: end.signal })[Symbol.asyncIterator]()
          return (await events.next()).value?.eventType
        })
        const first = yield* Effect.promise(() => Promise.all(opened))
        assert.deepStrictEqual([...new Set(first)], ["gateway.server_time"])
        end.abort()
      }),
    120_000
  )
})

describe("bodies that lack their end", () => {
  it.live("are read a few at a time; the others stay where they are", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const admission = new Admission({ bounds: unbounded })
        const { port } = yield* listen({ host: "127.0.0.1", port: 0, admission }, (request) => request.resume())
        const sockets = Attackers.withheldBodies(port, 24)
        const mebibyte = 1_048_576
        let most = 0
        const eightAreRead = async () => {
          most = Math.max(most, admission.held.bodyBytes)
          return most > 8 * 1.2 * mebibyte
        }
        yield* Effect.promise(() => waitUntil(eightAreRead))
        const someAreCut = async () => {
          most = Math.max(most, admission.held.bodyBytes)
          return sockets.filter(({ destroyed }) => destroyed).length >= 8
        }
        yield* Effect.promise(() => waitUntil(someAreCut))
        Attackers.destroyAll(sockets)
        // Eight whole ones, and of each other what came with its head.
        assert.isBelow(most / mebibyte, 16)
        yield* Effect.promise(() => waitUntil(async () => admission.held.connections === 0))
        assert.deepStrictEqual(admission.held, { connections: 0, requests: 0, bodyBytes: 0 })
      })
    )
  )
})

describe("failed verifications", () => {
  // As many as by default, of which none is forgiven while a test runs.
  const unforgiving = { budgets: { failuresIp: { ...Budgets.defaults.failuresIp, perSecond: 0.001 } } }
  const bad = {
    "unknown sessions": () => Fixture.request({ deviceSessionId: Fixture.unknownId }),
    "bad signatures": () => Fixture.request({ sent: { signature: new Uint8Array(64) } }),
    "envelopes of a wrong form": () => Fixture.request({ sent: { payloadHash: new Uint8Array(5) } })
  }
  for (const [what, wrong] of Object.entries(bad)) {
    test(`${what} are rate_limited in the end; a connection that has verified goes on`, unforgiving, (_port, url) =>
      Effect.gen(function* () {
        const client = () => createClient(EdgeGateway, Fixture.transports["gRPC over HTTP/2"](url))
        const honest = client()
        const ok = () => Effect.promise(() => honest.executeCommand(Fixture.request()))
        yield* ok()
        const attacker = client()
        let limited: ConnectError | undefined
        for (let sent = 0; sent < 2_000 && limited === undefined; sent += 50) {
          const refusals = yield* Effect.forEach(Array(50), () => failure(() => attacker.executeCommand(wrong())), {
            concurrency: "unbounded"
          })
          limited = refusals.find((it) => it?.code === Code.ResourceExhausted)
        }
        isRateLimited(limited)
        // A right request on a connection that hasn't shown anything is refused as well, and not looked at.
        isRateLimited(yield* failure(() => client().executeCommand(Fixture.request())))
        assert.strictEqual((yield* ok()).resultCode, "ok")
      })
    )
  }
})

describe("a body without an end", () => {
  for (const path of [Attackers.rpcPath, "/api/v1/public/auth/send-email-code", "/no/such/route"]) {
    test(`on ${path} is cut off early`, {}, (port) =>
      Effect.promise(async () => {
        // What the system has taken on its way is no more than some megabytes.
        const sent = await Attackers.endlessBody(port, path, 100 * 1_048_576)
        assert.isBelow(Attackers.inMebibytes(sent), 16)
      })
    )
  }
})

describe("streams that are reset", () => {
  it.live("end the connection early", () =>
    Effect.scoped(
      Effect.gen(function* () {
        let handled = 0
        const { port } = yield* listen(
          { host: "127.0.0.1", port: 0, admission: new Admission({ bounds: unbounded }) },
          (request) => {
            handled += 1
            request.resume()
          }
        ).pipe(Effect.map((address): AddressInfo => address))
        const received: Array<Buffer> = []
        const socket = Attackers.connect(port).on("data", (chunk: Buffer) => received.push(chunk))
        socket.write(Attackers.resetStreams(2_000))
        yield* Effect.promise(() => Attackers.closed(socket))
        const begun = Attackers.begunAtGoodbye(Buffer.concat(received))
        assert.isBelow(begun ?? Number.POSITIVE_INFINITY, 250)
        assert.isBelow(handled, 250)
      })
    )
  )
})
