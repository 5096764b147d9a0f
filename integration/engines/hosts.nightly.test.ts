/** Engines on a second host: over TLS, through cuts of its link and deaths of its daemon. */
import { createServer } from "node:net"
import { assert, it } from "@effect/vitest"
import type { DockerHostSettings } from "@galaxy/host-node/engine-host/docker/DockerSettings"
import { connect } from "@galaxy/host-node/engine-host/docker/DockerDaemon"
import { Effect, Option, Schedule } from "effect"
import { docker } from "./docker.ts"
import { backendOn, newGame, patient, place, specOf } from "./realHost.ts"
import { onTwoHosts } from "./onTwoHosts.ts"

onTwoHosts("engines on a second host", (given) => {
  const there = (more: Partial<DockerHostSettings> = {}) =>
    place({
      name: "beta",
      endpoint: given.second.endpoint,
      reach: { by: "published", address: given.second.address },
      ...more
    })

  const answers = (isThere: boolean) => (hosts: ReadonlyArray<{ readonly answers: boolean }>) =>
    hosts.every((it) => it.answers === isThere)
  const soon = { times: 1_000, schedule: Schedule.spaced("100 millis") }

  it.live("are reached by published ports, and reach nobody", () =>
    Effect.gen(function* () {
      const host = yield* backendOn(yield* there())
      const { endpoint, instanceId } = yield* host.start(specOf(yield* newGame, 1, given.engine, { hostId: "beta" }))
      assert.strictEqual(endpoint.hostname, given.second.address)
      assert.strictEqual((yield* Effect.promise(() => fetch(new URL("/healthz", endpoint)))).status, 200)
      const asked: Array<string> = []
      const listener = yield* Effect.acquireRelease(
        Effect.callback<number>((resume) => {
          const server = createServer((socket) => void asked.push(String(socket.remoteAddress)))
          server.listen(0, given.second.neighbour, () => {
            const address = server.address()
            server.unref()
            resume(Effect.succeed(typeof address === "object" ? (address?.port ?? 0) : 0))
          })
        }),
        () => Effect.void
      )
      const reached = yield* Effect.promise(() =>
        docker(
          given.second.inside,
          "exec",
          instanceId,
          "node",
          "-e",
          `const socket = require("node:net").connect({ host: "${given.second.neighbour}", port: ${listener}, timeout: 3000 })
           const done = (what) => { console.log(what); process.exit() }
           socket.on("connect", () => done("reached")).on("error", (e) => done(e.code)).on("timeout", () => done("silence"))`
        )
      )
      assert.notStrictEqual(reached, "reached")
      assert.deepStrictEqual(asked, [])
    }).pipe(Effect.scoped)
  )

  it.live("are for those alone who have a certificate", () =>
    Effect.gen(function* () {
      const { endpoint } = given.second
      if ("socketPath" in endpoint || endpoint.tls === undefined) throw new Error("it is reached over TLS")
      const { ca } = endpoint.tls
      const stranger = yield* connect({ ...endpoint, tls: { ca, cert: "", key: "" } }, patient)
      assert.strictEqual((yield* Effect.flip(stranger.ping))._tag, "DockerUnavailable")
      const plain = yield* connect({ ...endpoint, tls: undefined }, patient)
      assert.isTrue((yield* Effect.result(plain.ping))._tag === "Failure")
    })
  )

  it.live("are missed while their link is cut, and found again", () =>
    Effect.gen(function* () {
      const at = yield* there()
      const host = yield* backendOn(at, { times: { silence: 3_000 } })
      const gameId = yield* newGame
      const started = yield* host.start(specOf(gameId, 1, given.engine, { hostId: "beta" }))
      yield* Effect.acquireUseRelease(
        Effect.sync(() => given.second.setLink(false)),
        () =>
          Effect.gen(function* () {
            const failed = yield* Effect.flip(host.start(specOf(yield* newGame, 1, given.engine, { hostId: "beta" })))
            assert.strictEqual(failed._tag, "EngineHostUnavailable")
            yield* Effect.repeat(host.hosts, { until: answers(false), ...soon })
            assert.deepStrictEqual(yield* host.list, [])
          }),
        () => Effect.sync(() => given.second.setLink(true))
      )
      yield* Effect.repeat(host.hosts, { until: answers(true), ...soon })
      // It ran on, which is why epochs exist.
      assert.deepStrictEqual(yield* host.list, [started])
      assert.strictEqual((yield* host.start(specOf(gameId, 2, given.engine, { hostId: "beta" }))).epoch, 2)
      assert.strictEqual((yield* at.daemon.list([`galaxy.game=${gameId}`])).length, 1)
    }).pipe(Effect.scoped)
  )

  it.live("end with their daemon, are never started by it again, and are replaced by the next epoch", () =>
    Effect.gen(function* () {
      const at = yield* there()
      const host = yield* backendOn(at, { times: { silence: 3_000 } })
      const gameId = yield* newGame
      for (const [epoch, signal] of [
        [1, "SIGTERM"],
        [2, "SIGKILL"]
      ] as const) {
        yield* host.start(specOf(gameId, epoch, given.engine, { hostId: "beta" }))
        yield* Effect.promise(() => given.second.killDaemon(signal))
        yield* Effect.repeat(host.hosts, { until: answers(false), ...soon })
        const [status] = yield* host.hosts
        assert.include(status?.trouble, "ECONNREFUSED")
        yield* Effect.promise(() => given.second.startDaemon())
        yield* Effect.repeat(host.hosts, { until: answers(true), ...soon })
        const run = { gameId, hostId: "beta", epoch }
        assert.deepStrictEqual(yield* host.inspect(run), Option.none())
        assert.isTrue(Option.isSome(yield* host.ended(run)))
        const again = yield* Effect.flip(host.start(specOf(gameId, epoch, given.engine, { hostId: "beta" })))
        assert.strictEqual(again._tag, "EngineGone")
      }
      assert.strictEqual((yield* host.start(specOf(gameId, 3, given.engine, { hostId: "beta" }))).epoch, 3)
    }).pipe(Effect.scoped)
  )
})
