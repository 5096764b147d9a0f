/** What is special about engines on Docker, on the testkit's double. What every host does is in the contract. */
import { createConnection, createServer, type Socket } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Fiber, Option, Schedule, Stream } from "effect"
import { backend, client, daemon, hostOn, identityOf, imageRef, newGame, specOf } from "./doubleHost.ts"

const eventually = <A, E>(effect: Effect.Effect<A, E>, until: (value: A) => boolean) =>
  Effect.repeat(effect, { until, schedule: Schedule.spaced("50 millis") })

/** Where a host can't say what troubles it. */
const unknown: Effect.Effect<string | undefined> = Effect.succeed("nothing is said")

/** Another way to a daemon, which can be cut. */
const linkTo = (socketPath: string, path: string) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly cut: Effect.Effect<void> }>((resume) => {
      const open = new Set<Socket>()
      const server = createServer((client) => {
        const daemon = createConnection(socketPath)
        for (const [from, to] of [
          [client, daemon],
          [daemon, client]
        ] as const) {
          open.add(from)
          from.on("error", () => undefined).on("close", () => to.destroy())
          from.pipe(to)
        }
      })
      const cut = Effect.callback<void>((done) => {
        server.close(() => done(Effect.void))
        for (const socket of open) socket.destroy()
      })
      server.listen(path, () => resume(Effect.succeed({ cut })))
    }),
    ({ cut }) => cut
  )

describe("engines on Docker", () => {
  it.live("of one game are one container, whichever backends start them", () =>
    Effect.gen(function* () {
      const { socketPath } = yield* daemon
      const [one, two] = [yield* backend([hostOn(socketPath)]), yield* backend([hostOn(socketPath)])]
      const docker = yield* client(socketPath)
      const gameId = yield* newGame
      const starts = Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? one : two).start(specOf(gameId, 1)))
      const instances = yield* Effect.all(starts, { concurrency: "unbounded" })
      assert.strictEqual(new Set(instances.map((it) => it.instanceId)).size, 1)
      assert.strictEqual((yield* docker.list([])).length, 1)
      // Two owners place the game at once: the higher epoch wins, and the other one hears of it.
      const outcomes = yield* Effect.all(
        [one.start(specOf(gameId, 2)), two.start(specOf(gameId, 3))].map((it) => Effect.result(it)),
        { concurrency: "unbounded" }
      )
      assert.deepInclude(outcomes[1], { _tag: "Success" })
      const [run] = yield* one.list
      assert.deepInclude(run, { gameId, epoch: 3, hostId: "alpha" })
      assert.deepStrictEqual(
        yield* Effect.flip(one.start(specOf(gameId, 2))),
        yield* Effect.flip(two.start(specOf(gameId, 1)))
      )
      assert.strictEqual((yield* docker.list([])).length, 1)
    }).pipe(Effect.scoped)
  )

  it.live("never touch what isn't theirs, and end the engines of another incarnation", () =>
    Effect.gen(function* () {
      const { socketPath } = yield* daemon
      const docker = yield* client(socketPath)
      const old = yield* backend([hostOn(socketPath)], { identity: identityOf("earlier") })
      const stranger = yield* backend([hostOn(socketPath)], { installation: "others" })
      const [mine, theirs] = [yield* newGame, yield* newGame]
      yield* stranger.start(specOf(theirs, 1))
      const early = yield* old.start(specOf(mine, 7))
      const present = yield* Effect.scoped(
        Effect.gen(function* () {
          const host = yield* backend([hostOn(socketPath)])
          // It belongs to another history, whatever its epoch is.
          assert.deepStrictEqual(yield* host.inspect({ gameId: mine, hostId: "alpha", epoch: 7 }), Option.none())
          return yield* host.start(specOf(mine, 2))
        })
      )
      assert.notStrictEqual(present.instanceId, early.instanceId)
      const ids = (yield* docker.list(["galaxy.installation=tests"])).map((it) => it.Id)
      assert.deepStrictEqual(ids, [present.instanceId])
      assert.strictEqual((yield* docker.list(["galaxy.installation=others"])).length, 1)
    }).pipe(Effect.scoped)
  )

  it.live("of an earlier incarnation are removed without anybody asking", () =>
    Effect.gen(function* () {
      const { socketPath } = yield* daemon
      const docker = yield* client(socketPath)
      const gameId = yield* newGame
      yield* Effect.scoped(
        Effect.flatMap(backend([hostOn(socketPath)], { identity: identityOf("earlier") }), (it) =>
          it.start(specOf(gameId, 1))
        )
      )
      assert.strictEqual((yield* docker.list([])).length, 1)
      yield* backend([hostOn(socketPath)])
      yield* eventually(docker.list([]), (all) => all.length === 0)
    }).pipe(Effect.scoped)
  )

  it.live("can't be placed where somebody else's container has the name", () =>
    Effect.gen(function* () {
      const { socketPath } = yield* daemon
      const docker = yield* client(socketPath)
      const host = yield* backend([hostOn(socketPath)])
      const gameId = yield* newGame
      yield* docker.create(`galaxy-tests-${gameId}`, { Image: imageRef })
      const error = yield* Effect.flip(host.start(specOf(gameId, 1)))
      assert.deepInclude(error, { _tag: "EngineStartFailed" })
      yield* host.stop(gameId, "alpha", 9)
      yield* host.discard(gameId, "alpha", 9)
      assert.strictEqual((yield* docker.list([])).length, 1)
    }).pipe(Effect.scoped)
  )

  it.live("say why they can't be started, and whether it is for good", () =>
    Effect.gen(function* () {
      const { socketPath } = yield* daemon
      const host = yield* backend([hostOn(socketPath)])
      const failure = (more: Parameters<typeof specOf>[2]) =>
        Effect.flatMap(newGame, (gameId) => Effect.flip(host.start(specOf(gameId, 1, more))))
      const reasons = {
        missing: yield* failure({ imageRef: "nobody/knows:1" }),
        programless: yield* failure({ imageRef: "galaxy/programless:1" }),
        failing: yield* failure({ imageRef: "galaxy/failing:1" }),
        eating: yield* failure({ imageRef: "galaxy/eating:1" }),
        other: yield* failure({ imageId: "sha256:another" })
      }
      assert.deepInclude(reasons.missing, { permanent: true, imageMissing: true })
      assert.deepInclude(reasons.programless, { permanent: true, imageMissing: true })
      assert.include(reasons.programless.message, "exec node failed")
      assert.deepInclude(reasons.failing, { permanent: false, reason: "the engine ended with code 3; it fails" })
      assert.deepInclude(reasons.eating, { permanent: false })
      assert.include(reasons.eating.message, "ran out of its memory of 258 MiB")
      assert.deepInclude(reasons.other, { permanent: true })
      assert.include(reasons.other.message, "is another build")
      assert.strictEqual(yield* host.imageTrouble?.("nobody/knows:1") ?? unknown, "no Docker host has this image")
      assert.isUndefined(yield* host.imageTrouble?.(imageRef) ?? unknown)
    }).pipe(Effect.scoped)
  )

  it.live("that refuse their state say so with the last lines of their log, and how each run has ended is kept", () =>
    Effect.gen(function* () {
      const { socketPath } = yield* daemon
      const host = yield* backend([hostOn(socketPath)])
      const docker = yield* client(socketPath)
      const gameId = yield* newGame
      const run = { gameId, hostId: "alpha", epoch: 1 }
      const started = yield* host.start(specOf(gameId, 1))
      assert.deepStrictEqual(yield* host.ended(run), Option.none())
      const told = yield* Effect.forkScoped(Stream.runHead(host.ends ?? Stream.empty), { startImmediately: true })
      yield* docker.stop(started.instanceId, 1)
      const end = Option.getOrThrow(yield* host.ended(run))
      assert.deepStrictEqual(end, { reason: "the engine ended with code 143", outOfMemory: false })
      assert.deepStrictEqual(yield* host.inspect(run), Option.none())
      assert.deepStrictEqual(yield* Fiber.join(told), Option.some(run))
      assert.strictEqual((yield* Effect.flip(host.start(specOf(gameId, 1))))._tag, "EngineGone")
      assert.strictEqual((yield* host.start(specOf(gameId, 2))).epoch, 2)
      assert.deepStrictEqual(yield* host.ended(run), Option.none())
    }).pipe(Effect.scoped)
  )

  it.live("have as much room as their host says", () =>
    Effect.gen(function* () {
      const { socketPath } = yield* daemon
      const host = yield* backend([hostOn(socketPath, { most: 1 })])
      const [one, two] = [yield* newGame, yield* newGame]
      yield* host.start(specOf(one, 1))
      assert.deepInclude(yield* Effect.flip(host.start(specOf(two, 1))), { noRoom: true, permanent: false })
      // The same game's next run takes the place of the last one.
      yield* host.start(specOf(one, 2))
      yield* host.stop(one, "alpha", 2)
      yield* host.start(specOf(two, 1))
    }).pipe(Effect.scoped)
  )

  it.live("keep their state on the host, or lose it with the container, as they were started", () =>
    Effect.gen(function* () {
      const { socketPath } = yield* daemon
      const host = yield* backend([hostOn(socketPath)])
      const docker = yield* client(socketPath)
      const gameId = yield* newGame
      yield* host.start(specOf(gameId, 1))
      assert.strictEqual((yield* docker.volumes([`galaxy.game=${gameId}`])).length, 1)
      yield* host.start(specOf(gameId, 2, { fresh: false }))
      assert.deepStrictEqual(yield* docker.volumes([`galaxy.game=${gameId}`]), [`galaxy-tests-${gameId}`])
      yield* host.stop(gameId, "alpha", 2)
      assert.strictEqual((yield* docker.volumes([`galaxy.game=${gameId}`])).length, 1)
      // A later run uses it.
      yield* host.start(specOf(gameId, 3, { fresh: false }))
      yield* host.discard(gameId, "alpha", 2)
      assert.strictEqual((yield* docker.volumes([`galaxy.game=${gameId}`])).length, 1)
      yield* host.discard(gameId, "alpha", 3)
      assert.deepStrictEqual(yield* docker.volumes([]), [])
    }).pipe(Effect.scoped)
  )

  it.live("stay away from networks that lead outside", () =>
    Effect.gen(function* () {
      const { socketPath } = yield* daemon
      const docker = yield* client(socketPath)
      yield* docker.createNetwork({ Name: "open", Internal: false })
      const open = yield* backend([hostOn(socketPath, { network: "open", reach: { by: "name" } })])
      const gameId = yield* newGame
      assert.include((yield* Effect.flip(open.start(specOf(gameId, 1)))).message, "isn't internal")
      const none = yield* backend([hostOn(socketPath, { network: "none-such", reach: { by: "name" } })])
      assert.include((yield* Effect.flip(none.start(specOf(gameId, 1)))).message, "there is no network none-such")
      assert.deepStrictEqual(yield* docker.list([]), [])
    }).pipe(Effect.scoped)
  )
})

describe("several Docker hosts", () => {
  it.live("each have their engines, and one that is away is missed and comes back", () =>
    Effect.gen(function* () {
      const alpha = yield* daemon
      const host = yield* backend([
        hostOn(alpha.socketPath),
        hostOn(`${alpha.socketPath}.beta`, { name: "beta", most: 5 })
      ])
      const [away, there] = [yield* newGame, yield* newGame]
      assert.deepInclude(yield* Effect.flip(host.start(specOf(away, 1, { hostId: "beta" }))), {
        _tag: "EngineHostUnavailable"
      })
      yield* host.start(specOf(there, 1))
      assert.deepStrictEqual(
        (yield* host.list).map((it) => it.gameId),
        [there]
      )
      const [first, second] = yield* host.hosts
      assert.deepInclude(first, { hostId: "alpha", answers: true, most: 100 })
      assert.deepInclude(second, { hostId: "beta", answers: false, most: 5 })
      assert.include(second?.trouble, "ENOENT")
      assert.isUndefined(yield* host.trouble ?? unknown)
      // It comes back by itself, and goes again.
      const link = yield* linkTo(alpha.socketPath, `${alpha.socketPath}.beta`)
      yield* eventually(host.hosts, (them) => them[1]?.answers === true)
      assert.deepStrictEqual((yield* host.list).map((it) => it.hostId).toSorted(), ["alpha", "beta"])
      yield* link.cut
      const cutAt = yield* Clock.currentTimeMillis
      yield* eventually(host.hosts, (them) => them[1]?.answers === false)
      // Since before that was found out.
      const asked = yield* Clock.currentTimeMillis
      const [answering, silent] = yield* host.hosts
      assert.isUndefined(answering?.silentFor)
      assert.isAtLeast(silent?.silentFor ?? -1, asked - cutAt)
      assert.deepStrictEqual(
        (yield* host.list).map((it) => it.hostId),
        ["alpha"]
      )
      const gamma = yield* Effect.flip(host.stop(there, "gamma", 1))
      assert.include(gamma.message, "no host gamma is configured")
    }).pipe(Effect.scoped)
  )

  it.live("that don't answer are named, each with its reason", () =>
    Effect.gen(function* () {
      const host = yield* backend([hostOn("/nowhere/docker.sock")])
      assert.match((yield* host.trouble ?? unknown) ?? "", /^no Docker host answers: alpha: .*ENOENT/)
      assert.deepStrictEqual(yield* host.list, [])
    }).pipe(Effect.scoped)
  )

  it.live("start nothing while it isn't known which incarnation the database is", () =>
    Effect.gen(function* () {
      const { socketPath } = yield* daemon
      const host = yield* backend([hostOn(socketPath)], { identity: Effect.fail({ message: "no database" }) })
      const gameId = yield* newGame
      const error = yield* Effect.flip(host.start(specOf(gameId, 1)))
      assert.deepInclude(error, { _tag: "EngineHostUnavailable" })
      assert.include(error.message, "no database")
    }).pipe(Effect.scoped)
  )
})
