/**
 * Finds due work in the database and has it done: at the start, when a writer signals, when the next time comes, and at
 * intervals in case a signal was lost.
 *
 * A few games are worked on at once, and of those whose last attempt failed only half as many: games in trouble don't
 * hold up the others. At the start the engines of all games in play are brought up, and ended where no game needs them.
 */
import type { GameId } from "@galaxy/contract/ids/Ids"
import { DateTime, Duration, Effect, FiberSet, Layer, Queue, Schedule, Stream } from "effect"
import { DatabaseSignal } from "../shared/DatabaseSignal.ts"
import { EngineHost } from "../engine/EngineHost.ts"
import { RuntimeConfig } from "./RuntimeConfig.ts"
import { type Due, RuntimeStore } from "./RuntimeStore.ts"
import { Runtimes } from "./Runtimes.ts"

/** How long a game is left alone whose work could not be brought to an end. */
const afterTrouble = Duration.seconds(2)

/** Engines that are brought up at once at the start. */
const restoring = 2

export const make = Effect.gen(function* () {
  const store = yield* RuntimeStore
  const runtimes = yield* Runtimes
  const host = yield* EngineHost
  const config = yield* RuntimeConfig
  const signal = yield* DatabaseSignal

  const wake = yield* Queue.sliding<void>(1)
  const run = yield* FiberSet.makeRuntime()
  const busy = new Map<GameId, { readonly retry: boolean }>()
  const mostRetries = Math.ceil(config.concurrency / 2)

  const work = (due: Due) =>
    runtimes.reconcile(due.gameId).pipe(
      Effect.flatMap((settled) => (settled ? Effect.void : Effect.sleep(afterTrouble))),
      Effect.ensuring(
        Effect.suspend(() => {
          busy.delete(due.gameId)
          return Queue.offer(wake, undefined)
        })
      )
    )

  /** Begins what is due, and answers how long nothing else will be. */
  const look = Effect.gen(function* () {
    const found = yield* store.due(2 * config.concurrency + busy.size)
    const now = yield* DateTime.now
    const waiting = found.filter((it) => !busy.has(it.gameId))
    for (const due of waiting) {
      if (DateTime.isGreaterThan(due.at, now)) return DateTime.distance(now, due.at)
      if (busy.size >= config.concurrency) break
      const retries = [...busy.values()].filter((it) => it.retry).length
      if (due.retry && retries >= mostRetries) continue
      busy.set(due.gameId, due)
      run(work(due))
    }
    // Whoever finishes looks again.
    return Duration.infinity
  }).pipe(
    Effect.catch((error) => Effect.as(Effect.logError("due work can't be looked up", error.cause), Duration.infinity))
  )

  const loop = Effect.gen(function* () {
    const quiet = yield* look
    const pause = Duration.min(quiet, Duration.fromInputUnsafe(config.pollInterval))
    yield* Effect.race(Queue.take(wake), Effect.sleep(Duration.max(pause, Duration.millis(1))))
  })

  const restore = Effect.gen(function* () {
    const games = yield* store.alive
    yield* Effect.forEach(
      games,
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
  }).pipe(Effect.catch((error) => Effect.logError("games in play can't be looked up", error.cause)))

  /** Ends engines that no game needs: of games that have ended, and such as were left behind. */
  const sweep = Effect.gen(function* () {
    const running = yield* host.list
    const needed = new Set(yield* store.alive)
    const idle = running.filter((it) => !needed.has(it.gameId))
    yield* Effect.forEach(idle, (it) => runtimes.reconcile(it.gameId), { discard: true })
  }).pipe(Effect.catch((error) => Effect.logError("engines can't be looked over", error.cause)))

  return { loop, restore, sweep, signals: signal.signals("galaxy_runtime"), wake, sweepInterval: config.sweepInterval }
})

export const layer: Layer.Layer<never, never, RuntimeStore | Runtimes | EngineHost | RuntimeConfig | DatabaseSignal> =
  Layer.effectDiscard(
    Effect.gen(function* () {
      const it = yield* make
      yield* Effect.forkScoped(Stream.runForEach(it.signals, () => Queue.offer(it.wake, undefined)))
      yield* Effect.forkScoped(Effect.forever(it.loop))
      yield* Effect.forkScoped(
        Effect.andThen(it.sweep, it.restore).pipe(
          Effect.andThen(Effect.repeat(it.sweep, Schedule.spaced(it.sweepInterval)))
        )
      )
    })
  )
