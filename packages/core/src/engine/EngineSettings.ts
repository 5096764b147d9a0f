/** Bounds of the calls to engines, given by the host. */
import { Context, type Duration, Layer } from "effect"

export interface EngineSettingsShape {
  /** From the start of an engine until it can serve. */
  readonly engineReadyTimeout: Duration.Input
  /** Longest time to create a galaxy or to make a turn. */
  readonly turnTimeout: Duration.Input
  /** Longest time for a player's call. */
  readonly callTimeout: Duration.Input
  /** Largest answer of an engine. */
  readonly maxAnswerBytes: number
}

export const defaults: EngineSettingsShape = {
  engineReadyTimeout: "30 seconds",
  turnTimeout: "2 minutes",
  callTimeout: "10 seconds",
  maxAnswerBytes: 16 * 1024 * 1024
}

export class EngineSettings extends Context.Service<EngineSettings, EngineSettingsShape>()(
  "@galaxy/core/engine/EngineSettings"
) {}

export const layer = (settings: Partial<EngineSettingsShape> = {}): Layer.Layer<EngineSettings> =>
  Layer.succeed(EngineSettings, { ...defaults, ...settings })
