/**
 * Port to the place where engines run: child processes, containers, or this very process in tests.
 *
 * At most one engine of a game runs at any time. It works on the game's own state, which outlives it.
 */
import type { GameId } from "@galaxy/contract/ids/Ids"
import { Context, Effect, Layer, Option, type Redacted, Schema, type Scope } from "effect"

/** How to call an engine. */
export interface EngineAccess {
  /** Origin of its REST surface. */
  readonly endpoint: URL
  /** A token made for this run of the engine, which answers nobody without it. */
  readonly token: Redacted.Redacted
}

/** One run of a game's engine. */
export interface EngineInstance extends EngineAccess {
  readonly gameId: GameId
  /** The id of this run. Another start of the game's engine has another one. */
  readonly instanceId: string
}

/** Which engine to start, and for which game. */
export interface EngineSpec {
  readonly gameId: GameId
  /** From the registry of engine versions. What it names is up to the host. */
  readonly imageRef: string
  readonly version: string
  /** Players of the game: a host may give engines of larger games more memory. */
  readonly players: number
}

/** How an engine ended that wasn't asked to. */
export interface EngineEnd {
  /** One sentence for operators, and what they can do where that is known. */
  readonly reason: string
  /** It needed more memory than it may have, so the same work will end it again. */
  readonly outOfMemory: boolean
}

/** The engine could not be started, or didn't get ready. The reason is for operators. */
export class EngineStartFailed extends Schema.TaggedError<EngineStartFailed>()("EngineStartFailed", {
  reason: Schema.String,
  /** Retrying can't help: the image is unknown or refuses its state. */
  permanent: Schema.Boolean,
  /** The image is not there, or can't be run here. */
  imageMissing: Schema.optionalKey(Schema.Boolean),
  /** As many engines run as may: there will be room when another one has ended. */
  noRoom: Schema.optionalKey(Schema.Boolean)
}) {
  override get message(): string {
    return this.reason
  }
}

/** The engine could not be ended, or its state could not be removed. The reason is for operators. */
export class EngineHostUnavailable extends Schema.TaggedError<EngineHostUnavailable>()("EngineHostUnavailable", {
  reason: Schema.String
}) {
  override get message(): string {
    return this.reason
  }
}

/** Starts and ends engines, and knows which ones run. All operations are idempotent. */
export class EngineHost extends Context.Service<
  EngineHost,
  {
    /** Starts the game's engine, or returns the one that runs. It listens, but may still be loading its state. */
    start(spec: EngineSpec): Effect.Effect<EngineInstance, EngineStartFailed>
    /** The game's engine, if one runs. Must be cheap, since every in-game call asks. */
    inspect(gameId: GameId): Effect.Effect<Option.Option<EngineInstance>>
    /**
     * How the game's last engine ended, if it ended by itself and no other has been started since. An engine that is
     * ending right now is waited for, for a second at most.
     */
    ended(gameId: GameId): Effect.Effect<Option.Option<EngineEnd>>
    /** Ends the engine and returns once it is gone; its state is kept. Does nothing where no engine runs. */
    stop(gameId: GameId): Effect.Effect<void, EngineHostUnavailable>
    /** Ends the engine and removes its state for good. */
    discard(gameId: GameId): Effect.Effect<void, EngineHostUnavailable>
    /** All running engines. */
    readonly list: Effect.Effect<ReadonlyArray<EngineInstance>>
    /**
     * Games whose engine has been put to sleep, to make room for others: it doesn't run, its state is kept, and `start`
     * wakes it.
     */
    readonly asleep: Effect.Effect<ReadonlySet<GameId>>
    /**
     * The game's engine, if one runs, kept from being put to sleep until the scope ends. Whoever calls an engine holds
     * it for as long as the call takes.
     */
    hold(gameId: GameId): Effect.Effect<Option.Option<EngineInstance>, never, Scope.Scope>
    /**
     * What keeps the host from starting any engine, in a sentence for operators; undefined if nothing does. Absent where
     * that can't be found out.
     */
    readonly trouble?: Effect.Effect<string | undefined>
    /** The same for engines of one image. Starts nothing. */
    imageTrouble?(imageRef: string): Effect.Effect<string | undefined>
  }
>()("@galaxy/core/engine/EngineHost") {}

const noHost = "this program runs no engines: give it an EngineHost that does"

/** For programs that run no games. Starting one anyway fails for good, with a reason for operators. */
export const layerNone: Layer.Layer<EngineHost> = Layer.succeed(EngineHost, {
  start: () => Effect.fail(new EngineStartFailed({ reason: noHost, permanent: true })),
  inspect: () => Effect.succeed(Option.none()),
  ended: () => Effect.succeed(Option.none()),
  stop: () => Effect.void,
  discard: () => Effect.void,
  list: Effect.succeed([]),
  asleep: Effect.succeed(new Set<GameId>()),
  hold: () => Effect.succeed(Option.none()),
  trouble: Effect.succeed(noHost)
})
