/** OpenTelemetry by its standard variables: nothing leaves the process unless an exporter is asked for. */
import { Layer } from "effect"
import { FetchHttpClient, UrlParams } from "effect/http"
import { OtlpMetrics, OtlpSerialization, OtlpTracer } from "effect/observability"
import type { Values } from "../config/load.ts"
import type * as settings from "../config/settings.ts"

/** Query parameters that say who somebody is, or that prove it: spans show that they were there, not their values. */
const unnamed = Layer.succeed(UrlParams.CurrentRedactedNames, ["email", "display_name", "user_name", "token", "code"])

type Protocol = Values<typeof settings.telemetry>["protocol"]

/** The encodings of single signals, where they aren't that of `settings.telemetry`. */
export interface SignalProtocols {
  readonly traces?: Protocol | undefined
  readonly metrics?: Protocol | undefined
}

const encoded = (protocol: Protocol) =>
  protocol === "http/json" ? OtlpSerialization.layerJson : OtlpSerialization.layerProtobuf

/**
 * `process` is the service name unless the settings have one. Nothing is sent, and nothing fails, without an exporter.
 */
export const layer = (
  values: Values<typeof settings.telemetry>,
  process: string,
  protocols: SignalProtocols = {}
): Layer.Layer<never> => {
  const resource = { serviceName: values.serviceName ?? process }
  const at = (path: string) => `${values.endpoint.replace(/\/$/, "")}/v1/${path}`
  const traces = OtlpTracer.layer({ url: at("traces"), resource }).pipe(
    Layer.provide(encoded(protocols.traces ?? values.protocol))
  )
  const metrics = OtlpMetrics.layer({ url: at("metrics"), resource }).pipe(
    Layer.provide(encoded(protocols.metrics ?? values.protocol))
  )
  const exporters = [
    ...(values.tracesExporter === "otlp" ? [traces] : []),
    ...(values.metricsExporter === "otlp" ? [metrics] : [])
  ]
  const [first, ...rest] = exporters
  if (first === undefined) return unnamed
  return Layer.mergeAll(unnamed, first, ...rest).pipe(Layer.provide(FetchHttpClient.layer))
}
