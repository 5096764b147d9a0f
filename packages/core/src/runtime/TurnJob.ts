/**
 * A turn of a game: the write window closes, the engine makes the turn, and in one transaction the window opens again
 * and players are notified.
 *
 * The row holds the number of the turn from the cutoff on, and the engine makes each number once. So a turn is made
 * once and announced once, however often this is cut off and retried.
 *
 * An engine that is still computing is asked again and not ended, up to a bound, or until its host is given up. A turn that keeps failing, or that
 * needs more memory than the engine may have, is given up until an operator forces it.
 */
import { DateTime, Effect, Exit, Option, Scope } from "effect"
import { SqlClient } from "effect/sql"
import { newId } from "../shared/NewId.ts"
import { type GameGone, RuntimeEvents } from "./RuntimeEvents.ts"
import { EngineClient } from "../engine/EngineClient.ts"
import { EngineHost } from "../engine/EngineHost.ts"
import { EngineUnreachable } from "../engine/EngineError.ts"
import { EngineTokens } from "../engine/EngineTokens.ts"
import { engineFailure, errorOf } from "./engineFailure.ts"
import * as EnginePlacing from "./EnginePlacing.ts"
import * as EngineRuns from "./EngineRuns.ts"
import { runOf } from "./engineSpec.ts"
import * as HostsGivenUp from "./HostsGivenUp.ts"
import { decided } from "./decisions.ts"
import { standings } from "../engine/PlayerStanding.ts"
import { RuntimeConfig } from "./RuntimeConfig.ts"
import { rulesetChange } from "./rulesetChange.ts"
import { deadlineChange, deadlineOf, type RuntimeRow, versionBack } from "./RuntimeRow.ts"
import { RuntimeStale } from "./RuntimeStale.ts"
import { RuntimeStore } from "./RuntimeStore.ts"
import type { Seat } from "./Seats.ts"
import { StillComputing } from "./StillComputing.ts"
import { type TurnCommit, TurnCommits } from "./TurnCommits.ts"
import * as TurnMetrics from "./turnMetrics.ts"
import * as TurnFailures from "./TurnFailures.ts"
import { settled } from "./settledDeadline.ts"
import * as StateMoves from "./vault/StateMoves.ts"
import { deadlineAtCutoff, deadlineAtOpening, type TurnDeadline } from "./TurnTimes.ts"

const hostSilent = "the engine's host fell silent while it computed the turn"

/** What was decided when a turn was made. */
const outcome = (turn: number, finished: boolean, next: TurnDeadline | null): string => {
  const then =
    next?.why === "forced" ? "those that were asked for replace scheduled ones" : "the next follows the schedule"
  return `turn ${turn} is made; ${finished ? "the game is over" : next === null ? "the game is paused" : then}`
}

/** The turn's time, if it has come: one that was asked for ahead of it has none. */
const dueBy = (at: DateTime.Utc | null, now: DateTime.Utc): DateTime.Utc | undefined =>
  at !== null && DateTime.isLessThanOrEqualTo(at, now) ? at : undefined

/** An attempt at a turn that has begun with the cutoff: its operation in the log, and the game's players. */
export interface BegunTurn {
  readonly operation: string
  readonly seats: ReadonlyArray<Seat>
}

/** What a step has left for the next one: the row where it has just been written, and an attempt that has begun. */
export interface AfterStep {
  readonly row?: RuntimeRow | undefined
  readonly begun?: BegunTurn | undefined
}

/**
 * The steps of a turn, each for a row just read: `settle` corrects its deadline, `cutoff` closes the write window,
 * `attempt` makes the turn, and `again` takes up one that was given up and then forced. All of them fail with
 * `RuntimeStale` if another owner has written the row.
 */
export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const store = yield* RuntimeStore
  const commits = yield* TurnCommits
  const placing = yield* EnginePlacing.make
  const tokens = yield* EngineTokens
  const client = yield* EngineClient
  const host = yield* EngineHost
  const moves = yield* StateMoves.make
  const givenUp = yield* HostsGivenUp.make
  const events = yield* RuntimeEvents
  const config = yield* RuntimeConfig
  const { drop, giveUp, retryLater, waitOn } = yield* TurnFailures.make

  /** Corrects the deadline after a clock was wrong. */
  const settle = Effect.fn("TurnJob.settle")(function* (row: RuntimeRow) {
    const now = yield* DateTime.now
    const change = settled(row, now)
    if (change === undefined) {
      // The deadline stands. Noting the present time as its time of setting keeps it from being looked at again.
      yield* store.write(row, { next_turn_set_at: DateTime.toDate(now) })
      return
    }
    yield* sql.withTransaction(
      Effect.gen(function* () {
        yield* events.onSnapshot({
          gameId: row.game_id,
          currentTurn: row.current_turn,
          runtimeStatus: "running",
          nextTurnAt: change.deadline.at,
          players: [],
          advanced: false
        })
        yield* store.write(row, {
          ...deadlineChange(change.deadline, now, change.was),
          ...decided("the next turn's time was corrected: a clock was wrong", now)
        })
      })
    )
    yield* Effect.logWarning("the next turn's time was corrected: a clock was wrong")
  })

  /**
   * Closes the write window: from its commit on, orders for this turn are refused. A version that was patched in and
   * hasn't got up yet is taken back, so that it doesn't cost the game its turn.
   */
  const cutoff = Effect.fn("TurnJob.cutoff")(function* (row: RuntimeRow) {
    const now = yield* DateTime.now
    if (row.next_turn_at !== null && !row.force_next_turn) TurnMetrics.begunLate(row.next_turn_at, now)
    const next = deadlineAtCutoff(row, deadlineOf(row), row.force_next_turn, now)
    const back = row.engine_task === "patch" && row.attempts > 0 ? versionBack(row) : undefined
    const turn = row.current_turn + 1
    const operation = yield* newId
    const commit: TurnCommit = {
      read: row,
      change: {
        ...(back === undefined ? {} : { ...back, engine_task: null }),
        status: "generation_in_progress",
        generating_turn: turn,
        ...deadlineChange(next, now),
        // A turn that was forced since the row was read is this one.
        force_next_turn: false,
        next_attempt_at: DateTime.toDate(now),
        attempts: 1,
        attempt_open: true,
        ...decided(`turn ${turn} is made: ${row.force_next_turn ? "it was asked for" : "it is due"}`, now)
      },
      snapshot: {
        gameId: row.game_id,
        currentTurn: row.current_turn,
        runtimeStatus: "generation_in_progress",
        nextTurnAt: next.at,
        players: [],
        advanced: false,
        engineVersion: back?.engine_version
      },
      operation: { id: operation, begins: turn, due: dueBy(row.next_turn_at, now) }
    }
    if (back === undefined) {
      const row = yield* commits.store(commit)
      // Asked for here, where those of the games that share the transaction are looked up together.
      return { row, begun: { operation, seats: yield* store.seats(row.game_id) } }
    }
    const written = yield* sql.withTransaction(
      Effect.gen(function* () {
        yield* events.onSnapshot(commit.snapshot)
        const written = (yield* store.writeTurns([commit])).get(row.game_id) ?? (yield* new RuntimeStale())
        yield* events.onTrouble({
          gameId: row.game_id,
          what: "start_failed",
          detail: `version ${row.engine_version} is taken back, since a turn is due: ${row.failure_reason ?? "it was cut off"}`,
          ref: `${row.game_id}:${row.row_version}`
        })
        return written
      })
    )
    // One of the version that was taken back may still be getting up.
    yield* Effect.ignore(EngineRuns.stop(host, written))
    return { row: written, begun: { operation, seats: yield* store.seats(row.game_id) } }
  })

  /** The engine that was computing this turn when an earlier attempt stopped waiting, if it still runs. */
  const atWork = Effect.fnUntraced(function* (row: RuntimeRow) {
    const run = runOf(row)
    if (row.generating_since === null || row.engine_endpoint === null || run === undefined) {
      return Option.none<EnginePlacing.Placed>()
    }
    if (!(yield* host.hold(run))) return Option.none()
    const found = yield* Effect.option(host.inspect(run))
    // A host that doesn't answer knows of no end, as long as it is waited for.
    if (Option.isNone(found) ? yield* givenUp.now(row) : Option.isNone(found.value)) return Option.none()
    const endpoint = new URL(row.engine_endpoint)
    const token = yield* tokens.token(run.gameId, run.epoch)
    const instance = { ...run, instanceId: row.current_container_id ?? "", endpoint }
    return Option.some<EnginePlacing.Placed>({ endpoint, token, instance, change: {} })
  })

  /** Has the engine make the turn, and fetches what is to be kept of it. It is held to the end of the scope. */
  const made = Effect.fnUntraced(function* (
    own: EnginePlacing.OwnRow,
    turn: number,
    seats: ReadonlyArray<Seat>,
    computing: Option.Option<EnginePlacing.Placed>
  ) {
    // One that computes answers no health check.
    const engine = Option.isSome(computing) ? computing.value : yield* placing.hold(own, seats.length)
    // The answer would never come from behind a link that is cut.
    const hostAway = Effect.andThen(
      givenUp.wait(own.row),
      Effect.fail(new EngineUnreachable({ reason: hostSilent, lost: true }))
    )
    const asked = Effect.raceFirst(client.turn(engine, turn), hostAway)
    const status = yield* Effect.catchTag(asked, "EngineUnreachable", (error) =>
      Effect.fail(
        error.overdue === true
          ? new StillComputing({
              run: engine.instance,
              instanceId: engine.instance.instanceId,
              endpoint: engine.endpoint.origin
            })
          : error
      )
    )
    return { engine, status, files: yield* moves.made(engine, own.row, turn) }
  })

  /** Stores a turn that the engine has made. */
  const open = Effect.fnUntraced(function* (
    row: RuntimeRow,
    turn: number,
    operation: string,
    seats: ReadonlyArray<Seat>,
    { engine, status, files }: Effect.Success<ReturnType<typeof made>>
  ) {
    const players = yield* standings(status, row.game_id, turn, seats)
    const now = yield* DateTime.now
    // A game that was paused meanwhile has made its last turn for now.
    const next = status.finished || row.paused ? null : deadlineAtOpening(row, deadlineOf(row), now)
    const runtimeStatus = status.finished ? "finished" : "running"
    const commit: TurnCommit = {
      read: row,
      change: {
        status: runtimeStatus,
        current_turn: turn,
        generating_turn: null,
        generating_since: null,
        ...deadlineChange(next, now),
        next_attempt_at: null,
        attempts: 0,
        attempt_open: false,
        failure_reason: null,
        ...engine.change,
        last_observed_at: DateTime.toDate(now),
        // A finished game has no use for another engine.
        ...(status.finished ? { engine_task: null } : {}),
        ...decided(outcome(turn, status.finished, next), now),
        ...rulesetChange(status)
      },
      snapshot: {
        gameId: row.game_id,
        currentTurn: turn,
        runtimeStatus,
        nextTurnAt: next?.at,
        players,
        advanced: true,
        // The reason of the deadline that was set at this turn's cutoff.
        forced: row.next_turn_why === "forced"
      },
      operation: { id: operation },
      files
    }
    if (!status.finished) return yield* commits.store(commit)
    const written = yield* sql.withTransaction(
      Effect.gen(function* () {
        yield* events.onSnapshot(commit.snapshot)
        yield* events.onFinished(row.game_id)
        const written = (yield* store.writeTurns([commit])).get(row.game_id) ?? (yield* new RuntimeStale())
        yield* moves.vault.keepTurns([{ gameId: row.game_id, epoch: row.engine_epoch, files }])
        return written
      })
    )
    yield* Effect.logInfo("a game has finished")
    // An engine left running by a crash right here is ended by the next sweep.
    yield* Effect.ignore(EngineRuns.stop(host, written))
    return written
  })

  /** Takes up a turn that was given up, since an operator has asked for it. */
  const again = Effect.fn("TurnJob.again")(function* (row: RuntimeRow) {
    const now = yield* DateTime.now
    yield* sql.withTransaction(
      Effect.gen(function* () {
        yield* events.onSnapshot({
          gameId: row.game_id,
          currentTurn: row.current_turn,
          runtimeStatus: "generation_in_progress",
          nextTurnAt: row.next_turn_at ?? undefined,
          players: [],
          advanced: false
        })
        yield* store.write(row, {
          status: "generation_in_progress",
          force_next_turn: false,
          next_attempt_at: DateTime.toDate(now),
          attempts: 0,
          attempt_open: false
        })
      })
    )
  })

  /**
   * One attempt to make the turn: the one that was `begun` with the cutoff, or one that is counted here. Fails only if
   * its outcome could not be stored. `engineDone` runs as soon as the engine isn't needed any more.
   */
  const attempt = Effect.fn("TurnJob.attempt")(function* (
    read: RuntimeRow,
    begun: BegunTurn | undefined,
    engineDone: Effect.Effect<void>
  ) {
    const turn = read.generating_turn ?? read.current_turn + 1
    // Ends with the answer. After a failure the engine is held until it is clear what becomes of it.
    const held = yield* Scope.fork(yield* Effect.scope)
    const computing = begun === undefined ? yield* atWork(read) : Option.none<EnginePlacing.Placed>()
    const asked = yield* DateTime.now
    // Asking an engine that still computes is part of the same attempt, and so is doing again what was cut off.
    const counted = read.attempts > 0 && (Option.isSome(computing) || read.attempt_open)
    const attempts = read.attempts + (counted ? 0 : 1)
    const { row: counting, operation } =
      begun === undefined ? yield* store.attemptTurn(read, turn, attempts) : { row: read, operation: begun.operation }
    const own: EnginePlacing.OwnRow = { row: counting }
    return yield* (begun === undefined ? store.seats(read.game_id) : Effect.succeed(begun.seats)).pipe(
      Effect.flatMap((seats) =>
        made(own, turn, seats, computing).pipe(
          Effect.provideService(Scope.Scope, held),
          Effect.tap(() => Effect.andThen(Scope.close(held, Exit.void), engineDone)),
          Effect.flatMap((answer) => open(own.row, turn, operation, seats, answer)),
          Effect.tap(() => TurnMetrics.made(asked)),
          Effect.map((row): AfterStep => ({ row }))
        )
      ),
      Effect.catchTags({
        GameGone: (gone) => Effect.as(drop(own.row, operation)(gone), {}),
        StillComputing: (engine) => Effect.as(waitOn(own.row, engine, operation, asked), {})
      }),
      Effect.catchCause((cause) =>
        Effect.gen(function* () {
          const { row } = own
          const error = errorOf(cause)
          const { reason, outOfMemory } = yield* engineFailure(host, row, cause)
          const hopeless = outOfMemory || (error?._tag === "EngineStartFailed" && error.permanent)
          const hasRoom = !(error?._tag === "EngineStartFailed" && error.noRoom === true)
          const why = !hasRoom ? "no-room" : error?._tag === "EngineRefused" ? "refused" : "failed"
          yield* hopeless || (hasRoom && row.attempts >= config.turnAttempts)
            ? giveUp(row, reason, operation, why)
            : retryLater(row, reason, operation, why)
          return {}
        })
      )
    )
  }, Effect.scoped)

  /** A game that is gone meanwhile: then its runtime is stopped. */
  const ifGone = (row: RuntimeRow) => (gone: GameGone) => Effect.as(drop(row, undefined)(gone), {})

  return {
    settle: (row: RuntimeRow) => Effect.catchTag(settle(row), "GameGone", ifGone(row)),
    cutoff: (row: RuntimeRow): Effect.Effect<AfterStep, Exclude<Effect.Error<ReturnType<typeof cutoff>>, GameGone>> =>
      Effect.catchTag(cutoff(row), "GameGone", ifGone(row)),
    attempt,
    again: (row: RuntimeRow) => Effect.catchTag(again(row), "GameGone", ifGone(row))
  }
})
