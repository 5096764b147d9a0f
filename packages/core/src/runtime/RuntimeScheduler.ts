/**
 * Finds due work in the database and has it done: at the start, when a writer signals, when the next deadline comes,
 * and at intervals in case a signal was lost. Each backend has its own games worked on, and those of others only if nobody
 * has for a while.
 *
 * A bounded number of games is worked on at once, and of those whose last attempt failed only half as many: games in
 * trouble don't hold up the others. What was cut off by the end of a backend hasn't failed. At the start, the engines of all games in play are brought up. Engines that no game
 * needs are ended at intervals.
 */
import type { GameId } from "@galaxy/contract/ids/Ids"
import { DateTime, Duration, Effect, FiberSet, Layer, Option, Queue, Random } from "effect"
import type { SqlClient } from "effect/sql"
import * as BackgroundLoop from "../shared/BackgroundLoop.ts"
import type { BackgroundLoops } from "../shared/BackgroundLoops.ts"
import { DatabaseSignal } from "../shared/DatabaseSignal.ts"
import { keepTrying } from "../shared/keepTrying.ts"
import type { EngineClient } from "../engine/EngineClient.ts"
import { EngineHost } from "../engine/EngineHost.ts"
import type { EngineTokens } from "../engine/EngineTokens.ts"
import * as Backends from "./Backends.ts"
import type { EngineHosts } from "./EngineHosts.ts"
import * as EngineWatch from "./EngineWatch.ts"
import type { HealthLog } from "./HealthLog.ts"
import type { Heartbeats } from "./Heartbeats.ts"
import type { RuntimeEvents } from "./RuntimeEvents.ts"
import { RuntimeConfig } from "./RuntimeConfig.ts"
import * as HostWatch from "./HostWatch.ts"
import type { OperationLog } from "./OperationLog.ts"
import * as Outages from "./Outages.ts"
import type { Due } from "./dueGames.ts"
import { RuntimeStore } from "./RuntimeStore.ts"
import { Runtimes } from "./Runtimes.ts"

/** How long a game is left alone after its work could not be completed. */
const afterTrouble = Duration.seconds(2)

/** Most games of other backends that are looked past to find own ones, and most whose owners are asked at once. */
const mostOfOthers = 2_048
const othersAtOnce = 32

/** Most engines that are being brought up at the same time after a start of the backend. */
const restoring = 2

/** Longest time for looking up what is due. The work itself isn't waited for. */
const lookDeadline = "10 seconds"

/** Longest time for ending engines that no game needs; the next sweep ends the rest. */
const sweepDeadline = "5 minutes"

/** Longest time for asking all engines, and for bringing up those that have failed. */
const watchDeadline = "5 minutes"

/**
 * The scheduler's parts, for `layer` to run: `look` starts due work, `restore` brings engines up, `sweep` ends those
 * that no game needs. Work that was started ends with the scope.
 */
export const make = Effect.gen(function* () {
  const store = yield* RuntimeStore
  const runtimes = yield* Runtimes
  const host = yield* EngineHost
  const config = yield* RuntimeConfig
  const signal = yield* DatabaseSignal

  const beat = yield* Outages.make
  const wake = yield* Queue.sliding<void>(1)
  const run = yield* FiberSet.makeRuntime()
  const busy = new Map<GameId, { readonly retry: boolean }>()
  /** Games that other backends have been asked to work on. */
  const asked = new Set<GameId>()
  /** Games of which the outcome of the last work could not be stored. */
  const troubled = new Set<GameId>()
  /** Games of other backends that were due when they were last looked for, and since when, in milliseconds. */
  let others: ReadonlyMap<GameId, number> = new Map()
  const leftToOwner = Duration.toMillis(Duration.fromInputUnsafe(config.leftToOwner))
  const mostRetries = Math.ceil(config.concurrency / 2)

  const work = (due: Due) =>
    runtimes.reconcile(due.gameId).pipe(
      Effect.tap((settled) => Effect.sync(() => (settled ? troubled.delete(due.gameId) : troubled.add(due.gameId)))),
      Effect.flatMap((settled) => (settled ? Effect.void : Effect.sleep(afterTrouble))),
      Effect.ensuring(
        Effect.suspend(() => {
          busy.delete(due.gameId)
          asked.delete(due.gameId)
          return Queue.offer(wake, undefined)
        })
      )
    )

  /** Starts what is due and returns how long it can be until something else is. */
  const look = Effect.gen(function* () {
    // First of all: a turn that fell into an outage is moved, not made.
    yield* beat
    const limit = config.gamesAtOnce + busy.size + asked.size + Math.min(others.size, mostOfOthers)
    const found = yield* store.due(limit, Duration.fromInputUnsafe(config.longestBackoff))
    const now = yield* DateTime.now
    const stillOthers = new Map<GameId, number>()
    // Each backend takes a time of its own, so that seldom two ask.
    const patience = leftToOwner * (1 + 0.5 * (yield* Random.next))
    let next = Duration.infinity
    for (const due of found) {
      // A game that is due for two reasons is listed twice.
      if (busy.has(due.gameId) || asked.has(due.gameId)) continue
      if (DateTime.isGreaterThan(due.at, now)) {
        next = Duration.min(next, DateTime.distance(now, due.at))
        break
      }
      if (!runtimes.isOwn(due.gameId)) {
        const since = others.get(due.gameId) ?? now.epochMilliseconds
        stillOthers.set(due.gameId, since)
        const left = since + patience - now.epochMilliseconds
        if (left > 0) {
          next = Duration.min(next, Duration.millis(left))
        } else if (asked.size < othersAtOnce) {
          asked.add(due.gameId)
          run(work(due))
        }
        continue
      }
      if (busy.size >= config.gamesAtOnce) break
      const retries = [...busy.values()].filter((it) => it.retry).length
      const retry = due.retry || troubled.has(due.gameId)
      if (retry && retries >= mostRetries) continue
      busy.set(due.gameId, { retry })
      run(work(due))
    }
    others = stillOthers
    // Work that ends wakes the scheduler.
    return next
  })

  const restore = Effect.gen(function* () {
    const games = yield* keepTrying(store.alive, {
      failing: "games in play can't be looked up; trying again",
      working: "games in play can be looked up again",
      longestWait: config.pollInterval
    })
    yield* Effect.forEach(
      games.slice(0, config.restoredAtStart),
      (gameId) =>
        runtimes
          .engine(gameId)
          .pipe(
            Effect.catch((error) =>
              Effect.logWarning("a game's engine could not be brought up").pipe(
                Effect.annotateLogs({ game_id: gameId, reason: error.reason })
              )
            )
          ),
      { concurrency: restoring, discard: true }
    )
  })

  /** Ends engines that no game needs: those of games that have ended, and those that others have taken the place of. */
  const sweep = Effect.gen(function* () {
    // First the engines, then the rows: one that is started meanwhile isn't taken for one that nobody needs.
    const running = yield* host.list
    const needed = new Map((yield* store.engines).map((it) => [it.gameId, it]))
    const idle = new Set(running.map((it) => it.gameId).filter((it) => !needed.has(it)))
    yield* Effect.forEach(idle, (gameId) => runtimes.reconcile(gameId), { discard: true })
    // The row names one run of them; others are left on hosts that were away when the game went elsewhere.
    for (const gameId of idle) {
      const row = Option.getOrUndefined(yield* store.find(gameId))
      const left = running.filter(
        (it) =>
          it.gameId === gameId && row !== undefined && (it.hostId !== row.engine_host || it.epoch !== row.engine_epoch)
      )
      yield* Effect.forEach(left, (it) => Effect.ignore(host.stop(it.gameId, it.hostId, it.epoch)), { discard: true })
    }
    // An epoch is one run at one host. After a restore the other history may have left one in the epoch that the row has.
    const overtaken = running.filter((it) => {
      const row = needed.get(it.gameId)
      return row !== undefined && (it.epoch < row.epoch || (it.epoch === row.epoch && it.hostId !== row.hostId))
    })
    yield* Effect.forEach(overtaken, (it) => Effect.ignore(host.stop(it.gameId, it.hostId, it.epoch)), {
      discard: true
    })
  })

  return { look, restore, sweep, signals: signal.signals("galaxy_runtime"), wake, config }
})

/**
 * Runs the scheduler, the watch and the sweeper as supervised loops, and restores engines once in the background. All of it ends
 * with the layer's scope.
 */
export const layer: Layer.Layer<
  never,
  never,
  | RuntimeStore
  | Runtimes
  | EngineHost
  | EngineTokens
  | EngineClient
  | EngineHosts
  | Backends.Backends
  | HealthLog
  | OperationLog
  | Heartbeats
  | RuntimeEvents
  | SqlClient.SqlClient
  | RuntimeConfig
  | DatabaseSignal
  | BackgroundLoops
> = Layer.effectDiscard(
  Effect.gen(function* () {
    const it = yield* make
    yield* BackgroundLoop.wakenBy("game scheduler", it.signals, Queue.offer(it.wake, undefined))
    yield* BackgroundLoop.start({
      name: "game scheduler",
      pass: it.look,
      every: it.config.pollInterval,
      deadline: lookDeadline,
      wake: Queue.take(it.wake)
    })
    yield* BackgroundLoop.start({
      name: "engine sweeper",
      pass: it.sweep,
      every: it.config.sweepInterval,
      deadline: sweepDeadline
    })
    const watch = yield* EngineWatch.parts
    // One that is lost, or that came while nobody listened, is found by the watch.
    if (watch.ends !== undefined) yield* BackgroundLoop.wakenBy("engine ends", watch.ends, Effect.void)
    yield* BackgroundLoop.start({
      name: "engine watch",
      pass: watch.pass(),
      every: it.config.watchInterval,
      deadline: watchDeadline
    })
    yield* BackgroundLoop.start({
      name: "engine hosts",
      pass: yield* HostWatch.make,
      every: HostWatch.every,
      deadline: HostWatch.deadline
    })
    const { note } = yield* Backends.Backends
    if (note !== undefined) {
      yield* BackgroundLoop.start({
        name: "backend note",
        pass: note((yield* Runtimes).isOwn),
        every: Backends.every,
        deadline: Backends.deadline
      })
    }
    yield* Effect.forkScoped(it.restore)
  })
)
