/** Engines in real containers: what they can't do, how they fail, and what the platform is told of it. */
import { assert, describe, it } from "@effect/vitest"
import { ensureNetwork } from "@galaxy/host-node/engine-host/docker/EngineNetwork"
import { Effect, Fiber, Option, Schedule, Stream } from "effect"
import { afterAll, beforeAll } from "vitest"
import { dockerForTests } from "../docker.ts"
import { platformImages } from "../images/platformImages.ts"
import { docker, imageOf } from "./docker.ts"
import { backendOn, newGame, place, specOf } from "./realHost.ts"

const env = dockerForTests("engines in containers")
const dockerHost = env?.["DOCKER_HOST"] ?? ""

/** A program of the image's Node in place of the engine. */
const instead = (engine: string, script: string) => [
  `FROM ${engine}`,
  `ENTRYPOINT ["node", "-e", ${JSON.stringify(script)}]`
]

/** Listens like an engine, and does as it is told by whoever asks. */
const eater = `
  const kept = []
  require("node:http").createServer((q, r) => {
    r.end("{}")
    if (q.url === "/eat") setInterval(() => kept.push(Buffer.alloc(8e6, 1)), 5)
  }).listen(8080)`

describe.skipIf(env === undefined)("engines in containers", { timeout: 600_000 }, () => {
  let engine = ""
  const made: Array<string> = []
  const variant = async (name: string, ...lines: ReadonlyArray<string>) => {
    const tag = `${engine.replace(/:.*$/, "")}-${name}:test`
    made.push(tag)
    return imageOf(dockerHost, tag, ...lines)
  }

  beforeAll(async () => {
    engine = (await platformImages(env ?? {})).engine
  }, 600_000)

  afterAll(async () => {
    for (const tag of made) await docker(dockerHost, "image", "rm", "--force", tag).catch(() => "")
  })

  it.live("may write to their state alone, have no rights, and use what they are given", () =>
    Effect.gen(function* () {
      const at = yield* place({ labels: { rack: "7" } })
      const host = yield* backendOn(at, { limits: { memory: 200, memoryPerPlayer: 4, cpus: 0.5, pids: 64 } })
      const gameId = yield* newGame
      const { endpoint, imageId, instanceId } = yield* host.start(specOf(gameId, 1, engine))
      const inspect = (format: string) =>
        Effect.promise(() => docker(dockerHost, "inspect", "--format", format, instanceId))
      const config = JSON.parse(yield* inspect("{{json .}}")) as {
        readonly Image: string
        readonly Config: {
          readonly Labels: object
          readonly User: string
          readonly Healthcheck: { readonly Test: unknown }
        }
        readonly HostConfig: object
      }
      assert.strictEqual(config.Image, imageId)
      assert.deepInclude(config.HostConfig, {
        ReadonlyRootfs: true,
        CapDrop: ["ALL"],
        SecurityOpt: ["no-new-privileges"],
        Init: true,
        PidsLimit: 64,
        Memory: 208 * 1_048_576,
        MemorySwap: 208 * 1_048_576,
        NanoCpus: 500_000_000,
        RestartPolicy: { Name: "no", MaximumRetryCount: 0 },
        PortBindings: null
      })
      assert.strictEqual(config.Config.User, "1000:1000")
      assert.deepStrictEqual(config.Config.Healthcheck.Test, ["NONE"])
      assert.deepInclude(config.Config.Labels, {
        "galaxy.backend": "1",
        "galaxy.installation": at.installation,
        "galaxy.incarnation": "first",
        "galaxy.game": gameId,
        "galaxy.epoch": "1",
        "galaxy.version": "0.1.0",
        rack: "7"
      })
      const inside = (script: string) =>
        Effect.promise(() => docker(dockerHost, "exec", instanceId, "node", "-e", script))
      const tried = yield* inside(`
        const { writeFileSync, readFileSync } = require("node:fs")
        const can = (path) => { try { writeFileSync(path, ""); return "yes" } catch (e) { return e.code } }
        const status = readFileSync("/proc/self/status", "utf8")
        const of = (name) => status.match(new RegExp("^" + name + ":\\\\s+(.*)$", "m"))[1]
        console.log(JSON.stringify([process.getuid(), can("/app/x"), can("/x"), can("/state/x"), of("CapEff"), of("NoNewPrivs")]))`)
      assert.deepStrictEqual(JSON.parse(tried), [1000, "EROFS", "EROFS", "yes", "0000000000000000", "1"])
      // Neither the world nor another engine.
      const other = yield* host.start(specOf(yield* newGame, 1, engine))
      const reached = yield* inside(`
        const net = require("node:net")
        const reach = (host, port) => new Promise((done) => {
          const socket = net.connect({ host, port, timeout: 3000 })
          socket.on("connect", () => done("reached")).on("error", (e) => done(e.code)).on("timeout", () => done("ETIMEDOUT"))
        })
        Promise.all([reach("192.0.2.1", 80), reach("${other.endpoint.hostname}", 8080)]).then((them) => {
          console.log(JSON.stringify(them)); process.exit()
        })`)
      assert.notInclude(JSON.parse(reached), "reached")
      assert.strictEqual((yield* Effect.promise(() => fetch(new URL("/healthz", endpoint)))).status, 200)
      assert.strictEqual((yield* Effect.promise(() => fetch(new URL("/api/v1/admin/status", endpoint)))).status, 401)
      // Nothing of it is left.
      yield* host.discard(gameId, "alpha", 1)
      assert.deepStrictEqual(yield* at.daemon.volumes([`galaxy.game=${gameId}`]), [])
    }).pipe(Effect.scoped)
  )

  it.live("share one network, however many ask for it at once", () =>
    Effect.gen(function* () {
      const { daemon, host, installation } = yield* place()
      const asked = Array.from({ length: 8 }, () => ensureNetwork(daemon, host, installation))
      const troubles = yield* Effect.all(asked, { concurrency: "unbounded" })
      assert.deepStrictEqual(new Set(troubles), new Set([undefined]))
      assert.strictEqual((yield* daemon.networks(host.network)).length, 1)
    }).pipe(Effect.scoped)
  )

  it.live("that need more memory than they have are ended, and it is said so", () =>
    Effect.gen(function* () {
      const at = yield* place()
      const image = yield* Effect.promise(() => variant("eater", ...instead(engine, eater)))
      const host = yield* backendOn(at, { limits: { memory: 96, memoryPerPlayer: 0 } })
      const run = { gameId: yield* newGame, hostId: "alpha", epoch: 1 }
      const { endpoint } = yield* host.start(specOf(run.gameId, 1, image))
      const told = yield* Effect.forkScoped(Stream.runHead(host.ends ?? Stream.empty), { startImmediately: true })
      yield* Effect.promise(() => fetch(new URL("/eat", endpoint)).then((it) => it.text()))
      assert.deepStrictEqual(yield* Fiber.join(told), Option.some(run))
      const end = Option.getOrThrow(yield* host.ended(run))
      assert.isTrue(end.outOfMemory)
      assert.include(end.reason, "ran out of its memory")
      assert.include(end.reason, "BACKEND_DOCKER_ENGINE_MEMORY")
    }).pipe(Effect.scoped)
  )

  it.live("say why they can't be started, and whether it is for good", () =>
    Effect.gen(function* () {
      const at = yield* place()
      const host = yield* backendOn(at)
      const failure = (imageRef: string, more: Parameters<typeof specOf>[3] = {}) =>
        Effect.flatMap(newGame, (gameId) => Effect.flip(host.start(specOf(gameId, 1, imageRef, more))))
      const programless = yield* Effect.promise(() =>
        variant("programless", `FROM ${engine}`, 'ENTRYPOINT ["/nothing"]')
      )
      assert.deepInclude(yield* failure(programless), { permanent: true, imageMissing: true })
      assert.deepInclude(yield* failure("galaxy-test/nothing:1"), { permanent: true, imageMissing: true })
      // A version that isn't one, and a state folder that can't be written to.
      const wrong = yield* Effect.promise(() => variant("wrong", ...instead(engine, "process.exit(2)")))
      assert.deepInclude(yield* failure(wrong), {
        permanent: true,
        reason: "the engine refuses its settings or its state (code 2)"
      })
      const other = yield* failure(engine, { imageId: "sha256:another" })
      assert.deepInclude(other, { permanent: true })
      assert.include(other.message, "is another build")
      assert.deepStrictEqual(yield* host.list, [])
    }).pipe(Effect.scoped)
  )

  it.live("are patched to another image with the state that they have", () =>
    Effect.gen(function* () {
      const at = yield* place()
      const host = yield* backendOn(at)
      const gameId = yield* newGame
      const patched = yield* Effect.promise(() => variant("patched", `FROM ${engine}`, 'LABEL build="two"'))
      const call = (engine: { readonly endpoint: URL }, epoch: number, path: string, body?: unknown) =>
        Effect.promise(async () => {
          const answer = await fetch(new URL(`/api/v1/admin/${path}`, engine.endpoint), {
            headers: { authorization: `Bearer token-${epoch}`, "content-type": "application/json" },
            ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) })
          })
          return { status: answer.status, body: (await answer.json()) as { readonly turn?: number } }
        })
      const first = yield* host.start(specOf(gameId, 1, engine, { fresh: false }))
      const races = ["Vega", "Lyra"].map((name) => ({ name, player_id: crypto.randomUUID() }))
      const begun = yield* call(first, 1, "init", { game_id: gameId, seed: "a seed", races })
      assert.deepStrictEqual([begun.status, begun.body.turn], [200, 0])
      assert.strictEqual((yield* call(first, 1, "turn", { turn: 1 })).body.turn, 1)
      const second = yield* host.start(specOf(gameId, 2, patched, { fresh: false, version: "0.1.1" }))
      assert.notStrictEqual(second.imageId, first.imageId)
      // Loading takes it a moment, in which it answers 503.
      yield* Effect.repeat(call(second, 2, "status"), {
        until: ({ status }) => status === 200,
        times: 600,
        schedule: Schedule.spaced("50 millis")
      })
      assert.strictEqual((yield* call(second, 2, "turn", { turn: 2 })).body.turn, 2)
      // The token of the run before is good for nothing.
      assert.strictEqual((yield* call(second, 1, "status")).status, 401)
    }).pipe(Effect.scoped)
  )
})
