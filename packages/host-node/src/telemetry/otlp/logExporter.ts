/** The log's way to a collector: for what Effect's loggers get, and for lines of plain functions. */
import { release } from "@galaxy/contract/release"
import { Cause, Context, Effect, Layer, Logger, type LogLevel, Option, References, Tracer } from "effect"
import type { HttpClient } from "effect/http"
import { OtlpExporter, OtlpResource, OtlpSerialization } from "effect/observability"
import * as PlainLog from "../../logging/PlainLog.ts"
import type { LogRecord } from "./encodeLogs.ts"

/** Where lines go, what they are about, and how they are batched; times in milliseconds. */
export interface LogExporterOptions {
  readonly url: string
  readonly resource: { readonly serviceName: string; readonly attributes: Readonly<Record<string, string>> }
  readonly everyMs: number
  readonly maxBatch: number
  /** How long the last batch may take. */
  readonly lastMs: number
}

const scope = { name: "galaxy", version: release }

const severities: Readonly<Partial<Record<LogLevel.LogLevel, NonNullable<LogRecord["severityNumber"]>>>> = {
  Trace: 1,
  Debug: 5,
  Info: 9,
  Warn: 13,
  Error: 17,
  Fatal: 21
}

/** Nanoseconds of a moment in milliseconds. */
const nanosOf = (at: number): string => `${Math.floor(at)}000000`

const idsOf = (span: PlainLog.LineSpan | undefined) =>
  span === undefined ? {} : { traceId: span.traceId.padStart(32, "0"), spanId: span.spanId }

const causeOf = (cause: Cause.Cause<unknown>): Record<string, string> => {
  const errors = Cause.prettyErrors(cause, { includeCauseInStack: true })
  const [first] = errors
  if (first === undefined) return {}
  return {
    "exception.type": first.name,
    "exception.message": first.message,
    "exception.stacktrace": errors.map(({ stack }) => stack).join("\n")
  }
}

const recordOf = (line: Logger.Options<unknown>): LogRecord => {
  const { cause, date, fiber, logLevel, message } = line
  const span = Context.getOption(fiber.context as Context.Context<Tracer.ParentSpan>, Tracer.ParentSpan)
  const annotations = fiber.getRef(References.CurrentLogAnnotations)
  const said = Array.isArray(message) && message.length === 1 ? (message[0] as unknown) : message
  const at = nanosOf(date.getTime())
  return {
    severityNumber: severities[logLevel] ?? 0,
    severityText: logLevel,
    timeUnixNano: at,
    observedTimeUnixNano: at,
    attributes: OtlpResource.entriesToAttributes(Object.entries({ ...annotations, ...causeOf(cause) })),
    body: OtlpResource.unknownToAttributeValue(said),
    droppedAttributesCount: 0,
    ...idsOf(Option.getOrUndefined(span))
  }
}

const plainRecordOf = ({ at, fields, message, span }: PlainLog.PlainLine): LogRecord => ({
  severityNumber: 9,
  severityText: "Info",
  timeUnixNano: nanosOf(at),
  observedTimeUnixNano: nanosOf(at),
  attributes: OtlpResource.entriesToAttributes(Object.entries(fields)),
  body: { stringValue: message },
  droppedAttributesCount: 0,
  ...idsOf(span)
})

const exporterOf = ({ everyMs, lastMs, maxBatch, resource, url }: LogExporterOptions) =>
  Effect.gen(function* () {
    const encoder = yield* OtlpSerialization.OtlpSerialization
    const about = OtlpResource.make(resource)
    return yield* OtlpExporter.make({
      label: "lines",
      url,
      headers: undefined,
      exportInterval: everyMs,
      maxBatchSize: maxBatch,
      shutdownTimeout: lastMs,
      body: (logRecords: Array<LogRecord>) => [
        encoder.logs({ resourceLogs: [{ resource: about, scopeLogs: [{ scope, logRecords }] }] }),
        Effect.void
      ]
    })
  })

/** Sends lines beside what already becomes of them, until the scope closes, and then once more. */
export const layer = (
  options: LogExporterOptions
): Layer.Layer<never, never, OtlpExporter.Flusher | OtlpSerialization.OtlpSerialization | HttpClient.HttpClient> =>
  Layer.unwrap(
    Effect.gen(function* () {
      const exporter = yield* exporterOf(options)
      const sinks = yield* PlainLog.Sinks
      return Layer.mergeAll(
        Logger.layer([Logger.make((line) => exporter.push(recordOf(line)))], { mergeWithExisting: true }),
        // Where there are none, lines come by the loggers.
        sinks.length === 0
          ? Layer.empty
          : Layer.succeed(PlainLog.Sinks, [...sinks, (line) => exporter.push(plainRecordOf(line))])
      )
    })
  )
