/** OpenTelemetry by its standard variables: nothing leaves the process unless an exporter is asked for. */
import { Layer } from "effect"
import { FetchHttpClient, UrlParams } from "effect/http"
import { OtlpMetrics, OtlpSerialization, OtlpTracer } from "effect/observability"
import type { Values } from "../config/load.ts"
import type * as settings from "../config/settings.ts"

/** Query parameters that say who somebody is, or that prove it: spans show that they were there, not their values. */
const unnamed = Layer.succeed(UrlParams.CurrentRedactedNames, ["email", "display_name", "user_name", "token", "code"])

/**
 * `process` is the service name unless the settings have one. Nothing is sent, and nothing fails, without an exporter.
 */
export const layer = (values: Values<typeof settings.telemetry>, process: string): Layer.Layer<never> => {
  const resource = { serviceName: values.serviceName ?? process }
  const at = (path: string) => `${values.endpoint.replace(/\/$/, "")}/v1/${path}`
  const exporters = [
    ...(values.tracesExporter === "otlp" ? [OtlpTracer.layer({ url: at("traces"), resource })] : []),
    ...(values.metricsExporter === "otlp" ? [OtlpMetrics.layer({ url: at("metrics"), resource })] : [])
  ]
  const [first, ...rest] = exporters
  if (first === undefined) return Layer.empty
  return Layer.mergeAll(unnamed, first, ...rest).pipe(
    Layer.provide(values.protocol === "http/json" ? OtlpSerialization.layerJson : OtlpSerialization.layerProtobuf),
    Layer.provide(FetchHttpClient.layer)
  )
}
