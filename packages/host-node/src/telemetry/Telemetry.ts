/** Whether this process measures and traces, as far as its parts have to know before they do any work for it. */
import { Context, type Tracer } from "effect"

/** Absent where nobody reads it: then no part of the process measures anything on its hot path. */
export interface TelemetryShape {
  /** Metrics are read by somebody: a listener, a collector or the log. */
  readonly metrics: boolean
  /** Where spans of hot paths go; undefined where no traces are recorded. */
  readonly tracer: Tracer.Tracer | undefined
}

/** Off unless a process's settings ask for an exporter. */
export const Telemetry = Context.Reference<TelemetryShape>("@galaxy/host-node/telemetry/Telemetry", {
  defaultValue: () => ({ metrics: false, tracer: undefined })
})
