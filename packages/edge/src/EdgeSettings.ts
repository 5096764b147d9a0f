/** What a host decides about requests: how fresh they have to be, and how large they may be. */
import type { EndorsedKey } from "@galaxy/contract/api/GatewayInfo"
import { Context, Layer } from "effect"

/** Bounds on requests. `gateway-info` publishes the freshness window from here, so clients see what is enforced. */
export interface EdgeSettingsShape {
  /** How old a timestamp may be, in milliseconds. */
  readonly freshnessPastMs: number
  /** How far ahead of this gateway's clock it may be, in milliseconds. */
  readonly freshnessFutureMs: number
  /** Largest `payload_bytes`, in bytes. */
  readonly maxPayloadBytes: number
  /** Silence of an event stream after which a heartbeat is sent, in milliseconds. */
  readonly heartbeatMs: number
  /** Whoever asks for readiness within this time after a probe gets its result, in milliseconds. */
  readonly probeKeptMs: number
  /** Published by `gateway-info` until each expires; the host has checked them. */
  readonly endorsedKeys: ReadonlyArray<typeof EndorsedKey.Type>
}

/** The values that wire.md names: 60 s past, 10 s future, 1 MiB, a heartbeat every 20 s; a second for results of probes, and no endorsed keys. */
export const defaults: EdgeSettingsShape = {
  freshnessPastMs: 60_000,
  freshnessFutureMs: 10_000,
  maxPayloadBytes: 1_048_576,
  heartbeatMs: 20_000,
  probeKeptMs: 1_000,
  endorsedKeys: []
}

/** The settings of one gateway, fixed when it starts. */
export class EdgeSettings extends Context.Service<EdgeSettings, EdgeSettingsShape>()("@galaxy/edge/EdgeSettings") {}

/** The defaults with the given settings on top. Values are not checked here. */
export const layer = (settings: Partial<EdgeSettingsShape> = {}): Layer.Layer<EdgeSettings> =>
  Layer.succeed(EdgeSettings, { ...defaults, ...settings })
