/**
 * How the lobby reacts to the runtime's events, inside the runtime's own transaction.
 *
 * Each reaction locks the game's row. An event that the game's state already shows changes nothing.
 */
import type { GameStatus } from "@galaxy/contract/api/UserLobby"
import type { JsonObject } from "@galaxy/contract/fbs/codec"
import { type GameId, MembershipId, type UserId } from "@galaxy/contract/ids/Ids"
import { DateTime, Effect, Layer, Option } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import type { KnownIntent } from "../notification/Intent.ts"
import { Notifications } from "../notification/Notifications.ts"
import { RaceNames } from "../race-name/RaceNames.ts"
import { joining } from "../shared/joining.ts"
import { newId } from "../shared/NewId.ts"
import { StorageError } from "../shared/StorageError.ts"
import {
  GameGone,
  RuntimeEvents,
  type RunningReport,
  type RuntimeSnapshot,
  type SeatReport,
  type TroubleReport
} from "../runtime/RuntimeEvents.ts"
import type { RuntimeJobs } from "../runtime/RuntimeJobs.ts"
import * as AbsentPlayers from "./AbsentPlayers.ts"
import { ApplicationStore } from "./application/ApplicationStore.ts"
import { closeApplications } from "./application/closing.ts"
import { EarlyTurns } from "./game/EarlyTurns.ts"
import { target } from "./game/GameAccess.ts"
import type { GameAction } from "./game/GameState.ts"
import { type Game, type GameChange, GameStore } from "./game/GameStore.ts"
import { GameNotFound, type GameStateConflict } from "./game/GameError.ts"
import { InviteStore } from "./invite/InviteStore.ts"
import type { Attendance } from "./membership/Attendance.ts"
import { MembershipStore } from "./membership/MembershipStore.ts"

/** Longest failure reason that is stored, in characters. Players read it, and an engine's message can be long. */
const maxReason = 500

const alive: ReadonlySet<GameStatus> = new Set(["starting", "running", "paused"])

const turnReady = (gameId: GameId, turn: number, recipients: ReadonlyArray<UserId>): KnownIntent => ({
  kind: "game.turn.ready",
  idempotencyKey: `turn-ready:${gameId}:${turn}`,
  recipients,
  payload: { game_id: gameId, turn }
})

/** Whether a snapshot is told of together with others: it is no finish, and needs nothing more from the database. */
const isPlain = (it: RuntimeSnapshot) =>
  it.engineVersion === undefined && it.runtimeStatus !== "finished" && (!it.advanced || it.players.length > 0)

const dateOf = (at: DateTime.Utc | undefined) => (at === undefined ? null : DateTime.toDate(at))

/**
 * The lobby's `RuntimeEvents`. Joins the runtime's transaction. A game that doesn't exist, or whose state doesn't allow
 * the event, fails with `GameGone`.
 */
export const layer: Layer.Layer<
  RuntimeEvents,
  never,
  | SqlClient.SqlClient
  | GameStore
  | MembershipStore
  | Attendance
  | EarlyTurns
  | ApplicationStore
  | InviteStore
  | RaceNames
  | RuntimeJobs
  | Notifications
> = Layer.effect(
  RuntimeEvents,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const games = yield* GameStore
    const members = yield* MembershipStore
    const applications = yield* ApplicationStore
    const invites = yield* InviteStore
    const raceNames = yield* RaceNames
    const notifications = yield* Notifications

    const early = yield* EarlyTurns
    const { afterTurn, reminders, seatOutcome } = yield* AbsentPlayers.make

    const locked = Effect.fnUntraced(function* (gameId: GameId) {
      const game = yield* games.lockForEvent(gameId)
      return Option.isNone(game) ? yield* new GameNotFound() : game.value
    })

    const report = (gameId: GameId, action: GameAction, done: GameStatus, change: (game: Game) => GameChange) =>
      Effect.gen(function* () {
        const game = yield* locked(gameId)
        if (game.status === done) return undefined
        const status = yield* target(game, action)
        yield* games.change(gameId, { ...change(game), status })
        return game
      })

    /** Tells the active members of something that happens to a game once, or once for each `key`. */
    const tell = Effect.fnUntraced(function* (
      kind: "game.started" | "game.finished" | "lobby.game.paused",
      game: Game,
      payload: JsonObject = {},
      key = ""
    ) {
      const recipients = (yield* members.active(game.game_id)).map((it) => it.user_id)
      if (recipients.length === 0) return
      yield* notifications.submit({
        kind,
        idempotencyKey: `${kind}:${game.game_id}${key}`,
        recipients,
        payload: { game_id: game.game_id, game_name: game.game_name, ...payload }
      })
    })

    const onRunning = Effect.fn("RuntimeEvents.onRunning")(function* (it: RunningReport) {
      const now = yield* DateTime.nowAsDate
      const before = yield* report(it.gameId, "report_running", "running", (game) => ({
        runtime_status: "running",
        current_turn: it.currentTurn,
        next_turn_at: dateOf(it.nextTurnAt),
        engine_version: it.engineVersion,
        failure_reason: null,
        started_at: game.started_at === undefined ? now : DateTime.toDate(game.started_at)
      }))
      // A game that was stopped and goes on has started long ago.
      if (before === undefined || before.started_at !== undefined) return
      yield* invites.expireAll(it.gameId)
      const rejected = yield* closeApplications({ applications, raceNames, notifications }, before)
      const seated = (yield* members.active(it.gameId)).map((member) => member.user_id)
      yield* notifications.lock([...seated, ...rejected.people])
      yield* tell("game.started", before)
      yield* rejected.tell
    })

    const onStartFailed = Effect.fn("RuntimeEvents.onStartFailed")(function* (it: {
      readonly gameId: GameId
      readonly reason: string
    }) {
      yield* report(it.gameId, "report_start_failed", "start_failed", () => ({
        runtime_status: "start_failed",
        next_turn_at: null,
        // PostgreSQL's text can't hold NUL.
        failure_reason: it.reason.replaceAll("\u0000", "").slice(0, maxReason)
      }))
    })

    const onStopped = Effect.fn("RuntimeEvents.onStopped")(function* (it: {
      readonly gameId: GameId
      readonly reason: string
      readonly engineVersion?: string | undefined
    }) {
      const game = yield* locked(it.gameId)
      if (!alive.has(game.status)) return
      const version = it.engineVersion === undefined ? {} : { engine_version: it.engineVersion }
      yield* games.change(it.gameId, { status: "paused", runtime_status: "stopped", next_turn_at: null, ...version })
      if (game.status === "running") yield* tell("lobby.game.paused", game, {}, `:${yield* newId}`)
    })

    const onTurnDelayed = Effect.fn("RuntimeEvents.onTurnDelayed")(function* (it: {
      readonly gameId: GameId
      readonly turn: number
      readonly nextTurnAt: DateTime.Utc
    }) {
      const game = yield* locked(it.gameId)
      if (!alive.has(game.status)) return
      yield* games.change(it.gameId, { next_turn_at: DateTime.toDate(it.nextTurnAt) })
      const recipients = (yield* members.active(it.gameId)).map((member) => member.user_id)
      if (recipients.length === 0) return
      const at = DateTime.formatIso(it.nextTurnAt)
      yield* notifications.submit({
        kind: "game.turn.delayed",
        idempotencyKey: `turn-delayed:${it.gameId}:${it.turn}:${at}`,
        recipients,
        payload: { game_id: it.gameId, game_name: game.game_name, turn: it.turn, next_turn_at: at }
      })
    })

    const onHealth = Effect.fn("RuntimeEvents.onHealth")(function* (it: {
      readonly gameId: GameId
      readonly runtimeStatus: string
    }) {
      const game = yield* locked(it.gameId)
      // Of a stopped game only a start says anything new: a report that comes late would hide that it is stopped.
      if (!alive.has(game.status) || game.runtime_status === "stopped") return
      if (game.runtime_status === it.runtimeStatus) return
      yield* games.change(it.gameId, { runtime_status: it.runtimeStatus })
    })

    const onTrouble = Effect.fn("RuntimeEvents.onTrouble")(function* (it: TroubleReport) {
      const game = yield* locked(it.gameId)
      const named = { game_id: it.gameId, game_name: game.game_name }
      yield* notifications.submit({
        kind: `runtime.${it.what}`,
        idempotencyKey: `${it.what}:${it.ref}`,
        recipients: [],
        payload: { ...named, detail: it.detail }
      })
      if (it.what !== "turn_failed") return
      const recipients = (yield* members.active(it.gameId)).map((member) => member.user_id)
      if (recipients.length === 0) return
      yield* notifications.submit({
        kind: "game.generation.failed",
        idempotencyKey: `generation-failed:${it.ref}`,
        recipients,
        payload: { ...named, turn: it.turn ?? game.current_turn + 1 }
      })
    })

    const onSnapshot = Effect.fn("RuntimeEvents.onSnapshot")(function* (it: RuntimeSnapshot) {
      const found = yield* games.observe(it.gameId, it.currentTurn, [...alive], {
        current_turn: it.currentTurn,
        runtime_status: it.runtimeStatus,
        next_turn_at: dateOf(it.nextTurnAt),
        ...(it.engineVersion === undefined ? {} : { engine_version: it.engineVersion })
      })
      // It doesn't exist, or the snapshot is too old for it.
      if (Option.isNone(found)) return yield* Effect.asVoid(locked(it.gameId))
      const { game, turnBefore } = found.value
      const recorded = yield* members.record(it.gameId, it.players)
      if (!it.advanced && it.currentTurn === turnBefore) return
      const recipients =
        it.players.length > 0 ? recorded : (yield* members.active(it.gameId)).map((member) => member.user_id)
      if (recipients.length > 0) yield* notifications.submit(turnReady(it.gameId, it.currentTurn, recipients))
      // After the last turn there is nothing left to miss.
      if (it.runtimeStatus !== "finished") yield* afterTurn(game, it.currentTurn, it.forced === true)
    })

    const onReopened = Effect.fn("RuntimeEvents.onReopened")(function* (gameId: GameId) {
      yield* locked(gameId)
      yield* early.check(gameId)
    })

    const onSeat = Effect.fn("RuntimeEvents.onSeat")(function* ({ gameId, enginePlayerId, what }: SeatReport) {
      const game = yield* locked(gameId)
      // A game that has ended keeps its players.
      if (alive.has(game.status)) yield* seatOutcome(game, MembershipId.make(enginePlayerId), what)
    })

    const onSnapshots = Effect.fn("RuntimeEvents.onSnapshots")(function* (all: ReadonlyArray<RuntimeSnapshot>) {
      const plain = all.filter(isPlain)
      const observed = yield* games.observeAll(
        plain.map((it) => ({
          game_id: it.gameId,
          current_turn: it.currentTurn,
          runtime_status: it.runtimeStatus,
          next_turn_at: dateOf(it.nextTurnAt),
          advanced: it.advanced,
          forced: it.forced === true
        })),
        [...alive]
      )
      const seen = new Map(observed.map((it) => [it.game_id, it]))
      const made = plain.flatMap((it) => {
        const game = it.advanced ? seen.get(it.gameId) : undefined
        return game === undefined ? [] : [{ ...it, game, turn: it.currentTurn, forced: it.forced === true }]
      })
      const recorded = yield* members.recordAll(made)
      const ready = made.flatMap(({ gameId, turn }) => {
        const recipients = recorded.get(gameId) ?? []
        return recipients.length === 0 ? [] : [turnReady(gameId, turn, recipients)]
      })
      yield* notifications.submitAll([...ready, ...(yield* reminders(made))])
      return new Set(seen.keys())
    })

    const onFinished = Effect.fn("RuntimeEvents.onFinished")(function* (gameId: GameId) {
      const now = yield* DateTime.nowAsDate
      const before = yield* report(gameId, "finish", "finished", () => ({
        runtime_status: "finished",
        next_turn_at: null,
        finished_at: now
      }))
      if (before === undefined) return
      // Names are locked before people, as everywhere. All members are told first: that locks all who earn a name.
      yield* raceNames.lockAll(gameId)
      yield* tell("game.finished", before, { turn: before.current_turn })
      yield* raceNames.promote({ gameId, gameName: before.game_name, earners: yield* members.grown(gameId) })
    })

    const inTransaction = <A, R>(
      effect: Effect.Effect<A, GameNotFound | GameStateConflict | StorageError | SqlError.SqlError, R>
    ) =>
      StorageError.refail(sql.withTransaction(effect)).pipe(
        Effect.catchTags({
          GameNotFound: (gone) => Effect.fail(new GameGone({ reason: gone.message })),
          GameStateConflict: (gone) => Effect.fail(new GameGone({ reason: gone.message }))
        })
      )

    return RuntimeEvents.of({
      onRunning: (it) => inTransaction(onRunning(it)),
      onStartFailed: (it) => inTransaction(onStartFailed(it)),
      onStopped: (it) => inTransaction(onStopped(it)),
      onTurnDelayed: (it) => inTransaction(onTurnDelayed(it)),
      onHealth: (it) => inTransaction(onHealth(it)),
      onTrouble: (it) => inTransaction(onTrouble(it)),
      onSnapshot: (it) => inTransaction(onSnapshot(it)),
      onReopened: (gameId) => inTransaction(onReopened(gameId)),
      onSeat: (it) => inTransaction(onSeat(it)),
      onSnapshots: (all) => StorageError.refail(joining(sql, onSnapshots(all))),
      onFinished: (gameId) => inTransaction(onFinished(gameId))
    })
  })
)
