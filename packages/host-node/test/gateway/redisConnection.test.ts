/** A connection to Redis ends once, however many commands fail with it. */
import { once } from "node:events"
import { createServer, type AddressInfo, type Socket } from "node:net"
import * as RedisConnection from "@galaxy/host-node/gateway/redis/RedisConnection"
import { assert, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import type { Redis } from "ioredis"

it.live("commands that fail in the same moment leave no listeners at its socket", () =>
  Effect.scoped(
    Effect.gen(function* () {
      let isSilent = false
      const server = createServer((socket) => {
        socket.on("error", () => undefined)
        socket.on("data", () => isSilent || socket.write("+OK\r\n"))
      })
      server.listen(0, "127.0.0.1")
      yield* Effect.promise(() => once(server, "listening"))
      yield* Effect.addFinalizer(() => Effect.sync(() => server.close()))
      const { port } = server.address() as AddressInfo
      const connection = yield* RedisConnection.open(
        { url: Redacted.make(`redis://127.0.0.1:${port}`) },
        undefined,
        200
      )
      isSilent = true
      let socket: Socket | undefined
      const ping = (redis: Redis) => {
        socket ??= (redis as unknown as { readonly stream: Socket }).stream
        return redis.ping()
      }
      const before = yield* Effect.promise(async () => {
        const asked = Array.from({ length: 30 }, () => connection.run(ping))
        const listeners = socket?.listenerCount("close") ?? Number.NaN
        for (const it of await Promise.all(asked)) assert.instanceOf(it, Error)
        return listeners
      })
      assert.isAtMost(socket?.listenerCount("close") ?? Number.NaN, before + 1)
    })
  )
)
