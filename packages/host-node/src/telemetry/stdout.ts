/** Spans and metrics as lines of the process's own log, for places without a collector. */
import { linesPerSecond } from "@galaxy/core/shared/linesPerSecond"
import { Effect, Layer, Schedule, Tracer } from "effect"
import { Collecting } from "./collecting.ts"
import * as prometheus from "./prometheus.ts"

/** Most lines for spans in a second; the rest is left out, and a line says how many, so that a busy process doesn't fill its disk. */
const mostSpansPerSecond = 500

/**
 * The tracer, which also writes a line for every recorded span that ends, without its attributes: those may say whose
 * account it was about.
 */
export const traced = (tracer: Tracer.Tracer): Effect.Effect<Tracer.Tracer> =>
  Effect.map(Effect.context(), (context) => {
    const run = Effect.runForkWith(context)
    const hasRoom = linesPerSecond({
      most: mostSpansPerSecond,
      now: () => performance.now(),
      after: (millis, act) => void setTimeout(act, millis).unref(),
      leftOut: (spans) => {
        const line = Effect.logInfo("spans were left out of the log, since there were too many")
        run(Effect.annotateLogs(line, { spans }))
      }
    })
    const report = (span: Tracer.Span, endTime: bigint) => {
      if (!hasRoom()) return
      run(
        Effect.logInfo("span").pipe(
          Effect.annotateLogs({
            span: span.name.replace(/\?.*$/s, "").slice(0, 200),
            span_trace_id: span.traceId,
            id: span.spanId,
            duration_ms: Number(endTime - span.status.startTime) / 1e6
          }),
          Effect.withTracerEnabled(false)
        )
      )
    }
    return Tracer.make({
      span: (options) => {
        const span = tracer.span(options)
        if (!span.sampled) return span
        const end = span.end.bind(span)
        span.end = (endTime, exit) => {
          if (span.status._tag === "Ended") return
          end(endTime, exit)
          report(span, endTime)
        }
        return span
      }
    })
  })

/** Writes all metrics every minute, in the form in which Prometheus reads them. */
export const metrics: Layer.Layer<never> = Layer.effectDiscard(
  Effect.flatMap(Collecting, ({ collect }) =>
    Effect.forkScoped(
      Effect.schedule(
        Effect.suspend(() => {
          collect()
          return Effect.annotateLogs(Effect.logInfo("metrics"), { metrics: prometheus.text() })
        }),
        Schedule.spaced("1 minute")
      )
    )
  )
)
