/** The end of a gateway: what clients and load balancers see of it, in its order. */
import * as http from "node:http"
import { connect } from "node:net"
import { Code, ConnectError } from "@connectrpc/connect"
import type { EdgeCrypto } from "@galaxy/edge/EdgeCrypto"
import { GatewayServer, type GatewayOptions } from "@galaxy/host-node/gateway/GatewayServer"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Exit, Fiber, Layer, Scope } from "effect"
import { Desk } from "./Desk.ts"
import * as Fixture from "./fixture.ts"
import { brings, endsWith, happens, open } from "./subscription.ts"

/** A gateway that the test ends by itself. */
const withGateway = <A, E>(
  options: Partial<GatewayOptions>,
  test: (gateway: {
    readonly desk: Desk
    readonly url: string
    readonly end: Effect.Effect<void>
  }) => Effect.Effect<A, E, Scope.Scope | GatewayServer | Fixture.Script | EdgeCrypto>
) =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    const desk = new Desk()
    const gateway = Fixture.gatewayWith(desk.layer, { ...Fixture.generous, ...options })
    const context = yield* Layer.buildWithScope(Layer.fresh(gateway), scope)
    const { url } = Context.get(context, GatewayServer)
    const end = Scope.close(scope, Exit.void)
    yield* test({ desk, url, end }).pipe(Effect.scoped, Effect.provide(context), Effect.ensuring(end))
  })

const readyz = (url: string) =>
  Effect.promise(async () => {
    const response = await fetch(`${url}/readyz`, { headers: { connection: "close" } })
    return { status: response.status, json: (await response.json()) as unknown }
  })

const listens = (url: string) =>
  Effect.callback<boolean>((resume) => {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    socket.on("connect", () => {
      socket.destroy()
      resume(Effect.succeed(true))
    })
    socket.on("error", () => resume(Effect.succeed(false)))
  })

/** Asks until it is so. */
const soon = (isSo: Effect.Effect<boolean>) =>
  isSo.pipe(Effect.repeat({ until: (it) => it }), Effect.timeout("20 seconds"))

const over = { status: 503, json: { status: "shutting_down", missing: [] } }

/** A command, with the `connection` header of its answer. */
const command = (protocol: Fixture.Protocol) =>
  Effect.flatMap(Fixture.rpc(protocol), (rpc) =>
    Effect.tryPromise({
      try: async () => {
        let connection: string | null = null
        const onHeader = (headers: Headers) => {
          connection = headers.get("connection")
        }
        const { resultCode } = await rpc.executeCommand(Fixture.request(), { onHeader })
        return { resultCode, connection: connection as string | null }
      },
      catch: (cause) => ConnectError.from(cause)
    })
  )

const protocols = [
  "Connect over HTTP/1.1",
  "Connect over HTTP/2",
  "gRPC over HTTP/2",
  "gRPC-Web over HTTP/1.1"
] as const

describe("a gateway that ends", () => {
  it.live("isn't ready any more, serves for a while, tells its streams, and only then closes its port", () =>
    withGateway({ endDelayMs: 500 }, ({ end, url }) =>
      Effect.gen(function* () {
        const stream = yield* open("gRPC over HTTP/2")
        assert.strictEqual((yield* readyz(url)).status, 200)
        const ending = yield* Effect.forkChild(end)
        yield* soon(Effect.map(readyz(url), ({ status }) => status !== 200))
        assert.deepStrictEqual(yield* readyz(url), over)
        yield* happens(Fixture.event(1))
        yield* brings(stream, Fixture.event(1))
        yield* endsWith(stream, Code.Unavailable, "shutting_down")
        yield* Fiber.join(ending)
        assert.isFalse(yield* listens(url))
      })
    )
  )

  for (const protocol of protocols) {
    it.live(`answers what is running, by ${protocol}, and takes nothing more`, () =>
      withGateway({ times: { drainMs: 60_000 } }, ({ desk, end, url }) =>
        Effect.gen(function* () {
          const running = yield* Effect.forkChild(command(protocol))
          yield* Effect.promise(() => desk.arrived)
          const ending = yield* Effect.forkChild(end)
          yield* soon(Effect.map(listens(url), (it) => !it))
          yield* desk.answers({ sessions: [] })
          const { connection, resultCode } = yield* Fiber.join(running)
          assert.strictEqual(resultCode, "ok")
          if (protocol.endsWith("1.1")) assert.strictEqual(connection, "close")
          yield* Fiber.join(ending)
        })
      )
    )
  }

  it.live("answers what comes on an idle connection for a while, and says that it is the last", () =>
    withGateway({ times: { drainMs: 60_000, idleDrainMs: 60_000 } }, ({ end, url }) =>
      Effect.gen(function* () {
        const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
        const asked = Effect.promise(
          () =>
            new Promise<string | undefined>((resolve, reject) => {
              const sent = http.get(`${url}/healthz`, { agent }, (response) => {
                response.resume().on("end", () => resolve(response.headers.connection))
              })
              sent.on("error", reject)
            })
        )
        assert.strictEqual(yield* asked, "keep-alive")
        const ending = yield* Effect.forkChild(end)
        yield* soon(Effect.map(listens(url), (it) => !it))
        assert.strictEqual(yield* asked, "close")
        // Nothing else is open: it doesn't wait for its time.
        yield* Effect.timeout(Fiber.join(ending), "20 seconds")
        agent.destroy()
      })
    )
  )

  it.live("cuts off what runs on after its time", () =>
    withGateway({ times: { drainMs: 50 } }, ({ desk, end }) =>
      Effect.gen(function* () {
        const running = yield* Effect.forkChild(Effect.flip(command("gRPC over HTTP/2")))
        yield* Effect.promise(() => desk.arrived)
        yield* end
        yield* Fiber.join(running)
        yield* Effect.promise(() => desk.givenUp)
      })
    )
  )
})
