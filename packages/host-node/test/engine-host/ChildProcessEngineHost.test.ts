import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir, totalmem } from "node:os"
import { join } from "node:path"
import { GameId } from "@galaxy/contract/ids/Ids"
import { newId } from "@galaxy/core/shared/NewId"
import { type EngineHost, type EngineSpec, localHost } from "@galaxy/core/engine/EngineHost"
import * as MovableClock from "@galaxy/testkit/MovableClock"
import * as ChildProcessEngineHost from "@galaxy/host-node/engine-host/ChildProcessEngineHost"
import { defaultHeap, heapFor } from "@galaxy/host-node/engine-host/EngineHeap"
import { builtinImage, programOf } from "@galaxy/host-node/engine-host/EngineProgram"
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Fiber, Logger, Option, Redacted } from "effect"

const temporary = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "galaxy-engine-host-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
)

const newGame = Effect.map(newId, (id) => GameId.make(id))

/** Programs that stand in for engines; an image's reference is its name here. */
const listening = `console.log(JSON.stringify({ event: "listening", port: 4, pid: process.pid }))`
const programs: Readonly<Record<string, string>> = {
  good: `${listening}; process.stdin.on("end", () => process.exit(0)).resume()`,
  stubborn: `process.on("SIGTERM", () => {}); ${listening}; setInterval(() => {}, 1000)`,
  silent: `console.error("up " + process.pid); setInterval(() => {}, 1000)`,
  chatty: `console.log("hello"); console.log("{}"); console.log('{"event":"listening","port":"x"}'); console.log('{"event":"listening","port":70000}'); ${listening}; setInterval(() => {}, 1000)`,
  broken: `console.error("the state is broken"); process.exit(3)`,
  endless: `process.stdout.write("x".repeat(3e6)); process.stderr.write("y".repeat(3e6) + "\\n", () => { console.log(""); ${listening} }); setInterval(() => {}, 1000)`,
  hungry: `console.error("ready to eat"); ${listening}; setTimeout(() => { const all = []; for (;;) all.push([Math.random()]) }, 100)`,
  "hungry at once": `console.error("ready to eat"); const all = []; for (;;) all.push([Math.random()])`,
  telling: `console.error(JSON.stringify(process.env)); process.exit(1)`
}

const logs: Array<string> = []
const logger = Logger.layer([
  Logger.make(({ message }) => {
    logs.push(String(Array.isArray(message) ? message[0] : message))
  })
])

/** A host whose engines are named by their games: a start is in the next epoch, unless an engine of the game runs. */
const byGame = (host: EngineHost["Service"]) => {
  const epochs = new Map<GameId, number>()
  const run = (gameId: GameId) => ({ gameId, hostId: localHost, epoch: epochs.get(gameId) ?? 0 })
  const inspect = (gameId: GameId) => Effect.orDie(host.inspect(run(gameId)))
  return {
    ...host,
    inspect,
    start: (spec: Pick<EngineSpec, "gameId" | "imageRef" | "version" | "players">) =>
      Effect.gen(function* () {
        const { epoch, gameId } = run(spec.gameId)
        if (Option.isNone(yield* inspect(gameId))) epochs.set(gameId, epoch + 1)
        const token = Redacted.make(`token-of-${gameId}`)
        return yield* host.start({ ...spec, ...run(gameId), token, fresh: false })
      }).pipe(
        Effect.catchIf(
          (error) => error._tag !== "EngineStartFailed",
          (error) => Effect.die(error)
        )
      ),
    hold: (gameId: GameId) => Effect.andThen(host.hold(run(gameId)), inspect(gameId)),
    ended: (gameId: GameId) => host.ended(run(gameId)),
    stop: (gameId: GameId) => host.stop(gameId, localHost, 1_000),
    discard: (gameId: GameId) => host.discard(gameId, localHost, 1_000)
  }
}
type ByGame = ReturnType<typeof byGame>

const hostOf = (options: Partial<ChildProcessEngineHost.ChildProcessOptions> = {}) =>
  Effect.gen(function* () {
    const dataDir = yield* temporary
    const host = yield* ChildProcessEngineHost.make({
      dataDir,
      programOf: (image, heapMb) => {
        const program = programs[image]
        return program === undefined
          ? undefined
          : { file: process.execPath, args: [`--max-old-space-size=${heapMb}`, "-e", program] }
      },
      ...options
    })
    return byGame(host)
  })

const pidOf = (instance: { readonly instanceId: string }) => Number.parseInt(instance.instanceId, 10)

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

const until = (wanted: Effect.Effect<boolean>) =>
  Effect.repeat(Effect.andThen(Effect.sleep("10 millis"), wanted), { until: (it) => it }).pipe(
    Effect.timeout("90 seconds")
  )

/** Waits until a silent engine is up, and answers its process. */
const silentOne = Effect.gen(function* () {
  const find = () => logs.findIndex((it) => it.startsWith("up "))
  yield* until(Effect.sync(() => find() >= 0))
  const [line] = logs.splice(find(), 1)
  return Number(line?.slice(3))
})

const live = (name: string, test: Effect.Effect<void, unknown>) =>
  it.live(name, () => test.pipe(Effect.provide(logger)))

describe("engines as child processes", () => {
  live(
    "an engine that was killed is gone, and another can be started",
    Effect.gen(function* () {
      const host = yield* hostOf()
      const gameId = yield* newGame
      const start = host.start({ gameId, imageRef: "good", version: "1.0.0", players: 2 })
      const first = yield* start
      process.kill(pidOf(first), "SIGKILL")
      yield* until(Effect.map(host.inspect(gameId), Option.isNone))
      assert.deepStrictEqual(yield* host.list, [])
      const second = yield* start
      assert.notStrictEqual(second.instanceId, first.instanceId)
      yield* until(
        Effect.sync(() =>
          logs.some((it) => it.startsWith("the engine has failed: it was killed by signal SIGKILL, as the system does"))
        )
      )
    }).pipe(Effect.scoped)
  )

  live(
    "a run on another host isn't known to have ended",
    Effect.gen(function* () {
      const dataDir = yield* temporary
      const host = yield* ChildProcessEngineHost.make({ dataDir, hostId: "one" })
      const run = { gameId: yield* newGame, hostId: "two", epoch: 1 }
      assert.isTrue(yield* Effect.scoped(host.hold(run)))
      assert.strictEqual((yield* Effect.flip(host.inspect(run)))._tag, "EngineHostUnavailable")
      const own = { ...run, hostId: "one" }
      assert.isFalse(yield* Effect.scoped(host.hold(own)))
      assert.isTrue(Option.isNone(yield* host.inspect(own)))
    }).pipe(Effect.scoped)
  )

  live(
    "an engine that runs out of memory is reported as such, in one sentence",
    Effect.gen(function* () {
      logs.length = 0
      const advice = "give it more"
      const host = yield* hostOf({ heap: { base: 20, perPlayer: 2 }, memoryAdvice: advice })
      const gameId = yield* newGame
      const sized = { gameId, version: "1.0.0", players: 3 }
      const reason = "the engine ran out of memory with a heap of 26 MiB; give it more"
      yield* host.start({ ...sized, imageRef: "hungry" })
      yield* until(Effect.map(host.inspect(gameId), Option.isNone))
      assert.deepStrictEqual(yield* host.ended(gameId), Option.some({ reason, outOfMemory: true }))
      // Nor does it take being up to run out.
      const error = yield* Effect.flip(host.start({ ...sized, imageRef: "hungry at once" }))
      assert.match(error.reason, /^the engine can't be started: it ran out of memory \([^)]*\); ready to eat$/)
      assert.deepStrictEqual(yield* host.ended(gameId), Option.some({ reason, outOfMemory: true }))
      yield* until(Effect.sync(() => logs.filter((it) => it.startsWith("the engine has failed")).length === 2))
      // V8 has several words for it, but one sentence each time.
      const said = "the engine has failed: it ran out of memory (… JavaScript heap out of memory)"
      assert.deepStrictEqual(
        logs.map((it) => it.replace(/\(.* (JavaScript heap out of memory)\)$/, "(… $1)")),
        ["ready to eat", said, "ready to eat", said]
      )
      // The next engine makes a new start, and an end that was asked for is no failure.
      yield* host.start({ ...sized, imageRef: "good" })
      assert.isTrue(Option.isNone(yield* host.ended(gameId)))
      yield* host.stop(gameId)
      assert.isTrue(Option.isNone(yield* host.ended(gameId)))
    }).pipe(Effect.scoped)
  )

  live(
    "an engine that is killed while it is asked to end was not ended by that",
    Effect.gen(function* () {
      const host = yield* hostOf({ stopTimeout: "10 seconds" })
      const gameId = yield* newGame
      const pid = pidOf(yield* host.start({ gameId, imageRef: "stubborn", version: "1.0.0", players: 2 }))
      const stopping = yield* Effect.forkChild(host.stop(gameId), { startImmediately: true })
      process.kill(pid, "SIGKILL")
      yield* Fiber.join(stopping)
      assert.include(Option.getOrThrow(yield* host.ended(gameId)).reason, "killed by signal SIGKILL")
      yield* host.discard(gameId)
      assert.isTrue(Option.isNone(yield* host.ended(gameId)))
    }).pipe(Effect.scoped)
  )

  live(
    "an engine that found no room has not run: the same epoch is started once there is some",
    Effect.gen(function* () {
      const { dataDir } = { dataDir: yield* temporary }
      const host = yield* ChildProcessEngineHost.make({
        dataDir,
        maxEngines: 1,
        roomTimeout: "100 millis",
        programOf: () => ({ file: process.execPath, args: ["-e", programs["good"] ?? ""] })
      })
      const [one, two] = yield* Effect.all([newGame, newGame])
      const run = (gameId: GameId) => ({ gameId, hostId: localHost, epoch: 1 })
      const rest = { token: Redacted.make("a-token"), imageRef: "good", version: "1.0.0", players: 2, fresh: false }
      const first = yield* host.start({ ...run(one), ...rest })
      yield* Effect.scoped(
        Effect.gen(function* () {
          assert.isTrue(yield* host.hold(first))
          assert.deepInclude(yield* Effect.flip(host.start({ ...run(two), ...rest })), { noRoom: true })
        })
      )
      // The first one falls asleep, and its epoch is over.
      assert.strictEqual((yield* host.start({ ...run(two), ...rest })).epoch, 1)
      assert.strictEqual((yield* Effect.flip(host.start({ ...run(one), ...rest })))._tag, "EngineGone")
      assert.isFalse(yield* Effect.scoped(host.hold(run(one))))
    }).pipe(Effect.scoped)
  )

  live(
    "an engine that doesn't want to end is killed",
    Effect.gen(function* () {
      const host = yield* hostOf({ stopTimeout: "100 millis" })
      const gameId = yield* newGame
      const pid = pidOf(yield* host.start({ gameId, imageRef: "stubborn", version: "1.0.0", players: 2 }))
      assert.isTrue(isAlive(pid))
      yield* host.stop(gameId)
      assert.isFalse(isAlive(pid))
      assert.isTrue(Option.isNone(yield* host.inspect(gameId)))
    }).pipe(Effect.scoped)
  )

  live(
    "an engine that is asked to end isn't found by later calls, and the next start waits for its end",
    Effect.gen(function* () {
      const host = yield* hostOf({ stopTimeout: "1 second" })
      const gameId = yield* newGame
      const spec = { gameId, imageRef: "stubborn", version: "1.0.0", players: 2 }
      const pid = pidOf(yield* host.start(spec))
      const stop = yield* Effect.forkChild(host.stop(gameId))
      while (Option.isSome(yield* host.inspect(gameId))) yield* Effect.yieldNow
      assert.isTrue(isAlive(pid))
      assert.isTrue(Option.isNone(yield* Effect.scoped(host.hold(gameId))))
      // Even if nobody waits for the stop any longer.
      yield* Fiber.interrupt(stop)
      const next = pidOf(yield* host.start(spec))
      assert.isFalse(isAlive(pid))
      assert.notStrictEqual(next, pid)
      yield* host.stop(gameId)
      assert.isFalse((yield* host.asleep).has(gameId))
    }).pipe(Effect.scoped)
  )

  live(
    "when the host ends all engines end, at the same time",
    Effect.gen(function* () {
      const pids: Array<number> = []
      let closing = 0
      let one = 0
      yield* Effect.scoped(
        Effect.gen(function* () {
          const host = yield* hostOf({ stopTimeout: "2 seconds" })
          const alone = yield* newGame
          yield* host.start({ gameId: alone, imageRef: "stubborn", version: "1.0.0", players: 2 })
          const told = performance.now()
          yield* host.stop(alone)
          one = performance.now() - told
          for (const imageRef of ["stubborn", "stubborn", "stubborn", "good"]) {
            pids.push(pidOf(yield* host.start({ gameId: yield* newGame, imageRef, version: "1.0.0", players: 2 })))
          }
          // One more is still being waited for.
          yield* Effect.forkChild(
            host.start({ gameId: yield* newGame, imageRef: "silent", version: "1.0.0", players: 2 })
          )
          pids.push(yield* silentOne)
          closing = performance.now()
        })
      )
      // One after the other would be three times as long, however slow the machine is.
      const most = Math.max(5_500, 2.5 * one)
      assert.isBelow(performance.now() - closing, most, "three stubborn ones take as long as one")
      assert.deepStrictEqual(
        pids.map((pid) => isAlive(pid)),
        [false, false, false, false, false]
      )
    })
  )

  live(
    "an engine that never listens is ended, and its start fails",
    Effect.gen(function* () {
      const host = yield* hostOf({ startTimeout: "300 millis", maxEngines: 1 })
      const gameId = yield* newGame
      const error = yield* Effect.flip(host.start({ gameId, imageRef: "silent", version: "1.0.0", players: 2 }))
      assert.match(error.reason, /didn't listen in time/)
      logs.length = 0
      assert.isFalse(error.permanent)
      // Its place is free again.
      const next = yield* Effect.flip(host.start({ gameId, imageRef: "broken", version: "1.0.0", players: 2 }))
      assert.notMatch(next.reason, /run already/)
    }).pipe(Effect.scoped)
  )

  live(
    "a start that nobody waits for any longer leaves no process",
    Effect.gen(function* () {
      const host = yield* hostOf({ maxEngines: 1 })
      const gameId = yield* newGame
      const starting = yield* Effect.forkChild(host.start({ gameId, imageRef: "silent", version: "1.0.0", players: 2 }))
      const pid = yield* silentOne
      yield* Fiber.interrupt(starting)
      assert.isFalse(isAlive(pid))
      yield* host.start({ gameId, imageRef: "good", version: "1.0.0", players: 2 })
    }).pipe(Effect.scoped)
  )

  live(
    "an engine that ends at once says why",
    Effect.gen(function* () {
      const host = yield* hostOf()
      const error = yield* Effect.flip(
        host.start({ gameId: yield* newGame, imageRef: "broken", version: "1.0.0", players: 2 })
      )
      assert.strictEqual(error.reason, "the engine can't be started: it ended with code 3; the state is broken")
    }).pipe(Effect.scoped)
  )

  live(
    "a program that isn't there is a failed start",
    Effect.gen(function* () {
      const host = yield* hostOf({ programOf: () => ({ file: "/nowhere/engine", args: [] }) })
      const error = yield* Effect.flip(
        host.start({ gameId: yield* newGame, imageRef: "any", version: "1.0.0", players: 2 })
      )
      assert.match(error.reason, /could not be started.*ENOENT/)
    }).pipe(Effect.scoped)
  )

  live(
    "other output than the one line is not mistaken for it",
    Effect.gen(function* () {
      const host = yield* hostOf()
      const { endpoint } = yield* host.start({
        gameId: yield* newGame,
        imageRef: "chatty",
        version: "1.0.0",
        players: 2
      })
      assert.strictEqual(endpoint.origin, "http://127.0.0.1:4")
    }).pipe(Effect.scoped)
  )

  live(
    "a line without end is cut",
    Effect.gen(function* () {
      const host = yield* hostOf()
      yield* host.start({ gameId: yield* newGame, imageRef: "endless", version: "1.0.0", players: 2 })
      yield* until(Effect.sync(() => logs.some((it) => it.startsWith("yyyy"))))
      assert.isTrue(logs.filter((it) => it.startsWith("y")).every((it) => it.length <= 4_000))
    }).pipe(Effect.scoped)
  )

  live(
    "engines know nothing of the platform's environment",
    Effect.gen(function* () {
      process.env["BACKEND_SECRET_KEY"] = "the platform's secret"
      const host = yield* hostOf()
      const gameId = yield* newGame
      yield* Effect.flip(host.start({ gameId, imageRef: "telling", version: "2.3.4", players: 2 }))
      delete process.env["BACKEND_SECRET_KEY"]
      const told = logs.find((it) => it.includes("GALAXY_STATE_DIR") && it.includes(gameId)) ?? "{}"
      const env = JSON.parse(told) as Readonly<Record<string, string>>
      assert.notInclude(told, "secret")
      assert.deepInclude(env, {
        GALAXY_ENGINE_ADDR: "127.0.0.1:0",
        GALAXY_ENGINE_VERSION: "2.3.4",
        GALAXY_EXIT_WITH_PARENT: "1"
      })
      // It has a token, and whatever it says of it stays out of the log.
      assert.strictEqual(env["GALAXY_ENGINE_TOKEN"], "<token>")
      assert.isFalse("NODE_OPTIONS" in env)
    }).pipe(Effect.scoped)
  )

  const spec = (gameId: GameId) => ({ gameId, imageRef: "good", version: "1.0.0", players: 2 })
  const running = (host: ByGame) => Effect.map(host.list, (all) => all.map((it) => it.gameId))

  live(
    "the engine that has been idle longest makes room, but none that is held",
    Effect.gen(function* () {
      const host = yield* hostOf({ maxEngines: 2, roomTimeout: "300 millis" })
      const [one, two, three] = yield* Effect.all([newGame, newGame, newGame])
      for (const gameId of [one, two]) {
        yield* host.start(spec(gameId))
        yield* Effect.scoped(host.hold(gameId))
      }
      yield* Effect.scoped(host.hold(one))
      const before = Option.getOrThrow(yield* host.inspect(two))
      yield* host.start(spec(three))
      assert.sameMembers(yield* running(host), [one, three])
      assert.isFalse(isAlive(pidOf(before)))
      assert.deepStrictEqual([...(yield* host.asleep)], [two])
      assert.isTrue(Option.isNone(yield* host.ended(two)), "it hasn't failed")
      assert.isTrue(Option.isNone(yield* Effect.scoped(host.hold(two))))
      // Woken, it is another run of the same game.
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* host.hold(three)
          const woken = yield* host.start(spec(two))
          assert.notStrictEqual(woken.instanceId, before.instanceId)
          assert.sameMembers(yield* running(host), [two, three])
          yield* host.hold(two)
          assert.deepInclude(yield* Effect.flip(host.start(spec(one))), { permanent: false, noRoom: true })
          const waiting = yield* Effect.forkChild(host.start(spec(one)), { startImmediately: true })
          yield* Effect.sleep("50 millis")
          yield* host.stop(three)
          yield* Fiber.join(waiting)
        })
      )
      yield* host.stop(one)
      yield* host.discard(two)
      assert.deepStrictEqual([...(yield* host.asleep)], [])
    }).pipe(Effect.scoped)
  )

  live(
    "twenty games take turns with three processes, and none is refused",
    Effect.gen(function* () {
      const host = yield* hostOf({ maxEngines: 3 })
      const games = yield* Effect.all(Array.from({ length: 20 }, () => newGame))
      let most = 0
      const play = (gameId: GameId) =>
        Effect.gen(function* () {
          yield* host.start(spec(gameId))
          const held = yield* host.hold(gameId)
          if (Option.isNone(held)) return false
          most = Math.max(most, (yield* host.list).length)
          yield* Effect.sleep("20 millis")
          return isAlive(pidOf(held.value))
        }).pipe(Effect.scoped, Effect.repeat({ until: (done) => done }))
      for (let turn = 0; turn < 2; turn++) yield* Effect.forEach(games, play, { concurrency: "unbounded" })
      assert.isAtMost(most, 3)
      assert.isAtMost((yield* host.list).length, 3)
    }).pipe(Effect.scoped)
  )

  live(
    "an engine that nobody has used for long sleeps, though there is room",
    Effect.gen(function* () {
      const clock = MovableClock.make()
      yield* Effect.gen(function* () {
        const host = yield* hostOf({ sleepAfter: "10 minutes" })
        const [one, two] = yield* Effect.all([newGame, newGame])
        yield* host.start(spec(one))
        yield* host.start(spec(two))
        yield* host.hold(two)
        yield* clock.advance("11 minutes")
        yield* until(Effect.map(host.asleep, (it) => it.has(one)))
        assert.deepStrictEqual(yield* running(host), [two])
      }).pipe(Effect.provideService(Clock.Clock, clock))
    }).pipe(Effect.scoped)
  )

  live(
    "one that is needed while another falls asleep stays awake",
    Effect.gen(function* () {
      const clock = MovableClock.make()
      yield* Effect.gen(function* () {
        const host = yield* hostOf({ sleepAfter: "10 minutes", stopTimeout: "1 second" })
        const [one, two] = yield* Effect.all([newGame, newGame])
        yield* host.start({ ...spec(one), imageRef: "stubborn" })
        yield* host.start(spec(two))
        yield* clock.advance("11 minutes")
        yield* until(Effect.map(host.asleep, (it) => it.has(one)))
        const held = yield* host.hold(two)
        assert.isTrue(Option.isSome(held))
        yield* until(Effect.as(clock.advance("1 second"), true))
        yield* Effect.promise(() => new Promise((done) => setTimeout(done, 300)))
        assert.deepStrictEqual(yield* running(host), [two])
      }).pipe(Effect.provideService(Clock.Clock, clock))
    }).pipe(Effect.scoped)
  )

  live(
    "says what keeps it from starting engines, and which images it can't start",
    Effect.gen(function* () {
      const dataDir = yield* temporary
      writeFileSync(join(dataDir, "file"), "")
      const blocked = yield* ChildProcessEngineHost.make({ dataDir: join(dataDir, "file") })
      assert.match(
        (yield* blocked.trouble ?? Effect.undefined) ?? "",
        /can't be a folder, because a file is in its place/
      )
      const host = yield* ChildProcessEngineHost.make({ dataDir: join(dataDir, "made", "later") })
      assert.isUndefined(yield* host.trouble ?? Effect.succeed("unknown"))
      assert.isFalse(existsSync(join(dataDir, "made")))
      assert.isUndefined(yield* host.imageTrouble?.(builtinImage) ?? Effect.succeed("unknown"))
      assert.strictEqual(
        yield* host.imageTrouble?.("registry/engine:1.0.0") ?? Effect.undefined,
        "the image can't be run as a child process"
      )
    }).pipe(Effect.scoped)
  )

  it("the heap follows the number of players, up to a bound", () => {
    const heap = { base: 100, perPlayer: 10, most: 300 }
    assert.deepStrictEqual(
      [0, 2, 20, 21, 250].map((players) => heapFor(heap, players)),
      [100, 120, 300, 300, 300]
    )
    assert.isAtMost(defaultHeap.most, totalmem() / 1_048_576)
  })

  it("the built-in engine is the only image, in whatever version it was registered", () => {
    assert.include(programOf(builtinImage, 128)?.args.join(" "), "--max-old-space-size=128 ")
    assert.deepStrictEqual(programOf("builtin:0.0.9", 128), programOf(builtinImage, 128))
    for (const image of ["", "builtin:", "builtin:1", "builtin:1.2.3; rm", "registry/engine:1.0.0"]) {
      assert.isUndefined(programOf(image, 128), image)
    }
  })
})
