/**
 * `EngineHost` with one child process per game, each with its own state folder and a loopback port that it chooses.
 *
 * This is one host, whose id goes with the folder of the states. Calls for one game take turns, so that there is one engine per game. An engine of an earlier host may not have
 * noticed yet that its host has ended. It still holds the folder's lock, and the next engine waits for it.
 *
 * Only so many engines run at once: the others sleep, that is, their process has ended and their state is kept, and a
 * start wakes them.
 *
 * An engine's heap follows the number of its players. How an engine failed is kept until the next one is started.
 */
import { randomUUID } from "node:crypto"
import { mkdir, rm } from "node:fs/promises"
import { join } from "node:path"
import type { GameId } from "@galaxy/contract/ids/Ids"
import {
  type EngineEnd,
  EngineGone,
  EngineHost,
  EngineHostUnavailable,
  type EngineInstance,
  type EngineRun,
  type EngineSpec,
  EngineStale,
  EngineStartFailed,
  localHost
} from "@galaxy/core/engine/EngineHost"
import { Duration, Effect, Exit, Layer, Option, Queue, RcMap, Semaphore, type Scope } from "effect"
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
  /**
   * The host's id, which belongs to the folder: the games of `dataDir` are found by it. `local` when absent. A function
   * is called until it returns one; while it throws, the host doesn't answer.
   */
  readonly hostId?: string | (() => string)
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
  hostId: localHost,
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
  readonly fresh: boolean
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
    const {
      dataDir,
      hostId: named,
      maxEngines,
      memoryAdvice,
      startTimeout,
      stopTimeout,
      sleepAfter,
      roomTimeout,
      ...images
    } = {
      ...defaults,
      ...options
    }
    const heap = { ...defaultHeap, ...options.heap }
    let known = typeof named === "string" ? named : undefined
    const id = (): string => (known ??= typeof named === "string" ? named : named())
    const isHere = (hostId: string): boolean => {
      try {
        return id() === hostId
      } catch {
        return false
      }
    }
    /** Of another host, which nothing is known of here. */
    const isElsewhere = (hostId: string): boolean => {
      try {
        return id() !== hostId
      } catch {
        return false
      }
    }
    const running = new Map<GameId, Running>()
    /** All processes that haven't ended, including those that don't listen yet. */
    const processes = new Set<EngineProcess>()
    /** How engines failed, the latest last. */
    const ends = new Map<GameId, { readonly epoch: number; readonly end: EngineEnd }>()
    /** The latest epoch in which a process of the game was started here. */
    const latest = new Map<GameId, number>()
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

    const note = ({ gameId, epoch }: EngineRun, { how, outOfMemory }: ProcessExit, heapMb: number) => {
      const reason = outOfMemory
        ? `the engine ran out of memory with a heap of ${heapMb} MiB; ${memoryAdvice}`
        : `the engine failed: ${how}`
      ends.set(gameId, { epoch, end: { reason, outOfMemory } })
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
      if (spec.fresh) yield* removeState(spec.gameId)
      const make = Effect.sync(() => {
        if (processes.size >= maxEngines) return Option.none()
        const process: EngineProcess = new EngineProcess({
          program,
          stateDir,
          version: spec.version,
          token: spec.token,
          onLog: (line) => Queue.offerUnsafe(logs, { gameId: spec.gameId, line }),
          onExit: (exit) => {
            processes.delete(process)
            if (running.get(spec.gameId)?.process === process) {
              running.delete(spec.gameId)
              awake.gone(spec.gameId)
            }
            awake.notify()
            if (exit.wanted) return
            note(spec, exit, heapMb)
            Queue.offerUnsafe(logs, { gameId: spec.gameId, line: `the engine has failed: ${exit.how}` })
          }
        })
        processes.add(process)
        latest.set(spec.gameId, spec.epoch)
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
              hostId: spec.hostId,
              epoch: spec.epoch,
              instanceId: `${process.pid}-${randomUUID()}`,
              endpoint: new URL(`http://127.0.0.1:${outcome.port}`)
            }
            running.set(spec.gameId, { instance, process, fresh: spec.fresh })
            sleeping.delete(spec.gameId)
            awake.started(spec.gameId, yield* nowMs)
            return instance
          }),
        (made, exit) => (Exit.isSuccess(exit) || Option.isNone(made) ? Effect.void : end(made.value))
      )
    })

    /** The game's engine, whatever its epoch, while its process lives. */
    const present = (gameId: GameId): Running | undefined => {
      const found = running.get(gameId)
      return found?.process.alive === true ? found : undefined
    }

    const runOf = (run: EngineRun): Running | undefined => {
      const found = present(run.gameId)
      return isHere(run.hostId) && found?.instance.epoch === run.epoch ? found : undefined
    }

    const notHere = (hostId: string) => new EngineHostUnavailable({ reason: `there is no engine host ${hostId} here` })

    const inspect = (run: EngineRun) =>
      Effect.suspend(() =>
        isElsewhere(run.hostId)
          ? Effect.fail(notHere(run.hostId))
          : Effect.succeed(Option.fromUndefinedOr(runOf(run)?.instance))
      )

    const holdHere = (run: EngineRun) =>
      Effect.acquireRelease(
        Effect.map(nowMs, (now) => (runOf(run) === undefined ? undefined : awake.hold(run.gameId, now))),
        (letGo) => Effect.map(nowMs, (now) => letGo?.(now))
      ).pipe(Effect.map((letGo) => letGo !== undefined))

    const hold = (run: EngineRun) =>
      Effect.suspend(() => (isElsewhere(run.hostId) ? Effect.succeed(true) : holdHere(run)))

    const ended = ({ gameId, epoch }: EngineRun) =>
      Effect.suspend(() => {
        const found = running.get(gameId)
        const gone = found?.instance.epoch === epoch ? Effect.promise(() => found.process.gone) : Effect.void
        return Effect.map(Effect.timeoutOption(gone, endingTime), () => {
          const known = ends.get(gameId)
          return known?.epoch === epoch ? Option.some(known.end) : Option.none()
        })
      })

    const forgetSleep = (gameId: GameId) => Effect.sync(() => void sleeping.delete(gameId))

    const removeState = (gameId: GameId) =>
      Effect.promise(() => rm(folder(gameId), { recursive: true, force: true, maxRetries: 3 })).pipe(
        Effect.catchDefect(() =>
          Effect.fail(new EngineHostUnavailable({ reason: "the folder of the game's state can't be removed" }))
        )
      )

    /** From its beginning on nobody finds the engine: a call that came later would be cut off. */
    const endAny = (gameId: GameId) =>
      Effect.suspend(() => (running.has(gameId) ? Effect.andThen(sleep(gameId), forgetSleep(gameId)) : asleep(gameId)))

    /** Ends the engine for good, if its epoch is no higher. Returns false for a higher one. */
    const stop = (gameId: GameId, upTo: number) =>
      Effect.suspend(() => {
        const fresh = running.get(gameId)?.fresh === true
        return (latest.get(gameId) ?? 0) > upTo
          ? Effect.succeed(false)
          : endAny(gameId).pipe(
              Effect.andThen(forgetSleep(gameId)),
              Effect.andThen(fresh ? removeState(gameId) : Effect.void),
              Effect.as(true)
            )
      })

    /** What runs elsewhere is none of this host's business. */
    const here = <E>(gameId: GameId, at: string, work: Effect.Effect<unknown, E>) =>
      isHere(at) ? alone(gameId, Effect.asVoid(work)) : Effect.void

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

    const start = (spec: EngineSpec) =>
      Effect.gen(function* () {
        const known = latest.get(spec.gameId) ?? 0
        if (known > spec.epoch) return yield* new EngineStale({ epoch: known })
        const found = present(spec.gameId)
        if (found !== undefined && found.instance.epoch === spec.epoch) {
          awake.used(spec.gameId, yield* nowMs)
          return found.instance
        }
        if (known === spec.epoch) return yield* new EngineGone()
        // One of a lower epoch, or one that is dead and not yet cleared away.
        yield* endAny(spec.gameId)
        return yield* launch(spec)
      })

    return EngineHost.of({
      start: Effect.fn("EngineHost.start")((spec) =>
        isHere(spec.hostId) ? alone(spec.gameId, start(spec)) : Effect.fail(notHere(spec.hostId))
      ),
      inspect,
      hold,
      trouble: folderTrouble(join(dataDir, "games"), "engines keep their states there"),
      imageTrouble: (imageRef) =>
        Effect.sync(() => (images.programOf(imageRef, heap.base) === undefined ? noProgram : undefined)),
      ended: Effect.fn("EngineHost.ended")(ended),
      stop: Effect.fn("EngineHost.stop")((gameId, at, upTo) => here(gameId, at, stop(gameId, upTo))),
      discard: Effect.fn("EngineHost.discard")((gameId, at, upTo) =>
        here(
          gameId,
          at,
          Effect.flatMap(stop(gameId, upTo), (ended) =>
            ended
              ? Effect.andThen(
                  Effect.sync(() => {
                    ends.delete(gameId)
                    latest.delete(gameId)
                  }),
                  removeState(gameId)
                )
              : Effect.void
          )
        )
      ),
      hosts: Effect.sync(() => {
        try {
          return [{ hostId: id(), answers: true, most: maxEngines }]
        } catch (cause) {
          return [{ hostId: localHost, answers: false, trouble: fileProblem(dataDir, cause, "choose another folder") }]
        }
      }),
      asleep: Effect.sync(() => new Set(sleeping.keys())),
      list: Effect.sync(() => [...running.values()].filter((it) => it.process.alive).map((it) => it.instance))
    })
  })

/** Never fails to build; problems show when an engine is started. */
export const layer = (options: ChildProcessOptions): Layer.Layer<EngineHost> => Layer.effect(EngineHost, make(options))
