/** A replica that takes connections and says nothing. */
import { once } from "node:events"
import { type AddressInfo, createServer, type Socket } from "node:net"
import { Users } from "@galaxy/core/account/Users"
import { UserListing } from "@galaxy/core/user-service/UserListing"
import { listing } from "@galaxy/host-node/user/replicas"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Logger } from "effect"
import { TestClock } from "effect/testing"

const silent = Effect.acquireRelease(
  Effect.promise(async () => {
    const sockets = new Set<Socket>()
    const server = createServer((socket) => {
      socket.on("error", () => undefined)
      sockets.add(socket)
    }).listen(0, "127.0.0.1")
    await once(server, "listening")
    const { port } = server.address() as AddressInfo
    const connected = once(server, "connection")
    return { server, sockets, connected, url: `postgres://galaxy@127.0.0.1:${port}/galaxy` }
  }),
  ({ server, sockets }) =>
    Effect.sync(() => {
      for (const socket of sockets) socket.destroy()
      server.close()
    })
)

const fromPrimary = { users: [], next_cursor: "of the primary" }
const primary = Layer.mock(Users, { list: () => Effect.succeed(fromPrimary) })
const patienceMs = 1_000

describe("lists of users from replicas", () => {
  it.effect("come from the primary when a replica is silent, which is then left alone for a while", () =>
    Effect.gen(function* () {
      const lines: Array<unknown> = []
      const logger = Logger.layer([Logger.make(({ message }) => void lines.push(...[message].flat()))])
      const { url, connected, sockets } = yield* silent
      const replicas = listing([{ url, maxConnections: 1 }], patienceMs).pipe(Layer.provide(primary))
      yield* Effect.gen(function* () {
        const { list } = yield* UserListing
        const first = yield* Effect.forkChild(list({}, {}))
        yield* Effect.promise(() => connected)
        yield* TestClock.adjust(patienceMs)
        assert.deepStrictEqual(yield* Fiber.join(first), fromPrimary)
        assert.deepStrictEqual(yield* list({}, {}), fromPrimary)
        assert.strictEqual(sockets.size, 1)
        assert.lengthOf(
          lines.filter((it) => String(it).includes("a replica of the database can't be read")),
          1
        )
      }).pipe(Effect.provide([replicas, logger]))
    }).pipe(Effect.scoped)
  )
})
