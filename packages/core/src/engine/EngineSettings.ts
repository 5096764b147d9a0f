/** Bounds of the calls to engines, which a host may change. */
import { maxReportBytes } from "@galaxy/contract/engine/Limits"
import { Context, type Duration, Layer } from "effect"

/** Timeouts of calls to engines, and the size of answers. */
export interface EngineSettingsShape {
  /** Longest time from the start of an engine until it can serve. */
  readonly engineReadyTimeout: Duration.Input
  /**
   * Longest wait for the answer to one call that creates a galaxy or makes a turn. An engine that computes a turn for
   * longer is asked again, up to the runtime's `longestTurn`.
   */
  readonly turnTimeout: Duration.Input
  /**
   * A turn that isn't answered after this time is asked for a second time beside the first, and a last time after four
   * times as long: the first connection may be dead. An engine makes each turn once, so nothing happens twice.
   */
  readonly askAgainAfter: Duration.Input
  /** Longest time for a player's call: orders and reports. */
  readonly callTimeout: Duration.Input
  /** Longest time for one health check, which is repeated until `engineReadyTimeout`. */
  readonly probeTimeout: Duration.Input
  /** Largest answer of an engine, in bytes. */
  readonly maxAnswerBytes: number
}

/** Used where a host sets nothing else. The conformance suite holds engines to the same timeouts. */
export const defaults: EngineSettingsShape = {
  engineReadyTimeout: "30 seconds",
  turnTimeout: "2 minutes",
  askAgainAfter: "5 seconds",
  callTimeout: "10 seconds",
  probeTimeout: "3 seconds",
  maxAnswerBytes: maxReportBytes
}

/** The bounds in force, fixed when the layers that use them are built. */
export class EngineSettings extends Context.Service<EngineSettings, EngineSettingsShape>()(
  "@galaxy/core/engine/EngineSettings"
) {}

/** The defaults, overridden by the settings of the host. */
export const layer = (settings: Partial<EngineSettingsShape> = {}): Layer.Layer<EngineSettings> =>
  Layer.succeed(EngineSettings, { ...defaults, ...settings })
