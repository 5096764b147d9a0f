/** The tracer whose spans go to a collector. */
import { release } from "@galaxy/contract/release"
import { Effect, type Scope, Tracer } from "effect"
import type { HttpClient } from "effect/http"
import { OtlpExporter, OtlpResource, OtlpSerialization } from "effect/observability"
import { otlpSpanOf, RecordedSpan } from "./RecordedSpan.ts"

/** Where spans go, what they are about, and how they are batched; times in milliseconds. */
export interface SpanExporterOptions {
  readonly url: string
  readonly resource: { readonly serviceName: string; readonly attributes: Readonly<Record<string, string>> }
  readonly everyMs: number
  readonly maxBatch: number
  /** How long the last batch may take. */
  readonly lastMs: number
}

const scope = { name: "galaxy", version: release }

/** What has ended is sent until the scope closes, and then once more. */
export const make = ({
  url,
  resource,
  everyMs,
  maxBatch,
  lastMs
}: SpanExporterOptions): Effect.Effect<
  Tracer.Tracer,
  never,
  OtlpExporter.Flusher | OtlpSerialization.OtlpSerialization | HttpClient.HttpClient | Scope.Scope
> =>
  Effect.gen(function* () {
    const encoder = yield* OtlpSerialization.OtlpSerialization
    const about = OtlpResource.make(resource)
    const exporter = yield* OtlpExporter.make({
      label: "spans",
      url,
      headers: undefined,
      exportInterval: everyMs,
      maxBatchSize: maxBatch,
      shutdownTimeout: lastMs,
      body: (spans: ReadonlyArray<RecordedSpan>) => [
        encoder.traces({ resourceSpans: [{ resource: about, scopeSpans: [{ scope, spans: spans.map(otlpSpanOf) }] }] }),
        Effect.void
      ]
    })
    const ended = (span: RecordedSpan) => exporter.push(span)
    return Tracer.make({ span: (options) => new RecordedSpan(options, ended) })
  })
