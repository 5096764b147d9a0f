/**
 * Port: how the runtime reports what became of a game, inside its own transaction. The lobby implements it.
 *
 * An event may be delivered twice and changes nothing the second time. An event that the game's state no longer allows,
 * because it was cancelled in the meantime, fails with `GameGone`, so that the runtime can clean up.
 */
import type { EnginePlayerId, GameId } from "@galaxy/contract/ids/Ids"
import { Context, type DateTime, type Effect, Schema } from "effect"
import type { PlayerStanding } from "../engine/PlayerStanding.ts"
import type { StorageError } from "../shared/StorageError.ts"

/** The event can't be applied: the game doesn't exist, or its state has moved on. */
export class GameGone extends Schema.TaggedError<GameGone>()("GameGone", { reason: Schema.String }) {
  override get message(): string {
    return this.reason
  }
}

/**
 * A start has succeeded: the galaxy's turn, when the next one is due, and the engine version it runs on. Also of a game
 * that was stopped and goes on.
 */
export interface RunningReport {
  readonly gameId: GameId
  readonly currentTurn: number
  readonly nextTurnAt?: DateTime.Utc | undefined
  readonly engineVersion: string
}

/** A game in play at one moment, as the lobby shows it. */
export interface RuntimeSnapshot {
  readonly gameId: GameId
  readonly currentTurn: number
  /** The runtime's status (`RuntimeStatus`), which the lobby shows but doesn't act on. */
  readonly runtimeStatus: string
  readonly nextTurnAt?: DateTime.Utc | undefined
  /** How players stand; empty where the engine wasn't asked. */
  readonly players: ReadonlyArray<PlayerStanding>
  /** Where it has changed: the engine version that the game goes on with. */
  readonly engineVersion?: string | undefined
  /** A turn was made just now, so it is announced even if the lobby shows its number already. */
  readonly advanced: boolean
  /** The turn was made before its time, so nobody has missed it. */
  readonly forced?: boolean
}

/** Something that operators should see to. `turn_failed` is told to the game's members too. */
export interface TroubleReport {
  readonly gameId: GameId
  readonly what: "image_missing" | "start_failed" | "engine_unhealthy" | "turn_failed"
  /** One sentence for operators. */
  readonly detail: string
  /** The turn that has failed. */
  readonly turn?: number
  /** Names the occurrence: it is told once. */
  readonly ref: string
}

/** What became of a player's seat that the engine was to play: it plays it, or it can't and the race leaves the game. */
export interface SeatReport {
  readonly gameId: GameId
  readonly enginePlayerId: EnginePlayerId
  readonly what: "taken_over" | "leaves"
}

/** How every event may fail: for good with `GameGone`, or with the database. */
export type RuntimeEventError = GameGone | StorageError

/**
 * The runtime's events, to be called inside the transaction that stores what they report. Implementations join that
 * transaction.
 */
export class RuntimeEvents extends Context.Service<
  RuntimeEvents,
  {
    /** The engine is up and the galaxy exists: the game is running. */
    onRunning(report: RunningReport): Effect.Effect<void, RuntimeEventError>
    /** The last attempt of a start has failed. Players can read the reason. */
    onStartFailed(report: { readonly gameId: GameId; readonly reason: string }): Effect.Effect<void, RuntimeEventError>
    /**
     * A game that was in play could not be brought up again: its runtime is stopped, its state is kept. The reason is
     * for operators. `engineVersion` is what the game goes back to, where a newer one didn't get up.
     */
    onStopped(report: {
      readonly gameId: GameId
      readonly reason: string
      readonly engineVersion?: string | undefined
    }): Effect.Effect<void, RuntimeEventError>
    /**
     * Updates the lobby's view of the game. A new turn is announced to every active member, once. A snapshot older than
     * the game's current turn, or of a game that has ended, changes nothing.
     */
    onSnapshot(snapshot: RuntimeSnapshot): Effect.Effect<void, RuntimeEventError>
    /**
     * The same for several games with the statements of one, and for those games only for which it needs no waiting:
     * returns them. The others, among them those that have ended, are to be reported one by one.
     */
    onSnapshots(snapshots: ReadonlyArray<RuntimeSnapshot>): Effect.Effect<ReadonlySet<GameId>, StorageError>
    /** A turn comes later than it was planned, since no backend was at work. Members are told. */
    onTurnDelayed(report: {
      readonly gameId: GameId
      readonly turn: number
      readonly nextTurnAt: DateTime.Utc
    }): Effect.Effect<void, RuntimeEventError>
    /**
     * The status that the lobby shows while the game goes on: the runtime's own, or `engine_unreachable`. Of a game whose
     * runtime is stopped it changes nothing. Locks the game to the end of the transaction.
     */
    onHealth(report: {
      readonly gameId: GameId
      readonly runtimeStatus: string
    }): Effect.Effect<void, RuntimeEventError>
    /** Of a turn, to be called last in a transaction: it tells members. */
    onTrouble(report: TroubleReport): Effect.Effect<void, RuntimeEventError>
    /** A game that was stopped is stored as running again: its open turn is made early where all are ready by now. */
    onReopened(gameId: GameId): Effect.Effect<void, RuntimeEventError>
    /** The player is told. Where the race leaves, their membership ends. Locks the game to the end of the transaction. */
    onSeat(report: SeatReport): Effect.Effect<void, RuntimeEventError>
    /** The engine has declared the game over. Also valid while the owner has paused it. */
    onFinished(gameId: GameId): Effect.Effect<void, RuntimeEventError>
  }
>()("@galaxy/core/runtime/RuntimeEvents") {}
