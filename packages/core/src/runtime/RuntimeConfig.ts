/** Bounds of the runtime's work: how much of it is done at once, and how failures are retried. */
import { Context, type Duration, Layer } from "effect"
import * as EngineSettings from "../engine/EngineSettings.ts"

/** Concurrency, backoff and polling of the runtime's work. Timeouts of calls to engines are in `EngineSettings`. */
export interface RuntimeSettings {
  /** Attempts after which a start has failed. */
  readonly startAttempts: number
  /** Failed attempts after which a turn isn't tried again until an operator forces it. */
  readonly turnAttempts: number
  /**
   * How long an engine may compute one turn. Until then it is asked again after each `turnTimeout`, and not ended. The
   * first engine to take longer is replaced, since it may hang; the next one to do so fails the turn.
   */
  readonly longestTurn: Duration.Input
  /** The wait after the first failure. It doubles with each further one, up to `longestBackoff`. */
  readonly firstBackoff: Duration.Input
  readonly longestBackoff: Duration.Input
  /** How long the owner of a game stays in memory without work. */
  readonly ownerIdleTime: Duration.Input
  /**
   * Most games whose engines are started, asked or ended at once. Those whose last attempt failed take at most half of
   * them, rounded up.
   */
  readonly concurrency: number
  /** Most games worked on at once, with those that wait for their engine's place or for the database. */
  readonly gamesAtOnce: number
  /**
   * How many engines are brought up when the backend starts, those with the next turns. All others are when they are
   * needed.
   */
  readonly restoredAtStart: number
  /** How often to look for due work without a signal, in case one was lost. */
  readonly pollInterval: Duration.Input
  /**
   * How long a game that another backend owns is left to it, at least. Then its owner is asked to work on it, in case that
   * nobody else does.
   */
  readonly leftToOwner: Duration.Input
  /** Longest silence of the backend that is no outage. */
  readonly outageGrace: Duration.Input
  /** Whether a turn that fell due during an outage moves by the time that was lost. */
  readonly moveAfterOutage: boolean
  /** How often engines are asked whether they can serve, and those that have gone are noticed. */
  readonly watchInterval: Duration.Input
  /** How often to look for engines that no game needs. */
  readonly sweepInterval: Duration.Input
}

const defaults: RuntimeSettings = {
  startAttempts: 5,
  // An hour of retries: 1 s, 2 s, 4 s and so on up to 5 minutes.
  turnAttempts: 20,
  longestTurn: "15 minutes",
  firstBackoff: "1 second",
  longestBackoff: "5 minutes",
  ownerIdleTime: "1 minute",
  concurrency: 8,
  gamesAtOnce: 192,
  restoredAtStart: 16,
  pollInterval: "5 seconds",
  leftToOwner: "2 seconds",
  outageGrace: "5 minutes",
  moveAfterOutage: true,
  watchInterval: "30 seconds",
  sweepInterval: "10 minutes"
}

/** The bounds in force, fixed when the runtime's layers are built. */
export class RuntimeConfig extends Context.Service<RuntimeConfig, RuntimeSettings>()(
  "@galaxy/core/runtime/RuntimeConfig"
) {}

/** Settings of a host for the runtime and for its calls to engines; absent ones keep their defaults. */
export type RuntimeOptions = Partial<RuntimeSettings & EngineSettings.EngineSettingsShape>

/** The defaults for the runtime and for its calls to engines, overridden by the settings of the host. */
export const layer = (settings: RuntimeOptions = {}): Layer.Layer<RuntimeConfig | EngineSettings.EngineSettings> =>
  Layer.merge(Layer.succeed(RuntimeConfig, { ...defaults, ...settings }), EngineSettings.layer(settings))
