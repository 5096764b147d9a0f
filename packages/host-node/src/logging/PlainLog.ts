/**
 * Lines of the log that plain functions write, for places with so many that a fiber for each would cost more than what it tells.
 *
 * They have the level info, and go wherever the process's other lines go.
 */
import { Context, Effect, LogLevel, References } from "effect"

/** What a line says beside its sentence. */
export type Fields = Readonly<Record<string, string | number>>

/** The span that a line belongs to. */
export interface LineSpan {
  readonly traceId: string
  readonly spanId: string
}

/** One line; `at` is in Unix milliseconds. */
export interface PlainLine {
  readonly at: number
  readonly message: string
  readonly fields: Fields
  readonly span: LineSpan | undefined
}

/** Takes a line. It doesn't throw, and nobody waits for it. */
export type Sink = (line: PlainLine) => void

/** Where lines go besides the loggers of Effect. None where the log is somebody else's. */
export const Sinks = Context.Reference<ReadonlyArray<Sink>>("@galaxy/host-node/logging/PlainLog/Sinks", {
  defaultValue: () => []
})

/** Writes a line. */
export type Write = (message: string, fields: Fields, span?: LineSpan) => void

/** Only strings and numbers can stand beside a sentence here. */
const fieldsOf = (annotations: Readonly<Record<string, unknown>>): Fields =>
  Object.fromEntries(
    Object.entries(annotations).map(([key, value]) => [
      key,
      typeof value === "string" || typeof value === "number" ? value : String(value)
    ])
  )

/** Lines through the loggers of Effect, where there are no sinks. */
const byLoggers = Effect.map(
  Effect.context(),
  (context): Write =>
    (message, fields, span) => {
      const trace = span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId }
      Effect.runForkWith(context)(Effect.annotateLogs(Effect.logInfo(message), { ...fields, ...trace }))
    }
)

/** How to write lines here, with the annotations that stand around it; undefined where lines of this level aren't written. */
export const make: Effect.Effect<Write | undefined> = Effect.gen(function* () {
  if (!(yield* LogLevel.isEnabled("Info"))) return undefined
  const sinks = yield* Sinks
  if (sinks.length === 0) return yield* byLoggers
  const own = fieldsOf(yield* References.CurrentLogAnnotations)
  return (message, fields, span) => {
    const line: PlainLine = { at: Date.now(), message, fields: { ...own, ...fields }, span }
    for (const sink of sinks) sink(line)
  }
})
