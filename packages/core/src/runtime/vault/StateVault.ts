/**
 * Port to the place where games' states are kept outside of their engines, so that a game outlives its engine's machine.
 *
 * A state is a set of files whose content only the engine understands. What belongs to one fact is stored with it:
 * orders in the transaction after which the player is told, a turn in the transaction that opens the next one. An engine
 * that was given up may still run and accept orders, so each write names the engine's epoch and is refused in any other.
 */
import type { StateFile } from "@galaxy/contract/engine/State"
import type { GameId } from "@galaxy/contract/ids/Ids"
import { Context, Effect, Layer, Schema, Stream } from "effect"
import type { StorageError } from "../../shared/StorageError.ts"

/** A file of a state, ready to be stored. */
export interface PackedFile {
  readonly path: string
  /** How often the engine has written it, where the engine says so; otherwise 0. */
  readonly revision: number
  /** The method of the body; see `StateCoding`. */
  readonly encoding: string
  readonly body: Uint8Array
  /** Bytes of the file itself. */
  readonly size: number
  /** Of the file itself, in lower-case hex. */
  readonly sha256: string
}

/** A file of a state as the engine has it. */
export interface StateBytes {
  readonly path: string
  readonly bytes: Uint8Array
}

/** Whose state, and of which run of its engine. */
export interface StateOwner {
  readonly gameId: GameId
  /** The engine's epoch. */
  readonly epoch: number
}

/** The engine has been replaced, or the turn has been made without what was to be stored: nothing was stored. */
export class StateOvertaken extends Schema.TaggedError<StateOvertaken>()("StateOvertaken", {}) {}

/** A stored file isn't what was stored, or can't be read here. */
export class StateDamaged extends Schema.TaggedError<StateDamaged>()("StateDamaged", {
  path: Schema.String,
  reason: Schema.String
}) {
  override get message(): string {
    return `the stored file ${this.path} ${this.reason}`
  }
}

/**
 * Keeps states of games. Writes join the caller's transaction. Everything may fail with `StorageError`.
 */
export class StateVault extends Context.Service<
  StateVault,
  {
    /** Whether states are kept at all. Where they aren't, each stays with the host of its engine, and no write is asked for. */
    readonly keeps: boolean
    /** Makes a file ready to be stored: outside of a transaction, since that takes a while. */
    pack(file: StateBytes, revision?: number): Effect.Effect<PackedFile>
    /**
     * Stores what was decided while `turn` was the open one, if the game's engine is still that of the epoch. Succeeds
     * without storing anything where a later revision is stored, where the next turn was committed by the same engine,
     * since it has the decision, and for a game whose state isn't kept here. Fails with `StateOvertaken` otherwise.
     */
    keepDecision(
      owner: StateOwner & { readonly turn: number },
      file: PackedFile
    ): Effect.Effect<void, StateOvertaken | StorageError>
    /** Stores files of turns that the caller's transaction commits, in fenced writes of the games' rows before this. */
    keepTurns(
      turns: ReadonlyArray<StateOwner & { readonly files: ReadonlyArray<PackedFile> }>
    ): Effect.Effect<void, StorageError>
    /**
     * Stores files of a game whose state isn't kept here yet. They count once the game's row says that it is, so this may
     * be done in parts, and again.
     */
    takeIn(owner: StateOwner, files: ReadonlyArray<PackedFile>): Effect.Effect<void, StateOvertaken | StorageError>
    /** Those of the files that aren't stored with the same content. */
    missing(gameId: GameId, files: ReadonlyArray<StateFile>): Effect.Effect<ReadonlyArray<StateFile>, StorageError>
    /** All files of a game by ascending path, checked. A few of them are in memory at once. */
    load(gameId: GameId): Stream.Stream<StateBytes, StateDamaged | StorageError>
    /** Removes all that is stored of the game. */
    drop(gameId: GameId): Effect.Effect<void, StorageError>
  }
>()("@galaxy/core/runtime/vault/StateVault") {}

const never = Effect.die(new Error("states aren't kept here"))

/** Keeps nothing: states stay in folders of the hosts where their engines run. */
export const layerNone: Layer.Layer<StateVault> = Layer.succeed(StateVault, {
  keeps: false,
  pack: () => never,
  keepDecision: () => never,
  keepTurns: (turns) => (turns.every((it) => it.files.length === 0) ? Effect.void : never),
  takeIn: () => never,
  missing: () => never,
  load: () => Stream.fromEffect(never),
  drop: () => Effect.void
})
