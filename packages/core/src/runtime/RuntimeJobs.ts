/**
 * Orders for the runtime ("start this game", "stop it"), committed together with the fact that causes them.
 *
 * The row is the job: the game's owner finds it there, however often it dies on the way. An order changes the row's
 * version, so work that is under way for an older order can't be committed.
 */
import type { GameId, UserId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Effect, Layer, Option } from "effect"
import { Hex } from "effect/encoding"
import { SqlClient } from "effect/sql"
import { note } from "../shared/SideEffects.ts"
import { DatabaseSignal } from "../shared/DatabaseSignal.ts"
import { StorageError } from "../shared/StorageError.ts"
import { secureRandom } from "../shared/webCrypto.ts"
import { EngineVersions, type NoEngineVersion } from "../engine/EngineVersions.ts"
import { EngineVersionOlder, GameNotRunning, RuntimeNotFound } from "./RuntimeError.ts"
import { decided } from "./decisions.ts"
import { deadlineChange, type RuntimeChange, type RuntimeRow, type RuntimeStatus, versionBack } from "./RuntimeRow.ts"
import * as RuntimeStores from "./RuntimeStore.ts"
import type { Seat } from "./Seats.ts"
import * as SeatOrders from "./SeatOrders.ts"
import { isOlder } from "../engine/versions.ts"
import { scheduledAfter } from "./TurnTimes.ts"

/** Everything that a start needs, taken from the lobby's row. Later changes there don't reach the game. */
export interface StartRequest {
  readonly gameId: GameId
  /** A registered version that is enabled; the newest such version when absent. */
  readonly engineVersion?: string | undefined
  /** Five cron fields, read in `timeZone`; checked by the caller. */
  readonly turnSchedule: string
  readonly timeZone: string
  /** Seats that the engine plays are among them, with `userId` null and `computer`. */
  readonly players: ReadonlyArray<Seat>
}

/**
 * The lobby's way to give work to the runtime. An order takes effect if and only if the caller's transaction commits.
 * All but `requestStart` are idempotent.
 */
export class RuntimeJobs extends Context.Service<
  RuntimeJobs,
  {
    /**
     * Queues a first start. A game whose earlier start failed, or was stopped, gets a new seed, version and players.
     * Fails with `NoEngineVersion` if no enabled version fits, and dies for a game that is or was in play.
     */
    requestStart(request: StartRequest): Effect.Effect<void, NoEngineVersion | StorageError>
    /**
     * Stops a game: no more turns, its engine is ended, its state, turn and seed are kept. `why` is for operators. A
     * turn that is being made is not committed; it is made again once the game goes on. Does nothing for a game that
     * has no runtime, or whose runtime isn't in play. Returns the engine version that the game goes back to, where it
     * was to go on with a newer one that hasn't got up.
     */
    requestStop(gameId: GameId, why: string): Effect.Effect<string | undefined, StorageError>
    /**
     * Brings a stopped game up again: the same galaxy at the same turn. Without a version it goes on with its own, which
     * must be enabled (`NoEngineVersion`); a named one must be enabled and not older (`EngineVersionOlder`), and is taken
     * back if it doesn't get up. The outcome comes through `RuntimeEvents`: `onRunning`, or `onStopped` if the engine can't be brought up. Fails with
     * `GameNotRunning` unless the game is stopped.
     */
    requestStartAgain(
      gameId: GameId,
      options?: { readonly engineVersion?: string | undefined }
    ): Effect.Effect<void, RuntimeNotFound | GameNotRunning | NoEngineVersion | EngineVersionOlder | StorageError>
    /**
     * The schedule makes no more turns until `requestResume`; one that is being made is finished. The engine goes on.
     * Fails with `GameNotRunning` for a game that isn't in play.
     */
    requestPause(gameId: GameId): Effect.Effect<void, RuntimeNotFound | GameNotRunning | StorageError>
    /**
     * The schedule goes on; returns when the next turn is due, or undefined while one is being made or has failed.
     * Fails with `GameNotRunning` for a game that isn't in play, also for a stopped one.
     */
    requestResume(
      gameId: GameId
    ): Effect.Effect<DateTime.Utc | undefined, RuntimeNotFound | GameNotRunning | StorageError>
    /** The game is over without a winner: as `requestStop`, in every state but `finished`. */
    requestCancel(gameId: GameId): Effect.Effect<void, StorageError>
    /**
     * The user's race leaves the game at its next turn. Does nothing if they have no seat. If the game isn't in play,
     * that is done once it is.
     */
    requestBanish(gameId: GameId, userId: UserId): Effect.Effect<void, StorageError>
    /** The engine plays the user's race from now on. Does nothing if they have no seat, or if it leaves the game. */
    requestComputer(gameId: GameId, userId: UserId): Effect.Effect<void, StorageError>
    /**
     * All players are done with their orders for this turn: it is made at once, as the scheduled one. Returns false,
     * and does nothing, if another turn is open, or the game is paused or not running.
     */
    requestEarlyTurn(gameId: GameId, turn: number): Effect.Effect<boolean, StorageError>
  }
>()("@galaxy/core/runtime/RuntimeJobs") {}

/** Where the seeds of new galaxies come from: 16 random bytes. A test may give its own, to get the same galaxy again. */
export const NewSeed = Context.Reference<Effect.Effect<string>>("@galaxy/core/runtime/NewSeed", {
  defaultValue: () => Effect.map(secureRandom.randomBytes(16), Hex.encode)
})

/** States in which the game is played: its schedule runs or is paused. */
const inPlay: ReadonlySet<RuntimeStatus> = new Set(["running", "generation_in_progress", "generation_failed", "paused"])

/** Longest reason that is kept, in characters. */
const maxWhy = 500

/** `RuntimeJobs` over PostgreSQL. Wakes the scheduler when the order is committed. */
export const layer: Layer.Layer<RuntimeJobs, never, SqlClient.SqlClient | DatabaseSignal | EngineVersions> =
  Layer.effect(
    RuntimeJobs,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const signal = yield* DatabaseSignal
      const versions = yield* EngineVersions
      const store = yield* RuntimeStores.RuntimeStore
      const orders = yield* SeatOrders.SeatOrders
      const newSeed = yield* NewSeed

      const wake = signal.send("galaxy_runtime")

      /** The row is locked, so nobody can have written it since. */
      const change = (row: RuntimeRow, change: RuntimeChange) =>
        Effect.andThen(Effect.catchTag(store.write(row, change), "RuntimeStale", Effect.die), wake)

      const found = Effect.fnUntraced(function* (gameId: GameId) {
        const row = yield* store.lock(gameId)
        return Option.isNone(row) ? yield* new RuntimeNotFound() : row.value
      })

      const requestStart = Effect.fnUntraced(function* (request: StartRequest) {
        const version = yield* versions.pick(request.engineVersion)
        const armed = yield* store.arm({
          ...request,
          engineVersion: version.version,
          imageRef: version.image_ref,
          seed: yield* newSeed
        })
        // The lobby starts only games that aren't in play: any other state here is a bug, and nothing is changed.
        if (!armed) return yield* Effect.die(new Error("the game already has a runtime"))
        yield* note({ kind: "engine", what: "start" })
        yield* wake
      })

      const stop = Effect.fnUntraced(function* (
        gameId: GameId,
        why: string,
        stoppable: (status: RuntimeStatus) => boolean
      ) {
        const row = yield* store.lock(gameId)
        if (Option.isNone(row) || !stoppable(row.value.status)) return undefined
        const back = versionBack(row.value)
        yield* change(row.value, {
          ...back,
          status: "stopped",
          engine_task: "stop",
          generating_turn: null,
          generating_since: null,
          force_next_turn: false,
          ...deadlineChange(null, yield* DateTime.now),
          next_attempt_at: null,
          attempts: 0,
          failure_reason: why.replaceAll("\u0000", "").slice(0, maxWhy),
          ...decided("the game is stopped", yield* DateTime.now)
        })
        yield* note({ kind: "engine", what: "stop" })
        return back?.engine_version
      })

      const requestStartAgain = Effect.fnUntraced(function* (gameId: GameId, engineVersion: string | undefined) {
        const row = yield* found(gameId)
        if (row.status !== "stopped") return yield* new GameNotRunning({ status: row.status })
        const present = row.engine_version ?? undefined
        const version = yield* versions.pick(engineVersion ?? present)
        if (present !== undefined && isOlder(version.version, present)) {
          return yield* new EngineVersionOlder({ version: version.version, present })
        }
        // Of a game that was never played nothing depends on the version.
        const replaced = row.started_at !== null && (version.version !== present || version.image_ref !== row.image_ref)
        yield* change(row, {
          status: "starting",
          engine_version: version.version,
          image_ref: version.image_ref,
          ...(version.image_ref === row.image_ref ? {} : { image_id: null }),
          previous_version: replaced ? row.engine_version : null,
          previous_image: replaced ? row.image_ref : null,
          // One that still runs may be of another version.
          engine_task: "stop",
          paused: false,
          next_attempt_at: yield* DateTime.nowAsDate,
          attempts: 0,
          failure_reason: null
        })
        yield* note({ kind: "engine", what: "start" })
      })

      const requestPause = Effect.fnUntraced(function* (gameId: GameId) {
        const row = yield* found(gameId)
        if (!inPlay.has(row.status)) return yield* new GameNotRunning({ status: row.status })
        if (row.paused) return
        yield* change(row, {
          paused: true,
          ...decided("the game is paused", yield* DateTime.now),
          ...(row.status === "running" ? deadlineChange(null, yield* DateTime.now) : {})
        })
      })

      const requestResume = Effect.fnUntraced(function* (gameId: GameId) {
        const row = yield* found(gameId)
        if (!inPlay.has(row.status)) return yield* new GameNotRunning({ status: row.status })
        if (row.status !== "running") {
          if (row.paused) yield* change(row, { paused: false })
          return undefined
        }
        if (!row.paused) return row.next_turn_at ?? undefined
        const now = yield* DateTime.now
        const next = scheduledAfter(row, now)
        yield* change(row, { paused: false, ...deadlineChange(next, now), ...decided("the game goes on", now) })
        return next.at
      })

      const seatOrder = Effect.fnUntraced(function* (gameId: GameId, userId: UserId, order: "banish" | "computer") {
        if (!(yield* orders.request(gameId, userId, order))) return
        yield* note({ kind: "engine", what: order })
        yield* wake
      })

      const requestEarlyTurn = Effect.fnUntraced(function* (gameId: GameId, turn: number) {
        const row = Option.getOrUndefined(yield* store.lock(gameId))
        if (row === undefined || row.status !== "running" || row.paused || row.current_turn !== turn) return false
        yield* store.force(gameId)
        yield* note({ kind: "engine", what: "turn" })
        yield* wake
        return true
      })

      const inTransaction = <A, E>(effect: Effect.Effect<A, E>) => StorageError.refail(sql.withTransaction(effect))

      return RuntimeJobs.of({
        requestStart: Effect.fn("RuntimeJobs.requestStart")((request) => inTransaction(requestStart(request))),
        requestStop: Effect.fn("RuntimeJobs.requestStop")((gameId, why) =>
          inTransaction(stop(gameId, why, (status) => status === "starting" || inPlay.has(status)))
        ),
        requestStartAgain: Effect.fn("RuntimeJobs.requestStartAgain")((gameId, options) =>
          inTransaction(requestStartAgain(gameId, options?.engineVersion))
        ),
        requestPause: Effect.fn("RuntimeJobs.requestPause")((gameId) => inTransaction(requestPause(gameId))),
        requestResume: Effect.fn("RuntimeJobs.requestResume")((gameId) => inTransaction(requestResume(gameId))),
        requestCancel: Effect.fn("RuntimeJobs.requestCancel")((gameId) =>
          inTransaction(
            Effect.asVoid(
              stop(gameId, "the game was cancelled", (status) => status !== "finished" && status !== "stopped")
            )
          )
        ),
        requestBanish: Effect.fn("RuntimeJobs.requestBanish")((gameId, userId) =>
          inTransaction(seatOrder(gameId, userId, "banish"))
        ),
        requestComputer: Effect.fn("RuntimeJobs.requestComputer")((gameId, userId) =>
          inTransaction(seatOrder(gameId, userId, "computer"))
        ),
        requestEarlyTurn: Effect.fn("RuntimeJobs.requestEarlyTurn")((gameId, turn) =>
          inTransaction(requestEarlyTurn(gameId, turn))
        )
      })
    })
  ).pipe(Layer.provide([RuntimeStores.layer, SeatOrders.layer]))
