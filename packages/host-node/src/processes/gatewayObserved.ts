/** What a process of a gateway tells about itself, and its name elsewhere. */
import { randomUUID } from "node:crypto"
import { hostname } from "node:os"
import { Layer, References } from "effect"
import * as JsonLog from "../logging/JsonLog.ts"
import type { GatewayStart } from "./gatewayStart.ts"
import * as telemetry from "./telemetry.ts"

/** The name at the backend's push stream. Several processes add their number to it. */
export const clientIdOf = ({ gatewayAlone }: GatewayStart): string =>
  gatewayAlone.clientId ?? `${hostname()}-${randomUUID().slice(0, 8)}`

/** The log, and what goes there or to collectors. A process among several puts its number on its lines; the primary has none. */
export const observed = (
  { gateway, telemetry: settings }: GatewayStart,
  process_: number | undefined,
  more: Pick<telemetry.TelemetryOptions, "admin" | "others" | "answers">
) =>
  telemetry
    .layer({
      settings,
      process: "galaxy-gateway",
      stdoutTraces: gateway.stdoutTraces,
      stdoutMetrics: gateway.stdoutMetrics,
      ...more
    })
    .pipe(
      Layer.provideMerge(JsonLog.layer({ level: gateway.logLevel, target: { stream: process.stdout } })),
      Layer.provideMerge(
        process_ === undefined ? Layer.empty : Layer.succeed(References.CurrentLogAnnotations, { process: process_ })
      )
    )
