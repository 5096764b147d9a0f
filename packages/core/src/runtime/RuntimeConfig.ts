/** Bounds of the runtime's work: how long engines may take, and how often their failures are tried again. */
import { Context, type Duration, Layer } from "effect"

export interface RuntimeSettings {
  /** From the start of an engine until it can serve. */
  readonly engineReadyTimeout: Duration.Input
  /** Longest time to create a galaxy or to make a turn. */
  readonly turnTimeout: Duration.Input
  /** Longest time for a player's call. */
  readonly callTimeout: Duration.Input
  /** Largest answer of an engine. */
  readonly maxAnswerBytes: number
  /** After so many attempts a start has failed. A turn is tried until it succeeds. */
  readonly startAttempts: number
  /** The wait after the first failure doubles with each further one, up to the longest. */
  readonly firstBackoff: Duration.Input
  readonly longestBackoff: Duration.Input
  /** Games worked on at once. Those whose last attempt failed take at most half, rounded up. */
  readonly concurrency: number
  /** How often to look for due work without having been woken. */
  readonly pollInterval: Duration.Input
  /** How often to look for engines that no game needs. */
  readonly sweepInterval: Duration.Input
}

export const defaults: RuntimeSettings = {
  engineReadyTimeout: "30 seconds",
  turnTimeout: "2 minutes",
  callTimeout: "10 seconds",
  maxAnswerBytes: 16 * 1024 * 1024,
  startAttempts: 5,
  firstBackoff: "1 second",
  longestBackoff: "5 minutes",
  concurrency: 8,
  pollInterval: "5 seconds",
  sweepInterval: "10 minutes"
}

export class RuntimeConfig extends Context.Service<RuntimeConfig, RuntimeSettings>()(
  "@galaxy/core/runtime/RuntimeConfig"
) {}

export const layer = (settings: Partial<RuntimeSettings> = {}): Layer.Layer<RuntimeConfig> =>
  Layer.succeed(RuntimeConfig, { ...defaults, ...settings })
