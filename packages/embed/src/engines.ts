/** Where the engines of games run, as an object of your own. */

/** A running engine. */
export interface RunningEngine {
  readonly gameId: string
  /** With which it was started: keep it with the engine. */
  readonly epoch: number
  /** The id of this run: another start of the game's engine has another one. */
  readonly instanceId: string
  /** Origin of its REST surface, such as `http://127.0.0.1:4000`. */
  readonly endpoint: string
}

/** Which engine to start, and for which game. */
export interface EngineToStart {
  readonly gameId: string
  /** As registered under `versions`. What it names is up to you. */
  readonly imageRef: string
  readonly version: string
  readonly players: number
  /** One epoch is one run of one engine: each start of the game's engine has a higher one. */
  readonly epoch: number
  /** For its environment variable `GALAXY_ENGINE_TOKEN`: without it the engine answers nobody. Not for a log. */
  readonly token: string
}

/**
 * Starts and ends engines. Operations on one game come one after the other: when `start` is called, no engine of the game
 * runs. `stop` and `discard` may be called where none runs.
 */
export interface Engines {
  /** Versions to register at start: the number, such as `1.0.0`, and what `imageRef` will be. */
  readonly versions: Readonly<Record<string, string>>
  /** Starts the game's engine on its state, and returns once it listens. An error means that a later attempt may succeed, unless it is `EngineRefused`. */
  start(engine: EngineToStart): Promise<RunningEngine>
  /**
   * The game's engine, if one runs. Must be cheap, since every call in a game asks. An error means that it isn't known,
   * and counts as no change.
   */
  inspect(gameId: string): Promise<RunningEngine | undefined>
  /** Ends the engine and returns once it is gone. Its state is kept. */
  stop(gameId: string): Promise<void>
  /** Ends the engine and removes its state for good. */
  discard(gameId: string): Promise<void>
  /** All running engines. Reject where they aren't known: one that is missing counts as ended. */
  list(): Promise<ReadonlyArray<RunningEngine>>
}

/**
 * The engine will never start: there is no such image, or it refuses its state. The message is for operators:
 * its first 300 characters are stored and logged. Those of other errors are not, since they may hold secrets.
 */
export class EngineRefused extends Error {
  override readonly name = "EngineRefused"
}
