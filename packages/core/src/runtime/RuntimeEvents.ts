/**
 * Port: whom the runtime tells what became of a game, inside its own transaction. The lobby implements it.
 *
 * An event may come twice, and changes nothing the second time. One that the game has no place for any more, since it was
 * cancelled meanwhile, fails with `GameGone`, for the runtime to clean up after.
 */
import type { GameId } from "@galaxy/contract/ids/Ids"
import { Context, type DateTime, type Effect, Schema } from "effect"
import type { PlayerStanding } from "../engine/PlayerStanding.ts"
import type { StorageError } from "../shared/StorageError.ts"

/** The game has no place for what happened: it doesn't exist, or its state has moved on. */
export class GameGone extends Schema.TaggedError<GameGone>()("GameGone", { reason: Schema.String }) {
  override get message(): string {
    return this.reason
  }
}

export interface RunningReport {
  readonly gameId: GameId
  readonly currentTurn: number
  readonly nextTurnAt?: DateTime.Utc | undefined
  readonly engineVersion: string
}

export interface RuntimeSnapshot {
  readonly gameId: GameId
  readonly currentTurn: number
  readonly runtimeStatus: string
  readonly nextTurnAt?: DateTime.Utc | undefined
  readonly players: ReadonlyArray<PlayerStanding>
  /** A turn was generated, as opposed to a mere look at the engine. */
  readonly advanced: boolean
}

export type RuntimeEventError = GameGone | StorageError

export class RuntimeEvents extends Context.Service<
  RuntimeEvents,
  {
    /** The start job has begun (again). */
    onStarting(gameId: GameId): Effect.Effect<void, RuntimeEventError>
    onRunning(report: RunningReport): Effect.Effect<void, RuntimeEventError>
    onStartFailed(report: { readonly gameId: GameId; readonly reason: string }): Effect.Effect<void, RuntimeEventError>
    /**
     * Renews what the lobby shows of the game; a new turn is announced to every active member, once. A snapshot older than
     * the game's current turn, or of a game that has ended, changes nothing.
     */
    onSnapshot(snapshot: RuntimeSnapshot): Effect.Effect<void, RuntimeEventError>
    onFinished(gameId: GameId): Effect.Effect<void, RuntimeEventError>
  }
>()("@galaxy/core/runtime/RuntimeEvents") {}
