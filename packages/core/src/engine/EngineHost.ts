/**
 * Port to the places where engines run: child processes, containers, or this very process in tests.
 *
 * A game has epochs: one epoch is one run of one engine. The epoch rises in the game's row before anything is started,
 * so of two owners of a game who both start its engine the one with the higher epoch wins, and the other one does no
 * harm. Hosts don't know how tokens are made; an engine is started with the one that the caller gives.
 */
import type { GameId } from "@galaxy/contract/ids/Ids"
import { Context, Effect, Layer, Option, type Redacted, Schema, type Scope, type Stream } from "effect"

/** How to call an engine. */
export interface EngineAccess {
  /** Origin of its REST surface. */
  readonly endpoint: URL
  /** The token of this run of the engine, which answers nobody without it. */
  readonly token: Redacted.Redacted
}

/** Which run of which game's engine, and where. */
export interface EngineRun {
  readonly gameId: GameId
  /** One of `hosts`. */
  readonly hostId: string
  /** 1 or more; higher ones are later. */
  readonly epoch: number
}

/** A run of a game's engine, as its host knows it. */
export interface EngineInstance extends EngineRun {
  /** The host's id of this run. Another start of the game's engine has another one. */
  readonly instanceId: string
  /** Origin of its REST surface. */
  readonly endpoint: URL
  /** What the image's name stood for when the engine was started, on hosts where a name may come to mean another image. */
  readonly imageId?: string | undefined
}

/** Which engine to start, and for which game. */
export interface EngineSpec extends EngineRun {
  /** The engine is started with it. */
  readonly token: Redacted.Redacted
  /** From the registry of engine versions. What it names is up to the host. */
  readonly imageRef: string
  readonly version: string
  /** Players of the game: a host may give engines of larger games more memory. */
  readonly players: number
  /** As recorded at the game's first start: a host where the name means another image refuses, for good. */
  readonly imageId?: string | undefined
  /**
   * The engine begins with an empty state, which is gone with the run; whoever starts it brings the state. Otherwise it
   * goes on with the state that its host keeps of the game.
   */
  readonly fresh: boolean
}

/** How an engine ended that wasn't asked to. */
export interface EngineEnd {
  /** One sentence for operators, and what they can do where that is known. */
  readonly reason: string
  /** It needed more memory than it may have, so the same work will end it again. */
  readonly outOfMemory: boolean
}

/** A place where engines run. */
export interface EngineHostStatus {
  readonly hostId: string
  readonly answers: boolean
  /** How long ago it last answered, in milliseconds, where it doesn't now and that is known. It is found out late. */
  readonly silentFor?: number | undefined
  /** Engines that may run at once, where there is a bound. */
  readonly most?: number | undefined
  /** For operators, in a sentence: what keeps it from starting any engine, or has to be mended while it starts them. */
  readonly trouble?: string | undefined
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

/** The host knows a higher epoch of the game: the caller was overtaken. */
export class EngineStale extends Schema.TaggedError<EngineStale>()("EngineStale", {
  /** The highest one that the host knows. */
  epoch: Schema.Int
}) {}

/** This epoch has run and is over: only a higher one can be started. */
export class EngineGone extends Schema.TaggedError<EngineGone>()("EngineGone", {}) {}

/** The host doesn't answer, or could not do what was asked. The reason is for operators. */
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
    /**
     * Starts the game's engine, or returns the one that runs in this epoch. One of a lower epoch that runs on the same
     * host is ended first. The engine listens, but may still be loading its state. Callers in several processes may call
     * it at once: one engine runs afterwards.
     */
    start(
      spec: EngineSpec
    ): Effect.Effect<EngineInstance, EngineStartFailed | EngineStale | EngineGone | EngineHostUnavailable>
    /** The run, if it runs. */
    inspect(run: EngineRun): Effect.Effect<Option.Option<EngineInstance>, EngineHostUnavailable>
    /**
     * How the run ended, if it ended by itself. An engine that is ending right now is waited for, for a second at most.
     */
    ended(run: EngineRun): Effect.Effect<Option.Option<EngineEnd>>
    /**
     * Ends the game's engine on this host if its epoch is at most `upTo`, and returns once it is gone. The state is
     * kept, unless the engine was started `fresh`.
     */
    stop(gameId: GameId, hostId: string, upTo: number): Effect.Effect<void, EngineHostUnavailable>
    /** The same, and removes the state that the host keeps of the game, for good. Does nothing for a higher epoch. */
    discard(gameId: GameId, hostId: string, upTo: number): Effect.Effect<void, EngineHostUnavailable>
    /** All running engines, of all hosts that answer. */
    readonly list: Effect.Effect<ReadonlyArray<EngineInstance>>
    /** The hosts, always in the same order. */
    readonly hosts: Effect.Effect<ReadonlyArray<EngineHostStatus>>
    /**
     * Games whose engine has been put to sleep, to make room for others: it doesn't run, its state is kept, and a start
     * in the next epoch wakes it.
     */
    readonly asleep: Effect.Effect<ReadonlySet<GameId>>
    /**
     * Keeps the run from being put to sleep until the scope ends; whoever calls an engine holds it for as long as the
     * call takes. False if it is known not to run. Asks nobody outside of this process: of a host elsewhere it is true.
     */
    hold(run: EngineRun): Effect.Effect<boolean, never, Scope.Scope>
    /** Runs that have ended, told at once. Absent where the host can't tell; even where it can, some may be missing. */
    readonly ends?: Stream.Stream<EngineRun>
    /**
     * What keeps the host from starting any engine, in a sentence for operators; undefined if nothing does. Absent where
     * that can't be found out.
     */
    readonly trouble?: Effect.Effect<string | undefined>
    /** The same for engines of one image. Starts nothing. */
    imageTrouble?(imageRef: string): Effect.Effect<string | undefined>
  }
>()("@galaxy/core/engine/EngineHost") {}

/** Whether a host is known not to answer, so that asking it would only take time. */
export const isSilent = (host: EngineHost["Service"], hostId: string): Effect.Effect<boolean> =>
  Effect.map(host.hosts, (all) => all.some((it) => it.hostId === hostId && !it.answers))

/** How long an engine is asked whose host doesn't answer either: its daemon alone may be away. */
export const silentTimeout = "1 second"

/** The one host of programs whose engines all run in one place. */
export const localHost = "local"

const noHost = "this program runs no engines: give it an EngineHost that does"

/** For programs that run no games. Starting one anyway fails for good, with a reason for operators. */
export const layerNone: Layer.Layer<EngineHost> = Layer.succeed(EngineHost, {
  start: () => Effect.fail(new EngineStartFailed({ reason: noHost, permanent: true })),
  inspect: () => Effect.succeed(Option.none()),
  ended: () => Effect.succeed(Option.none()),
  stop: () => Effect.void,
  discard: () => Effect.void,
  list: Effect.succeed([]),
  hosts: Effect.succeed([{ hostId: localHost, answers: true, trouble: noHost }]),
  asleep: Effect.succeed(new Set<GameId>()),
  hold: () => Effect.succeed(false),
  trouble: Effect.succeed(noHost)
})
