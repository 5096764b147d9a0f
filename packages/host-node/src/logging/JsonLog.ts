/**
 * Structured logs: one JSON object per line, with the ids of the request and the trace.
 *
 * As a last line of defence, anything that looks like an e-mail address is masked; no code may rely on it.
 */
import { Context, Effect, Layer, Logger, type LogLevel, Option, References, Schema, Tracer } from "effect"
import { fileProblem } from "../files/problems.ts"
import { LineBatch } from "./LineBatch.ts"
import { LogFile } from "./LogFile.ts"
import * as PlainLog from "./PlainLog.ts"

const levels = { debug: "Debug", info: "Info", warn: "Warn", error: "Error" } as const satisfies Record<
  string,
  LogLevel.LogLevel
>
/** The lowest level that is logged, as the settings spell it. */
export type Level = keyof typeof levels

// Over-long local parts are cut by the bound, so that the pattern stays linear.
const addressPattern = /[^\s@"<>\\/:=,;()]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+/g

/** Masks what looks like an e-mail address. */
export const redact = (line: string): string => (line.includes("@") ? line.replace(addressPattern, "<address>") : line)

const longest = 8_192
const bounded = (text: string) => (text.length > longest ? `${text.slice(0, longest)}…` : text)
const asText = (value: unknown) => bounded(typeof value === "string" ? value : (JSON.stringify(value) ?? String(value)))

/** Formats one entry; message and cause are cut, so that lines stay bounded. */
const format: Logger.Logger<unknown, string> = Logger.make((options) => {
  const { message, level, timestamp, cause, annotations } = Logger.formatStructured.log(options)
  const span = Context.getOption(options.fiber.context as Context.Context<Tracer.ParentSpan>, Tracer.ParentSpan)
  const line = JSON.stringify({
    time: timestamp,
    level: level.toLowerCase(),
    message: asText(message),
    ...annotations,
    ...(Option.isSome(span) ? { trace_id: span.value.traceId, span_id: span.value.spanId } : {}),
    ...(cause === undefined ? {} : { cause: bounded(cause) })
  })
  return redact(line)
})

/** The same for a line of plain functions. */
const formatPlain = ({ at, fields, message, span }: PlainLog.PlainLine): string =>
  redact(
    JSON.stringify({
      time: new Date(at).toISOString(),
      level: "info",
      message: bounded(message),
      ...fields,
      ...(span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId })
    })
  )

/** Where lines go. A function must not throw. */
export type LogTarget =
  | { readonly stream: NodeJS.WritableStream }
  | { readonly file: string }
  | { readonly line: (line: string) => void }

/** The log file can't be opened; the message says what to do. */
export class LogUnavailable extends Schema.TaggedError<LogUnavailable>()("LogUnavailable", {
  message: Schema.String
}) {}

const lostLine = (lines: number, reason: string) =>
  JSON.stringify({
    time: new Date().toISOString(),
    level: "error",
    message: `${lines} lines of the log are lost, because the file couldn't be written (${reason})`
  })

/** How lines are written, without ever waiting or failing: at once, or together with others of the same moment. */
interface Lines {
  readonly write: (line: string) => void
  readonly later: (line: string) => void
}

const toStream = (stream: NodeJS.WritableStream) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => new LineBatch(stream)),
      (batch) => Effect.sync(() => batch.flush())
    ),
    (batch): Lines => ({ write: (line) => batch.write(line), later: (line) => batch.later(line) })
  )

const both = (write: (line: string) => void): Lines => ({ write, later: write })

const toFile = (file: string) =>
  Effect.acquireRelease(
    Effect.tryPromise({
      try: () => LogFile.open(file, { lostLine }),
      catch: (cause) => new LogUnavailable({ message: fileProblem(file, cause, "set GALAXY_LOG_FILE to another file") })
    }),
    (open) => Effect.promise(() => open.close())
  ).pipe(Effect.map((open) => both((line) => open.write(line))))

const linesOf = (target: LogTarget) =>
  "line" in target
    ? Effect.succeed(both(target.line))
    : "stream" in target
      ? toStream(target.stream)
      : toFile(target.file)

/** Replaces the default logger. A file is opened for appending, readable by its owner only. */
export const layer = (options: {
  readonly level: Level
  readonly target: LogTarget
}): Layer.Layer<never, LogUnavailable> =>
  Layer.unwrap(
    Effect.map(linesOf(options.target), ({ later, write }) =>
      Layer.mergeAll(
        Logger.layer([Logger.map(format, write)]),
        Layer.succeed(PlainLog.Sinks, [(line) => later(formatPlain(line))]),
        Layer.succeed(References.MinimumLogLevel, levels[options.level])
      )
    )
  )
