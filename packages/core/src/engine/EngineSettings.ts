/** Bounds of the calls to engines, given by the host. */
import { Context, type Duration, Layer } from "effect"

export interface EngineSettingsShape {
  /** From the start of an engine until it can serve. */
  readonly engineReadyTimeout: Duration.Input
  /** Longest time to create a galaxy or to make a turn. */
  readonly turnTimeout: Duration.Input
  /**
   * A turn that isn't answered by then is asked for once more beside the first time, and a last time after four times as
   * long: the first connection may be dead. An engine makes each turn once, so nothing is done twice.
   */
  readonly askAgainAfter: Duration.Input
  /** Longest time for a player's call. */
  readonly callTimeout: Duration.Input
  /** Longest time for one look whether an engine can serve; it is looked again. */
  readonly probeTimeout: Duration.Input
  /** Largest answer of an engine. */
  readonly maxAnswerBytes: number
}

export const defaults: EngineSettingsShape = {
  engineReadyTimeout: "30 seconds",
  turnTimeout: "2 minutes",
  askAgainAfter: "5 seconds",
  callTimeout: "10 seconds",
  probeTimeout: "3 seconds",
  maxAnswerBytes: 16 * 1024 * 1024
}

export class EngineSettings extends Context.Service<EngineSettings, EngineSettingsShape>()(
  "@galaxy/core/engine/EngineSettings"
) {}

export const layer = (settings: Partial<EngineSettingsShape> = {}): Layer.Layer<EngineSettings> =>
  Layer.succeed(EngineSettings, { ...defaults, ...settings })
