/** A Redis that Sentinels watch: its master dies, a replica takes over, and nothing that has run runs again. */
import { type AddressInfo, createServer, type Socket } from "node:net"
import * as RedisReplayStore from "@galaxy/host-node/gateway/RedisReplayStore"
import * as SentinelView from "@galaxy/host-node/gateway/redis/SentinelView"
import * as Sentinels from "@galaxy/host-node/gateway/redis/Sentinels"
import { fromError } from "@galaxy/host-node/gateway/redis/RedisFault"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Redacted } from "effect"
import * as Fixture from "./fixture.ts"
import { hasServer, redisWith } from "./redis.ts"
import { eventually, futureMs, reason, readyz, send, serving } from "./redisGateway.ts"
import { type Watched, watched } from "./sentinels.ts"

const url = Redacted.make("redis://nowhere.invalid:1/0")

const gatewayOn = ({ sentinels }: Pick<Watched, "sentinels">) =>
  Fixture.gateway(
    { ...Fixture.generous, edge: { freshnessFutureMs: futureMs, probeKeptMs: 0 } },
    Layer.orDie(RedisReplayStore.layer({ url, sentinels }))
  )

/** Sends requests that have run before, again and again, until one of them isn't refused for want of Redis. */
const replayed = Effect.fnUntraced(function* (ran: ReadonlyArray<ReturnType<typeof Fixture.request>>) {
  const { calls } = yield* Fixture.Script
  const before = calls.length
  const waits: Array<number | undefined> = []
  const ends: Array<string | undefined> = []
  for (const request of ran) {
    for (;;) {
      const answer = yield* send(request)
      if (answer.reason !== "replay_store_unavailable") {
        ends.push(answer.reason)
        break
      }
      waits.push(answer.retryAfterMs)
      yield* Effect.sleep(Math.max(20, answer.retryAfterMs ?? 0))
    }
  }
  assert.strictEqual(calls.length, before, "one of them has run again")
  return { waits, ends }
})

// Each with servers of its own, and most of it waiting for them: at once they take as long as the longest.
describe.skipIf(!hasServer)("a Redis behind Sentinels", { timeout: 240_000, concurrent: true }, () => {
  it.live(
    "is what each Sentinel says it is: the master, its replicas, who else there is, and whether they could replace it",
    () =>
      Effect.gen(function* () {
        const { master, sentinels } = yield* watched
        const [first] = sentinels.addresses
        assert.isDefined(first)
        const unreachable = { host: "127.0.0.1", port: 1 }
        const [one, away] = yield* SentinelView.viewOf({ ...sentinels, addresses: [first, unreachable] })
        const address = `127.0.0.1:${first.port}`
        assert.deepStrictEqual(one, { address, master: `127.0.0.1:${master.port}`, replicas: 1, others: 2 })
        assert.deepStrictEqual([away?.address, away?.master], ["127.0.0.1:1", undefined])
        assert.match(away?.fault ?? "", /ECONNREFUSED/)
        const of = (change: Partial<Sentinels.SentinelOptions>) =>
          Effect.map(SentinelView.viewOf({ ...sentinels, addresses: [first], ...change }), ([view]) => view)
        assert.deepStrictEqual(yield* of({ master: "other" }), { address })
        assert.match((yield* of({ password: Redacted.make("wrong") }))?.fault ?? "", /WRONGPASS/)
      }).pipe(Effect.scoped)
  )

  it.live("whose master is killed: refused with a time to wait, nothing runs twice, then all is well", () =>
    Effect.gen(function* () {
      const it = yield* watched
      yield* Effect.gen(function* () {
        yield* serving
        const ran = Array.from({ length: 5 }, () => Fixture.request())
        for (const request of ran) assert.strictEqual(yield* reason(request), "ok")
        yield* Effect.promise(() => it.master.kill())
        assert.strictEqual(yield* reason(), "replay_store_unavailable")
        const { ends, waits } = yield* replayed(ran)
        assert.deepStrictEqual(ends, Array(5).fill("stale_request"))
        // The border of the loss: known once the new master is reached.
        assert.isTrue(waits.some((wait) => wait !== undefined && wait > 0 && wait <= futureMs + 1))
        assert.strictEqual(yield* it.masterPort, it.replica.port)
        yield* serving
        assert.strictEqual((yield* readyz).status, 200)
      }).pipe(Effect.provide(gatewayOn(it), { local: true }))
    }).pipe(Effect.scoped)
  )

  it.live("whose master freezes and comes back: the gateway stays with the one that the Sentinels name", () =>
    Effect.gen(function* () {
      const it = yield* watched
      yield* Effect.gen(function* () {
        yield* serving
        const ran = Fixture.request()
        assert.strictEqual(yield* reason(ran), "ok")
        it.master.freeze()
        yield* eventually("a failover", it.masterPort, (port) => port === it.replica.port)
        it.master.thaw()
        // The old master may answer once more, and knows of it, too.
        const { ends } = yield* replayed([ran])
        assert.include(["stale_request", "replayed_request"], ends[0])
        yield* eventually("it knows of the loss", reason(ran), (it) => it === "stale_request")
        yield* serving
        const inTheNew = yield* Effect.promise(() => it.replica.run("CLIENT", "LIST"))
        assert.match(inTheNew as string, /cmd=(evalsha|eval|info)/)
      }).pipe(Effect.provide(gatewayOn(it), { local: true }))
    }).pipe(Effect.scoped)
  )

  it.live("says what is wrong at the start: a wrong password, an unknown master, nobody there", () =>
    Effect.gen(function* () {
      const { sentinels } = yield* watched
      const problem = (more: Partial<typeof sentinels>) =>
        Effect.map(
          Effect.flip(RedisReplayStore.probe({ url, sentinels: { ...sentinels, ...more } })),
          ({ message }) => message
        )
      yield* RedisReplayStore.probe({ url, sentinels })
      assert.match(yield* problem({ password: Redacted.make("wrong") }), /the Sentinels refuse the credentials/)
      assert.match(yield* problem({ master: "other" }), /other of the Sentinels 127.0.0.1:.* don't know the master/)
      assert.match(yield* problem({ addresses: [{ host: "127.0.0.1", port: 1 }] }), /no Sentinel can be reached: /)
    }).pipe(Effect.scoped)
  )
})

/** A Sentinel that names a master on the local host, by its port, and counts how often it did; it refuses the rest. */
const naming = (named: { port: number; times: number }) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const sockets = new Set<Socket>()
      const server = createServer((socket) => {
        sockets.add(socket)
        socket.on("error", () => undefined)
        socket.on("data", (chunk) => {
          for (const command of chunk.toString().split(/(?=\*\d+\r\n\$)/))
            if (!command.includes("get-master-addr-by-name")) socket.write("%1\r\n$6\r\nserver\r\n$5\r\nredis\r\n")
            else {
              named.times += 1
              socket.write(`*2\r\n$9\r\n127.0.0.1\r\n$${`${named.port}`.length}\r\n${named.port}\r\n`)
            }
        })
      })
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
      return { server, sockets, port: (server.address() as AddressInfo).port }
    }),
    ({ server, sockets }) =>
      Effect.sync(() => {
        for (const it of sockets) it.destroy()
        server.close()
      })
  )

it.live("a master that is cut off from most of the Sentinels isn't the master any more", () =>
  Effect.gen(function* () {
    const named = [1, 2, 3].map(() => ({ port: 6_001, times: 0 }))
    const servers = yield* Effect.forEach(named, naming)
    const addresses = servers.map(({ port }) => ({ host: "127.0.0.1", port }))
    const over = yield* Effect.forkChild(
      Effect.flip(Sentinels.replaced({ addresses, master: "galaxy" }, () => "127.0.0.1:6001"))
    )
    const change = (at: number) =>
      Effect.sync(() => {
        const one = named[at]
        if (one !== undefined) one.port = 6_002
      })
    yield* change(0)
    // Whoever asks all of them for the third time goes on after two rounds of answers, one of which knows of the change.
    const before = named.map(({ times }) => times)
    const asked = Effect.sync(() => Math.min(...named.map(({ times }, at) => times - (before[at] ?? 0))))
    yield* eventually("all are asked again, though one names another master", asked, (times) => times >= 3)
    assert.isUndefined(over.pollUnsafe())
    yield* change(1)
    assert.match((yield* Fiber.join(over)).why, /made another Redis the master/)
  }).pipe(Effect.scoped)
)

describe.skipIf(!hasServer)("a Redis that isn't fit to keep reservations", { timeout: 60_000 }, () => {
  const problem = (redis: { readonly url: string }) =>
    Effect.map(Effect.flip(RedisReplayStore.probe({ url: Redacted.make(redis.url) })), ({ _tag, message }) => {
      assert.strictEqual(_tag, "RedisUnfit")
      return message
    })

  it.live("one that evicts is refused, and so is one in cluster mode", () =>
    Effect.gen(function* () {
      const evicting = yield* redisWith("--maxmemory-policy", "allkeys-lru")
      assert.match(yield* problem(evicting), /is allkeys-lru and must be noeviction/)
      const cluster = yield* redisWith("--cluster-enabled", "yes")
      assert.match(yield* problem(cluster), /cluster mode, which isn't supported: use one master with replicas/)
    }).pipe(Effect.scoped)
  )

  it("a fault of the Sentinels shows no address to players", () => {
    const fault = fromError(
      new Error("All sentinels are unreachable and retry is disabled. Last error: connect 10.0.0.1")
    )
    assert.notInclude(fault.why, "10.0.0.1")
  })
})
