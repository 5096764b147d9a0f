/**
 * `EngineHost` with one child process per game, each with its own state folder and a loopback port that it chooses.
 *
 * Calls for one game take turns, so that there is one engine per game. An engine of an earlier host may not have
 * noticed yet that its host has ended. It still holds the folder's lock, and the next engine waits for it.
 *
 * Only so many engines run at once: the others sleep, that is, their process has ended and their state is kept, and a
 * start wakes them.
 *
 * An engine's heap follows the number of its players. How an engine failed is kept until the next one is started.
 */
import { randomBytes, randomUUID } from "node:crypto"
import { mkdir, rm } from "node:fs/promises"
import { join } from "node:path"
import type { GameId } from "@galaxy/contract/ids/Ids"
import {
  type EngineEnd,
  EngineHost,
  EngineHostUnavailable,
  type EngineInstance,
  type EngineSpec,
  EngineStartFailed
} from "@galaxy/core/engine/EngineHost"
import { Duration, Effect, Exit, Layer, Option, Queue, RcMap, Redacted, Semaphore, type Scope } from "effect"
import { gauge } from "@galaxy/contract/telemetry/instruments"
import { Collecting } from "../telemetry/collecting.ts"
import { Awake, nowMs } from "./Awake.ts"
import { folderTrouble } from "../files/diskSpace.ts"
import { fileProblem } from "../files/problems.ts"
import { defaultHeap, type EngineHeap, heapFor } from "./EngineHeap.ts"
import { EngineProcess, type ProcessExit } from "./EngineProcess.ts"
import { type EngineProgram, programOf } from "./EngineProgram.ts"

/** Limits and timeouts of engine processes. By default: 64 engines, 20 s to start, 2 s to stop, asleep after 30 min. */
export interface ChildProcessOptions {
  /** State folders are in `games` below it. */
  readonly dataDir: string
  /** Engines that may run at once. If more are needed, those that have been idle longest are put to sleep. */
  readonly maxEngines?: number
  /** How long an engine is idle before it is put to sleep, though there is room. */
  readonly sleepAfter?: Duration.Input
  /** How long a start waits for room while all engines are at work. */
  readonly roomTimeout?: Duration.Input
  /** How large the heap of an engine may get; `defaultHeap` for what is absent. */
  readonly heap?: Partial<EngineHeap>
  /** Added to the reason of an engine that ran out of memory: what an operator can do about it. */
  readonly memoryAdvice?: string
  /** From its start until it listens, which includes waiting for the end of an earlier engine of the game. */
  readonly startTimeout?: Duration.Input
  /** How long an engine gets to end by itself before it is killed. */
  readonly stopTimeout?: Duration.Input
  /** The command for an image reference; only the built-in engine when absent. */
  readonly programOf?: (imageRef: string, heapMb: number) => EngineProgram | undefined
}

const defaults = {
  maxEngines: 64,
  sleepAfter: "30 minutes",
  roomTimeout: "20 seconds",
  memoryAdvice: "give engines a larger heap",
  startTimeout: "20 seconds",
  stopTimeout: "2 seconds",
  programOf
} as const satisfies Omit<ChildProcessOptions, "dataDir">

/** How long an engine that is ending is waited for when somebody asks how it ended. */
const endingTime = "1 second"

const noProgram = "the image can't be run as a child process"

/** How often engines are looked for that may sleep. */
const idleCheck = "30 seconds"

/** Most games whose last failure is kept. */
const mostEnds = 1_000

const memory = gauge("galaxy.engine.memory.usage")
const largest = gauge("galaxy.engine.memory.largest")

interface Running {
  readonly instance: EngineInstance
  readonly process: EngineProcess
}

interface LogLine {
  readonly gameId: GameId
  readonly line: string
}

/**
 * Engines end with the scope: SIGTERM first, SIGKILL after `stopTimeout`. `start` fails with `EngineStartFailed`,
 * permanently where the image can't be run here, and `discard` with `EngineHostUnavailable`.
 */
export const make = (options: ChildProcessOptions): Effect.Effect<EngineHost["Service"], never, Scope.Scope> =>
  Effect.gen(function* () {
    const { dataDir, maxEngines, memoryAdvice, startTimeout, stopTimeout, sleepAfter, roomTimeout, ...images } = {
      ...defaults,
      ...options
    }
    const heap = { ...defaultHeap, ...options.heap }
    const running = new Map<GameId, Running>()
    /** All processes that haven't ended, including those that don't listen yet. */
    const processes = new Set<EngineProcess>()
    /** How engines failed, the latest last. */
    const ends = new Map<GameId, EngineEnd>()
    const awake = new Awake()
    /** Games whose engine was put to sleep, with its process as long as that is ending. */
    const sleeping = new Map<GameId, EngineProcess | undefined>()
    let closing = false
    const notRead = (yield* Collecting).add(() => {
      const sizes = [...processes].map((it) => it.memory)
      memory(sizes.reduce((sum, it) => sum + it, 0))
      largest(Math.max(0, ...sizes))
    })
    yield* Effect.addFinalizer(() => Effect.sync(notRead))

    const logs = yield* Queue.sliding<LogLine>(1_000)
    yield* Effect.forkScoped(
      Effect.forever(
        Effect.flatMap(Queue.take(logs), ({ gameId, line }) =>
          Effect.logInfo(line).pipe(Effect.annotateLogs({ game_id: gameId, source: "engine" }))
        )
      )
    )

    const locks = yield* RcMap.make<GameId, Semaphore.Semaphore, never, never>({ lookup: () => Semaphore.make(1) })
    const alone = <A, E>(gameId: GameId, effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
      Effect.scoped(Effect.flatMap(RcMap.get(locks, gameId), (it) => it.withPermits(1)(effect)))

    const folder = (gameId: GameId) => join(dataDir, "games", gameId)

    const end = (process: EngineProcess) =>
      Effect.gen(function* () {
        process.terminate()
        const gone = Effect.promise(() => process.gone)
        const ended = yield* Effect.timeoutOption(gone, stopTimeout)
        if (Option.isSome(ended)) return
        process.kill()
        yield* gone
      })

    const note = (gameId: GameId, { how, outOfMemory }: ProcessExit, heapMb: number) => {
      ends.set(gameId, {
        reason: outOfMemory
          ? `the engine ran out of memory with a heap of ${heapMb} MiB; ${memoryAdvice}`
          : `the engine failed: ${how}`,
        outOfMemory
      })
      const [oldest] = ends.keys()
      if (ends.size > mostEnds && oldest !== undefined) ends.delete(oldest)
    }

    const failed = (reason: string, permanent = false) => new EngineStartFailed({ reason, permanent })

    /** Ends an idle engine and keeps its state. From now on nobody finds it. */
    const sleep = (gameId: GameId) =>
      Effect.suspend(() => {
        const found = running.get(gameId)
        awake.gone(gameId)
        if (found === undefined) return Effect.void
        running.delete(gameId)
        sleeping.set(gameId, found.process)
        return Effect.andThen(
          end(found.process),
          Effect.sync(() => {
            if (sleeping.get(gameId) === found.process) sleeping.set(gameId, undefined)
          })
        )
      })

    /** Waits for the end of an engine that is falling asleep: nobody may touch its folder before. */
    const asleep = (gameId: GameId) =>
      Effect.suspend(() => {
        const process = sleeping.get(gameId)
        return process === undefined ? Effect.void : end(process)
      })

    const launch = Effect.fnUntraced(function* (spec: EngineSpec) {
      ends.delete(spec.gameId)
      const heapMb = heapFor(heap, spec.players)
      const program = images.programOf(spec.imageRef, heapMb)
      if (program === undefined)
        return yield* new EngineStartFailed({
          reason: noProgram,
          permanent: true,
          imageMissing: true
        })
      if (closing) return yield* failed("the engine host is shutting down")
      yield* asleep(spec.gameId)
      const stateDir = folder(spec.gameId)
      const token = Redacted.make(randomBytes(32).toString("base64url"))
      const make = Effect.sync(() => {
        if (processes.size >= maxEngines) return Option.none()
        const process: EngineProcess = new EngineProcess({
          program,
          stateDir,
          version: spec.version,
          token,
          onLog: (line) => Queue.offerUnsafe(logs, { gameId: spec.gameId, line }),
          onExit: (exit) => {
            processes.delete(process)
            if (running.get(spec.gameId)?.process === process) {
              running.delete(spec.gameId)
              awake.gone(spec.gameId)
            }
            awake.notify()
            if (exit.wanted) return
            note(spec.gameId, exit, heapMb)
            Queue.offerUnsafe(logs, { gameId: spec.gameId, line: `the engine has failed: ${exit.how}` })
          }
        })
        processes.add(process)
        return Option.some(process)
      })
      yield* Effect.tryPromise({
        try: () => mkdir(stateDir, { recursive: true, mode: 0o700 }),
        catch: (cause) => failed(fileProblem(stateDir, cause, "move it away"))
      })
      return yield* Effect.acquireUseRelease(
        awake.makeRoom(make, sleep, Duration.fromInputUnsafe(roomTimeout)),
        (made) =>
          Effect.gen(function* () {
            if (Option.isNone(made)) {
              return yield* new EngineStartFailed({
                reason: `${maxEngines} engines are at work, which is the limit`,
                permanent: false,
                noRoom: true
              })
            }
            const process = made.value
            const outcome = yield* Effect.promise(() => process.started).pipe(
              Effect.timeoutOrElse({
                duration: startTimeout,
                orElse: () => Effect.succeed({ failure: "it didn't listen in time" })
              })
            )
            if ("failure" in outcome) return yield* failed(`the engine can't be started: ${outcome.failure}`)
            const instance = {
              gameId: spec.gameId,
              instanceId: `${process.pid}-${randomUUID()}`,
              endpoint: new URL(`http://127.0.0.1:${outcome.port}`),
              token
            }
            running.set(spec.gameId, { instance, process })
            sleeping.delete(spec.gameId)
            awake.started(spec.gameId, yield* nowMs)
            return instance
          }),
        (made, exit) => (Exit.isSuccess(exit) || Option.isNone(made) ? Effect.void : end(made.value))
      )
    })

    const inspect = (gameId: GameId) =>
      Effect.sync(() => {
        const found = running.get(gameId)
        return found?.process.alive === true ? Option.some(found.instance) : Option.none()
      })

    const hold = (gameId: GameId) =>
      Effect.acquireRelease(
        Effect.map(nowMs, (now) => {
          const found = running.get(gameId)
          return found?.process.alive === true
            ? Option.some({ instance: found.instance, letGo: awake.hold(gameId, now) })
            : Option.none()
        }),
        (held) =>
          Effect.map(nowMs, (now) => {
            if (Option.isSome(held)) held.value.letGo(now)
          })
      ).pipe(Effect.map(Option.map((it) => it.instance)))

    const ended = (gameId: GameId) =>
      Effect.suspend(() => {
        const found = running.get(gameId)
        const gone = found === undefined ? Effect.void : Effect.promise(() => found.process.gone)
        return Effect.map(Effect.timeoutOption(gone, endingTime), () => Option.fromUndefinedOr(ends.get(gameId)))
      })

    const forgetSleep = (gameId: GameId) => Effect.sync(() => void sleeping.delete(gameId))

    /** From its beginning on nobody finds the engine: a call that came later would be cut off. */
    const stop = (gameId: GameId) =>
      Effect.suspend(() => (running.has(gameId) ? Effect.andThen(sleep(gameId), forgetSleep(gameId)) : asleep(gameId)))

    yield* Effect.forkScoped(
      Effect.forever(
        Effect.gen(function* () {
          yield* Effect.sleep(idleCheck)
          // Looked up anew before each one: an engine takes its time to end, and another may be needed meanwhile.
          for (;;) {
            const [next] = awake.idleFor(Duration.fromInputUnsafe(sleepAfter), yield* nowMs)
            if (next === undefined) return
            yield* sleep(next)
          }
        })
      )
    )

    yield* Effect.addFinalizer(() =>
      Effect.suspend(() => {
        closing = true
        return Effect.forEach([...processes], end, { concurrency: "unbounded", discard: true })
      })
    )

    return EngineHost.of({
      start: Effect.fn("EngineHost.start")((spec) =>
        alone(
          spec.gameId,
          Effect.gen(function* () {
            const found = yield* inspect(spec.gameId)
            if (Option.isSome(found)) {
              awake.used(spec.gameId, yield* nowMs)
              return found.value
            }
            // Dead, but not yet cleared away.
            yield* stop(spec.gameId)
            return yield* launch(spec)
          })
        )
      ),
      inspect,
      hold,
      trouble: folderTrouble(join(dataDir, "games"), "engines keep their states there"),
      imageTrouble: (imageRef) =>
        Effect.sync(() => (images.programOf(imageRef, heap.base) === undefined ? noProgram : undefined)),
      ended: Effect.fn("EngineHost.ended")(ended),
      stop: Effect.fn("EngineHost.stop")((gameId) => alone(gameId, Effect.andThen(stop(gameId), forgetSleep(gameId)))),
      discard: Effect.fn("EngineHost.discard")((gameId) =>
        alone(
          gameId,
          Effect.andThen(
            Effect.andThen(
              Effect.andThen(stop(gameId), forgetSleep(gameId)),
              Effect.sync(() => ends.delete(gameId))
            ),
            Effect.tryPromise({
              try: () => rm(folder(gameId), { recursive: true, force: true, maxRetries: 3 }),
              catch: () => new EngineHostUnavailable({ reason: "the folder of the game's state can't be removed" })
            })
          )
        )
      ),
      asleep: Effect.sync(() => new Set(sleeping.keys())),
      list: Effect.sync(() => [...running.values()].filter((it) => it.process.alive).map((it) => it.instance))
    })
  })

/** Never fails to build; problems show when an engine is started. */
export const layer = (options: ChildProcessOptions): Layer.Layer<EngineHost> => Layer.effect(EngineHost, make(options))
