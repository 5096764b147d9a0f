/**
 * Port to where engines run: a child process, a container, this very process in tests.
 *
 * At most one engine of a game runs at any time, on the game's own state, which outlives it.
 */
import type { GameId } from "@galaxy/contract/ids/Ids"
import { Context, Effect, Layer, Option, type Redacted, Schema } from "effect"

/** How an engine is spoken to. */
export interface EngineAccess {
  /** Origin of its REST surface. */
  readonly endpoint: URL
  /** Made for this run of the engine, which answers nobody without it. */
  readonly token: Redacted.Redacted
}

export interface EngineInstance extends EngineAccess {
  readonly gameId: GameId
  /** Names this run of the engine; another start has another one. */
  readonly instanceId: string
}

export interface EngineSpec {
  readonly gameId: GameId
  /** From the registry of engine versions. */
  readonly imageRef: string
  readonly version: string
}

/** There is no engine where one should be; the reason is for operators. */
export class EngineStartFailed extends Schema.TaggedError<EngineStartFailed>()("EngineStartFailed", {
  reason: Schema.String,
  /** Trying again can't help: the image is unknown or refuses its state. */
  permanent: Schema.Boolean
}) {
  override get message(): string {
    return this.reason
  }
}

/** The host of engines could not do as told. */
export class EngineHostUnavailable extends Schema.TaggedError<EngineHostUnavailable>()("EngineHostUnavailable", {
  reason: Schema.String
}) {
  override get message(): string {
    return this.reason
  }
}

export class EngineHost extends Context.Service<
  EngineHost,
  {
    /** Starts the game's engine, or answers the one that runs. It listens, but may still be loading its state. */
    start(spec: EngineSpec): Effect.Effect<EngineInstance, EngineStartFailed>
    /** The game's engine, if one runs. Cheap: asked for each in-game call. */
    inspect(gameId: GameId): Effect.Effect<Option.Option<EngineInstance>>
    /** Ends the engine and answers once it is gone; its state stays. No engine is fine. */
    stop(gameId: GameId): Effect.Effect<void, EngineHostUnavailable>
    /** Ends the engine and forgets its state for good. */
    discard(gameId: GameId): Effect.Effect<void, EngineHostUnavailable>
    /** All engines that run. */
    readonly list: Effect.Effect<ReadonlyArray<EngineInstance>>
  }
>()("@galaxy/core/engine/EngineHost") {}

const noHost = "this program runs no engines: give it an EngineHost that does"

/** For programs that run no games. A game that is started all the same fails for good, and its owner reads why. */
export const layerNone: Layer.Layer<EngineHost> = Layer.succeed(EngineHost, {
  start: () => Effect.fail(new EngineStartFailed({ reason: noHost, permanent: true })),
  inspect: () => Effect.succeed(Option.none()),
  stop: () => Effect.void,
  discard: () => Effect.void,
  list: Effect.succeed([])
})
