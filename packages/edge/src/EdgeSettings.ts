/** What a host decides about requests: how fresh they have to be, and how large they may be. */
import { Context, Layer } from "effect"

export interface EdgeSettingsShape {
  /** How old a timestamp may be, in milliseconds. */
  readonly freshnessPastMs: number
  /** How far ahead of this clock it may be. */
  readonly freshnessFutureMs: number
  /** Largest `payload_bytes`. */
  readonly maxPayloadBytes: number
  readonly heartbeatMs: number
}

export const defaults: EdgeSettingsShape = {
  freshnessPastMs: 60_000,
  freshnessFutureMs: 10_000,
  maxPayloadBytes: 1_048_576,
  heartbeatMs: 20_000
}

export class EdgeSettings extends Context.Service<EdgeSettings, EdgeSettingsShape>()("@galaxy/edge/EdgeSettings") {}

export const layer = (settings: Partial<EdgeSettingsShape> = {}): Layer.Layer<EdgeSettings> =>
  Layer.succeed(EdgeSettings, { ...defaults, ...settings })
