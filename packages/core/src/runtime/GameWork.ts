/**
 * The work that a game needs, derived from its row: one step after the other until nothing is due.
 *
 * Nothing is remembered between calls, so they are idempotent and may come at any time. A step is taken with a place
 * among the engines at work. Whoever waits for one does nothing until then, so a turn's write window closes only once
 * its engine's turn has come.
 */
import type { GameId } from "@galaxy/contract/ids/Ids"
import { Cause, DateTime, Deferred, Duration, Effect, Option, Schema, Semaphore } from "effect"
import { failureFields } from "../shared/failureFields.ts"
import { EngineHost, type EngineInstance } from "../engine/EngineHost.ts"
import * as EngineRuns from "./EngineRuns.ts"
import type { EngineUnreachable } from "../engine/EngineError.ts"
import { EngineSettings } from "../engine/EngineSettings.ts"
import { type DueWork, stepOf } from "./DueWork.ts"
import * as EnginePlaces from "./EnginePlaces.ts"
import { RuntimeConfig } from "./RuntimeConfig.ts"
import * as EngineTasks from "./EngineTasks.ts"
import * as EngineUp from "./EngineUp.ts"
import type { RuntimeRow } from "./RuntimeRow.ts"
import { RuntimeStore } from "./RuntimeStore.ts"
import * as SeatJob from "./SeatJob.ts"
import * as StartJob from "./StartJob.ts"
import * as TurnJob from "./TurnJob.ts"

/** A step took longer than its deadline. */
class StepOverdue extends Schema.TaggedError<StepOverdue>()("StepOverdue", {}) {}

/** The part of a step's deadline that isn't the engine's: for the database, and for ending an engine that hangs. */
const besideEngine = Duration.minutes(2)

/** Most steps of one call. A game never needs as many: a failed attempt waits, and missed turns collapse into one. */
const mostSteps = 16

/** Steps of which a second one is a retry, however soon it is due: the scheduler decides which of those get a place. */
const attempts: ReadonlySet<DueWork> = new Set(["start", "generate", "renew", "seats"])

/** Work on one game. Calls may come at any time and never overlap, but for one that waits for a place. */
export interface GameWorker {
  /**
   * Does what is due. Returns false if it should be called again after a while: the outcome could not be stored, or
   * another owner is at work on the game. Never fails; failures are logged.
   */
  readonly reconcile: Effect.Effect<boolean>
  /**
   * Makes sure that the game's engine runs and can serve, and notes in the row which one it is. Fails with
   * `EngineUnreachable` for a game that has not been started, and if the engine doesn't get ready.
   */
  readonly engine: Effect.Effect<EngineInstance, EngineUnreachable>
}

/** Callers at the same time share a call. Interrupting the one that makes it interrupts all of them. */
const shared = <A, E>(call: Effect.Effect<A, E>): Effect.Effect<A, E> => {
  let underWay: Deferred.Deferred<A, E> | undefined
  return Effect.suspend(() => {
    if (underWay !== undefined) return Deferred.await(underWay)
    const mine = Deferred.makeUnsafe<A, E>()
    underWay = mine
    return Effect.onExit(call, (exit) => {
      underWay = undefined
      return Deferred.done(mine, exit)
    })
  })
}

/**
 * Workers of games, to be made once for each game by its one owner. Nothing in here keeps other owners out: that is up
 * to `Runtimes`.
 */
export const make = Effect.gen(function* () {
  const store = yield* RuntimeStore
  const host = yield* EngineHost
  const start = yield* StartJob.make
  const turn = yield* TurnJob.make
  const tasks = yield* EngineTasks.make
  const seats = yield* SeatJob.make
  const bringUp = yield* EngineUp.make
  const config = yield* RuntimeConfig
  const engines = yield* EngineSettings
  const newPlace = yield* EnginePlaces.make(config.concurrency)
  const deadline = Duration.sum(
    besideEngine,
    Duration.sum(Duration.fromInputUnsafe(engines.engineReadyTimeout), Duration.fromInputUnsafe(engines.turnTimeout))
  )

  const unread = <E>(work: Effect.Effect<unknown, E>): Effect.Effect<TurnJob.AfterStep, E> => Effect.as(work, {})

  /** Takes a step. `begun` is the attempt at the turn that the last step has begun. */
  const take = (
    row: RuntimeRow,
    step: Exclude<DueWork, "none">,
    begun: TurnJob.BegunTurn | undefined,
    place: EnginePlaces.EnginePlace
  ) => {
    switch (step) {
      case "end":
        return unread(tasks.end(row))
      case "renew":
        return unread(tasks.renew(row))
      case "seats":
        return unread(seats(row))
      case "start":
        return unread(start(row))
      case "settle":
        return unread(turn.settle(row))
      case "cutoff":
        return turn.cutoff(row)
      case "generate":
        return turn.attempt(row, begun, place.letGo)
      case "again":
        return unread(turn.again(row))
      case "stop":
        return unread(EngineRuns.unlessGone(EngineRuns.stop(host, row)))
    }
  }

  const inTime = Effect.timeoutOrElse({ duration: deadline, orElse: () => Effect.fail(new StepOverdue()) })

  /** Takes steps until nothing is due, and returns true; or until no place is free for the next one. */
  const steps = Effect.fnUntraced(function* (gameId: GameId, place: EnginePlaces.EnginePlace, done: Array<DueWork>) {
    let after: TurnJob.AfterStep = {}
    while (done.length < mostSteps) {
      const row = after.row === undefined ? yield* store.find(gameId) : Option.some(after.row)
      if (Option.isNone(row)) {
        const left = (yield* host.list).filter((it) => it.gameId === gameId)
        yield* Effect.forEach(left, (it) => host.stop(gameId, it.hostId, it.epoch), { discard: true })
        return true
      }
      const step = stepOf(row.value, yield* DateTime.now, config)
      if (step === "none" || (step === done.at(-1) && attempts.has(step))) return true
      if (!(yield* place.ifFree)) return false
      done.push(step)
      after = yield* inTime(take(row.value, step, after.begun, place))
      if (step === "stop") return true
    }
    return true
  })

  const worker = Effect.fnUntraced(function* (gameId: GameId): Effect.fn.Return<GameWorker> {
    const alone = yield* Semaphore.make(1)

    const work = Effect.suspend(() => {
      const place = newPlace()
      const done: Array<DueWork> = []
      // Who waits for a place does nothing yet: meanwhile the game's engine may be brought up for its players, and the
      // row is read again afterwards.
      const go: Effect.Effect<void, Effect.Error<ReturnType<typeof steps>>> = Effect.flatMap(
        alone.withPermit(steps(gameId, place, done)),
        (over) => (over ? Effect.void : Effect.andThen(place.take, go))
      )
      return Effect.ensuring(go, place.letGo)
    })

    return {
      reconcile: work.pipe(
        Effect.as(true),
        Effect.catchTag("RuntimeStale", () =>
          Effect.as(Effect.logInfo("the game has changed while it was worked on"), false)
        ),
        Effect.catchCause((cause) =>
          Cause.hasInterruptsOnly(cause)
            ? Effect.failCause(cause as Cause.Cause<never>)
            : Effect.logError("a game's work could not be done").pipe(
                Effect.annotateLogs(failureFields(cause)),
                Effect.as(false)
              )
        ),
        Effect.annotateLogs({ game_id: gameId })
      ),
      engine: shared(alone.withPermit(bringUp(gameId)))
    }
  })

  return worker
})
