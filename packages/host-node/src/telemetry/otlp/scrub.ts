/**
 * What of spans and lines leaves the process: attributes of a list for spans, and nowhere anything that looks like an
 * address.
 *
 * The framework puts headers, client addresses and queries into spans. A list of what may go is safe against what a later
 * version adds.
 */
import { type MetricRow, metrics } from "@galaxy/contract/telemetry/metrics"
import type { HttpBody } from "effect/http"
import { OtlpSerialization } from "effect/observability"
import { Effect, Layer } from "effect"
import { redact } from "../../logging/JsonLog.ts"

interface Value {
  readonly stringValue?: string | null
}
interface Attribute {
  readonly key: string
  readonly value: Value
}
/** Attributes of spans that may leave the process: none says who somebody is. */
export const allowed: ReadonlySet<string> = new Set([
  "db.system.name",
  "db.namespace",
  "db.operation.name",
  "db.query.text",
  "error.type",
  "exception.type",
  "exception.message",
  "exception.stacktrace",
  "galaxy.message_type",
  "galaxy.backend_call",
  "http.request.method",
  "http.response.status_code",
  "http.route",
  "rpc.method",
  "rpc.system.name",
  "rpc.response.status_code",
  "server.port",
  "url.scheme"
])

const longest = 4_096

/** The text without what looks like an address, and not longer than 4,096 characters. Most have nothing to hide. */
export const clean = (text: string): string => {
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text
  return cut.includes("@") ? redact(cut) : cut
}

const cleaned = (attribute: Attribute): Attribute => {
  const { stringValue } = attribute.value
  if (typeof stringValue !== "string") return attribute
  const kept = clean(stringValue)
  return kept === stringValue ? attribute : { key: attribute.key, value: { stringValue: kept } }
}

const usual = /^[A-Za-z_.]{1,200}$/

/** Query and ids of a path name somebody; the name of a span keeps neither. */
export const nameOf = (name: string): string =>
  usual.test(name)
    ? name
    : clean(name.replace(/\?.*$/s, "").replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, ":id")).slice(0, 200)

interface Metric {
  readonly name: string
  unit?: string
}

type Body = HttpBody.HttpBody

/** The units of the table, which the exporter doesn't know. */
const unitOf = (name: string): string | undefined => (metrics as Readonly<Record<string, MetricRow>>)[name]?.unit

/** What an exporter makes of its data, with the rules of this module applied before. */
export const layer = (
  base: Layer.Layer<OtlpSerialization.OtlpSerialization>
): Layer.Layer<OtlpSerialization.OtlpSerialization> =>
  Layer.effect(
    OtlpSerialization.OtlpSerialization,
    Effect.map(OtlpSerialization.OtlpSerialization, (encoder) =>
      OtlpSerialization.OtlpSerialization.of({
        // Spans are kept without what mustn't leave.
        traces: (data): Body => encoder.traces(data),
        metrics: (data): Body => {
          for (const { scopeMetrics } of data.resourceMetrics) {
            for (const scope of scopeMetrics) {
              for (const metric of scope.metrics as Array<Metric>)
                metric.unit = unitOf(metric.name) ?? metric.unit ?? "1"
            }
          }
          return encoder.metrics(data)
        },
        logs: (data): Body =>
          encoder.logs({
            resourceLogs: data.resourceLogs.map((it) => ({
              ...it,
              scopeLogs: it.scopeLogs.map((scope) => ({
                ...scope,
                logRecords: (scope.logRecords ?? []).map((record) => ({
                  ...record,
                  ...(record.body === undefined ? {} : { body: cleaned({ key: "", value: record.body }).value }),
                  attributes: record.attributes.map((one) => cleaned(one))
                }))
              }))
            }))
          })
      })
    )
  ).pipe(Layer.provide(base))
