/** All metrics of this process in the text format of Prometheus. */
import { prometheusName } from "@galaxy/contract/telemetry/metrics"
import { Context } from "effect"
import { PrometheusMetrics } from "effect/observability"

const nothing = Context.empty()

/** The type of the text, for its header. */
export const contentType = "text/plain; version=0.0.4; charset=utf-8"

const quoted = (value: string) => value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")

/** The text; `resource` is what all of it is about, and becomes `target_info` as OpenTelemetry's rules have it. */
export const text = (resource: Readonly<Record<string, string>> = {}): string => {
  const labels = Object.entries(resource).map(
    ([name, value]) => `${name.replaceAll(/[^a-zA-Z0-9_]+/g, "_")}="${quoted(value)}"`
  )
  const about =
    labels.length === 0
      ? ""
      : `# HELP target_info what these metrics are about\n# TYPE target_info gauge\ntarget_info{${labels.join(",")}} 1\n`
  return about + PrometheusMetrics.formatUnsafe(nothing, { metricNameMapper: prometheusName })
}
