/**
 * Structured logs: one JSON object a line, with the request's and the trace's ids.
 *
 * As a last line of defence anything that looks like an e-mail address is blotted out; no code may rely on it.
 */
import { createWriteStream, mkdirSync } from "node:fs"
import { dirname } from "node:path"
import { finished } from "node:stream/promises"
import { Context, Effect, Layer, Logger, type LogLevel, Option, References, Tracer } from "effect"

const levels = { debug: "Debug", info: "Info", warn: "Warn", error: "Error" } as const satisfies Record<
  string,
  LogLevel.LogLevel
>
export type Level = keyof typeof levels

// Over-long local parts are cut by the bound, so that the pattern stays linear.
const addressPattern = /[^\s@"<>\\/:=,;()]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+/g

/** Blots out what looks like an address. */
export const redact = (line: string): string => line.replace(addressPattern, "<address>")

const longest = 8_192
const bounded = (text: string) => (text.length > longest ? `${text.slice(0, longest)}…` : text)
const asText = (value: unknown) => bounded(typeof value === "string" ? value : (JSON.stringify(value) ?? String(value)))

/** Formats one entry; message and cause are cut, so that a line stays bounded. */
export const format: Logger.Logger<unknown, string> = Logger.make((options) => {
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

/** Where lines go. */
export type Target = { readonly stream: NodeJS.WritableStream } | { readonly file: string }

/** Replaces the default logger. A file is opened for appending, readable by its owner only. */
export const layer = (options: { readonly level: Level; readonly target: Target }): Layer.Layer<never> =>
  Logger.layer([
    Effect.map(
      Effect.acquireRelease(
        Effect.sync(() => {
          if ("stream" in options.target) return options.target.stream
          mkdirSync(dirname(options.target.file), { recursive: true, mode: 0o700 })
          const stream = createWriteStream(options.target.file, { flags: "a", mode: 0o600 })
          // A full disk must not end the games.
          stream.on("error", () => undefined)
          return stream
        }),
        (stream) =>
          "file" in options.target
            ? Effect.ignore(
                Effect.tryPromise(() => {
                  stream.end()
                  return finished(stream)
                })
              )
            : Effect.void
      ),
      (stream) => Logger.map(format, (line) => void stream.write(`${line}\n`))
    )
  ]).pipe(Layer.merge(Layer.succeed(References.MinimumLogLevel, levels[options.level])))
