/** Spans and metrics as lines of the process's own log, for places without a collector. */
import { Effect, type Exit, Layer, Tracer } from "effect"
import { PrometheusMetrics } from "effect/observability"

/** Calls back when it ends. */
class ReportedSpan extends Tracer.NativeSpan {
  readonly #report: (span: ReportedSpan, endTime: bigint) => void

  constructor(
    options: ConstructorParameters<typeof Tracer.NativeSpan>[0],
    report: (span: ReportedSpan, endTime: bigint) => void
  ) {
    super(options)
    this.#report = report
  }

  override end(endTime: bigint, exit: Exit.Exit<unknown, unknown>): void {
    if (this.status._tag === "Ended") return
    super.end(endTime, exit)
    this.#report(this, endTime)
  }
}

/** Writes a line for every span that ends, without its attributes: those may say whose account it was about. */
export const traces: Layer.Layer<never> = Layer.effect(
  Tracer.Tracer,
  Effect.gen(function* () {
    const run = Effect.runForkWith(yield* Effect.context())
    const report = (span: ReportedSpan, endTime: bigint) => {
      run(
        Effect.logInfo("span").pipe(
          Effect.annotateLogs({
            span: span.name,
            span_trace_id: span.traceId,
            id: span.spanId,
            duration_ms: Number(endTime - span.startTime) / 1e6
          }),
          Effect.withTracerEnabled(false)
        )
      )
    }
    return Tracer.make({ span: (options) => new ReportedSpan(options, report) })
  })
)

/** Writes all metrics every minute, in the form in which Prometheus reads them. */
export const metrics: Layer.Layer<never> = Layer.effectDiscard(
  Effect.forkScoped(
    Effect.forever(
      Effect.andThen(
        Effect.sleep("1 minute"),
        Effect.flatMap(PrometheusMetrics.format(), (text) =>
          Effect.annotateLogs(Effect.logInfo("metrics"), { metrics: text })
        )
      )
    )
  )
)
