/** Bounds of the runtime's work: how much of it is done at once, and how often failures are tried again. */
import { Context, type Duration, Layer } from "effect"
import * as EngineSettings from "../engine/EngineSettings.ts"

export interface RuntimeSettings {
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

const defaults: RuntimeSettings = {
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

/** What a host may set of the runtime and of its calls to engines. */
export type RuntimeOptions = Partial<RuntimeSettings & EngineSettings.EngineSettingsShape>

/** The defaults of the runtime and of its calls to engines, with what the host sets otherwise. */
export const layer = (settings: RuntimeOptions = {}): Layer.Layer<RuntimeConfig | EngineSettings.EngineSettings> =>
  Layer.merge(Layer.succeed(RuntimeConfig, { ...defaults, ...settings }), EngineSettings.layer(settings))
