/**
 * The work that a game needs, derived from its row: one step after the other until nothing is due.
 *
 * Nothing is remembered between calls, so they are idempotent and may come at any time. Calls for one game must not
 * overlap; if they do, the row's version lets only one of them go on.
 */
import type { GameId } from "@galaxy/contract/ids/Ids"
import { Cause, DateTime, Duration, Effect, Option, Schema, Semaphore } from "effect"
import { clockSlack } from "../shared/clockSlack.ts"
import { failureFields } from "../shared/failureFields.ts"
import { EngineHost, type EngineInstance } from "../engine/EngineHost.ts"
import { EngineReady } from "../engine/EngineReady.ts"
import { EngineUnreachable } from "../engine/EngineError.ts"
import { EngineSettings } from "../engine/EngineSettings.ts"
import { type Backoff, retryAt } from "./Attempts.ts"
import { specOf } from "./engineSpec.ts"
import { RuntimeConfig } from "./RuntimeConfig.ts"
import * as EngineTasks from "./EngineTasks.ts"
import { live, type RuntimeRow, type RuntimeStatus } from "./RuntimeRow.ts"
import { RuntimeStore } from "./RuntimeStore.ts"
import * as SeatJob from "./SeatJob.ts"
import * as StartJob from "./StartJob.ts"
import * as TurnJob from "./TurnJob.ts"

/**
 * The next step of a game. `end`: its engine is ended, since that was ordered. `renew`: its engine is started anew.
 * `seats`: races leave, or are played by the engine. `start`: an attempt to start it. `settle`: the next deadline is checked against the clock.
 * `cutoff`: the write window closes. `generate`: an attempt to make the turn. `again`: a turn that has failed was
 * forced. `stop`: its engine is ended.
 */
export type DueWork = "end" | "renew" | "seats" | "start" | "settle" | "cutoff" | "generate" | "again" | "stop" | "none"

const isDue = (at: DateTime.Utc | null, now: DateTime.Utc) => at !== null && DateTime.isLessThanOrEqualTo(at, now)

/**
 * Whether an attempt is due: its time has come, or lies further ahead than the backoff allows, since a clock was wrong.
 */
const mayAttempt = (row: RuntimeRow, now: DateTime.Utc, backoff: Backoff) =>
  isDue(row.next_attempt_at, now) ||
  (row.next_attempt_at !== null &&
    DateTime.isGreaterThan(row.next_attempt_at, row.attempts === 0 ? now : retryAt(backoff, row.attempts, now)))

/** A retry of an order about a seat, or of a task, is due, or lies too far ahead since a clock was wrong. */
const mayRetry = (at: DateTime.Utc, now: DateTime.Utc, longest: Duration.Input) =>
  isDue(at, now) ||
  DateTime.isGreaterThan(at, DateTime.addDuration(now, Duration.sum(Duration.fromInputUnsafe(longest), clockSlack)))

const stepOfRunning = (row: RuntimeRow, now: DateTime.Utc, backoff: Backoff): DueWork => {
  // Before the cutoff: a race that was banished isn't part of the next turn.
  if (row.seat_order_at !== null && mayRetry(row.seat_order_at, now, backoff.longestBackoff)) return "seats"
  if (row.paused) return "none"
  if (row.force_next_turn) return "cutoff"
  if (isDue(row.next_turn_at, now)) return TurnJob.settled(row, now) === undefined ? "cutoff" : "settle"
  // The deadline was set in the future: the clock was ahead then, or is behind now.
  return row.next_turn_set_at !== null && DateTime.isGreaterThan(row.next_turn_set_at, now) ? "settle" : "none"
}

/** Whether the engine is to be started anew, at this time. */
const mayRenew = (row: RuntimeRow, now: DateTime.Utc, backoff: Backoff) =>
  row.engine_task !== null &&
  (row.next_attempt_at === null || mayRetry(row.next_attempt_at, now, backoff.longestBackoff))

const stepOf = (row: RuntimeRow, now: DateTime.Utc, backoff: Backoff): DueWork => {
  if (row.engine_task === "stop") return "end"
  switch (row.status) {
    case "starting":
      return mayAttempt(row, now, backoff) ? "start" : "none"
    case "running":
      return mayRenew(row, now, backoff) ? "renew" : stepOfRunning(row, now, backoff)
    case "generation_in_progress":
      return mayAttempt(row, now, backoff) ? "generate" : "none"
    case "generation_failed":
      if (mayRenew(row, now, backoff)) return "renew"
      return row.force_next_turn && !row.paused ? "again" : "stop"
    case "paused":
      return "none"
    case "start_failed":
    case "stopped":
    case "finished":
      return "stop"
  }
}

/** States in which players can read from the game's engine, or operators expect it to be up. */
const served: ReadonlySet<RuntimeStatus> = new Set([...live, "finished", "generation_failed"])

/** A game that was cancelled is over too, and its players may read on. */
const serves = ({ status, started_at }: RuntimeRow): boolean =>
  served.has(status) || (status === "stopped" && started_at !== null)

/** A step took longer than its deadline. */
class StepOverdue extends Schema.TaggedError<StepOverdue>()("StepOverdue", {}) {}

/** The part of a step's deadline that isn't the engine's: for the database, and for ending an engine that hangs. */
const besideEngine = Duration.minutes(2)

/** Most steps of one call. A game never needs as many: a failed attempt waits, and missed turns collapse into one. */
const mostSteps = 16

/**
 * The work of games, each for its one owner: `reconcile` does what is due, and `engine` brings the game's engine up.
 * Nothing in here keeps other owners out: that is up to `Runtimes`.
 */
export const make = Effect.gen(function* () {
  const store = yield* RuntimeStore
  const host = yield* EngineHost
  const ready = yield* EngineReady
  const start = yield* StartJob.make
  const turn = yield* TurnJob.make
  const tasks = yield* EngineTasks.make
  const seats = yield* SeatJob.make
  const config = yield* RuntimeConfig
  const engines = yield* EngineSettings
  const deadline = Duration.sum(
    besideEngine,
    Duration.sum(Duration.fromInputUnsafe(engines.engineReadyTimeout), Duration.fromInputUnsafe(engines.turnTimeout))
  )

  const places = yield* Semaphore.make(config.concurrency)

  const unread = <E>(work: Effect.Effect<unknown, E>): Effect.Effect<RuntimeRow | undefined, E> =>
    Effect.as(work, undefined)

  /**
   * Takes a step. Returns the row as it is afterwards where the step has just written it. `begun` is the attempt at the
   * turn that the last step has begun; `letGo` is run once the engine isn't needed any more.
   */
  const take = (
    row: RuntimeRow,
    step: Exclude<DueWork, "none" | "cutoff">,
    begun: TurnJob.BegunTurn | undefined,
    letGo: Effect.Effect<void>
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
      case "generate":
        return turn.attempt(row, begun, letGo)
      case "again":
        return unread(turn.again(row))
      case "stop":
        return unread(host.stop(row.game_id))
    }
  }

  const inTime = Effect.timeoutOrElse({ duration: deadline, orElse: () => Effect.fail(new StepOverdue()) })

  /** Takes a step that needs an engine, with a place among those at work. Waiting for one isn't part of its deadline. */
  const withEngine = (
    row: RuntimeRow,
    step: Exclude<DueWork, "none" | "cutoff">,
    begun: TurnJob.BegunTurn | undefined
  ) =>
    Effect.acquireUseRelease(
      Effect.as(Effect.interruptible(places.take(1)), { kept: true }),
      (place) => inTime(take(row, step, begun, letGo(place))),
      letGo
    )

  const letGo = (place: { kept: boolean }) =>
    Effect.suspend(() => {
      if (!place.kept) return Effect.void
      place.kept = false
      return Effect.asVoid(places.release(1))
    })

  const steps = Effect.fnUntraced(function* (gameId: GameId) {
    let last: DueWork = "none"
    let known: RuntimeRow | undefined
    let begun: TurnJob.BegunTurn | undefined
    for (let count = 0; count < mostSteps; count++) {
      const row = known === undefined ? yield* store.find(gameId) : Option.some(known)
      if (Option.isNone(row)) return yield* host.stop(gameId)
      const step = stepOf(row.value, yield* DateTime.now, config)
      if (step === "none") return
      // A second attempt is a retry, however soon it is due: the scheduler decides which of those get a place.
      if (step === last && (step === "start" || step === "generate" || step === "renew" || step === "seats")) return
      last = step
      if (step === "cutoff") {
        const cut = yield* inTime(turn.cutoff(row.value))
        known = cut?.row
        begun = cut ?? undefined
        continue
      }
      known = (yield* withEngine(row.value, step, begun)) ?? undefined
      begun = undefined
      if (step === "stop") return
    }
  })

  /**
   * Does what is due. Returns false if it should be called again after a while: the outcome could not be stored, or
   * another owner is at work on the game. Never fails; failures are logged.
   */
  const reconcile = (gameId: GameId): Effect.Effect<boolean> =>
    steps(gameId).pipe(
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
    )

  /**
   * Makes sure that the game's engine runs and can serve, and notes in the row which one it is. Fails with
   * `EngineUnreachable` for a game that has not been started, and if the engine doesn't get ready.
   */
  const engine = (gameId: GameId): Effect.Effect<EngineInstance, EngineUnreachable> =>
    Effect.gen(function* () {
      const row = yield* store.find(gameId)
      if (Option.isNone(row) || !serves(row.value)) {
        return yield* new EngineUnreachable({ reason: "the game has no engine" })
      }
      const found = yield* host.inspect(gameId)
      // It may be computing: then it answers no health check, and must not be ended for that.
      if (row.value.status === "generation_in_progress" && Option.isSome(found)) return found.value
      const instance = yield* Effect.scoped(ready.hold(specOf(row.value, (yield* store.seats(gameId)).length)))
      if (row.value.current_container_id !== instance.instanceId) {
        const seen = {
          current_container_id: instance.instanceId,
          engine_endpoint: instance.endpoint.origin,
          generating_since: null,
          last_observed_at: yield* DateTime.nowAsDate
        }
        yield* Effect.catchTag(store.write(row.value, seen), "RuntimeStale", () => Effect.void)
      }
      return instance
    }).pipe(
      Effect.catchTag(["EngineStartFailed", "StorageError"], (error) =>
        Effect.fail(new EngineUnreachable({ reason: error._tag === "StorageError" ? "storage" : error.reason }))
      ),
      Effect.annotateLogs({ game_id: gameId })
    )

  return { reconcile, engine }
})
