/** Settings of the race-name directory, which a host may change. */
import { Context, Layer } from "effect"

/** Times are in milliseconds. */
export interface RaceNameSettings {
  /** How long a name that was earned may be registered; 30 days by default. */
  readonly pendingForMs: number
}

const defaults: RaceNameSettings = { pendingForMs: 30 * 86_400_000 }

/** The settings in force, fixed when the layers are built. */
export class RaceNameConfig extends Context.Service<RaceNameConfig, RaceNameSettings>()(
  "@galaxy/core/race-name/RaceNameConfig"
) {}

/** The defaults, overridden by the settings of the host. */
export const layer = (settings: Partial<RaceNameSettings> = {}): Layer.Layer<RaceNameConfig> =>
  Layer.succeed(RaceNameConfig, { ...defaults, ...settings })
