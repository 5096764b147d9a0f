/**
 * Instruments of the metrics in the table, as plain functions for hot paths: a measurement is a look-up and an addition.
 *
 * They write into the metric registry that all exporters read. Each has a bounded number of series; whatever comes beyond
 * is counted as `_OTHER`.
 */
import { Context, Metric } from "effect"
import { type MetricName, type MetricOf, type MetricRow, metrics, type ValuesOf } from "./metrics.ts"

/** Most combinations of attribute values of one metric. */
export const maxSeries = 2_000

const nothing = Context.empty()
const other = "_OTHER"

interface Series<M> {
  readonly metric: M
  readonly values: ReadonlyArray<string>
}

/** The series of a metric by the values of their attributes. */
const seriesOf = <M>(name: MetricName, make: (attributes: Record<string, string>) => M) => {
  const row: MetricRow = metrics[name]
  const known = new Map<string, Series<M>>()
  let only: M | undefined
  const attributesOf = (values: ReadonlyArray<string>) =>
    Object.fromEntries(
      row.attributes.flatMap((attribute, index) => {
        const value = values[index] ?? ""
        return value === "" ? [] : [[attribute, value] as const]
      })
    )
  const of = (values: ReadonlyArray<string>): M => {
    if (row.attributes.length === 0) return (only ??= make({}))
    const key = values.length === 1 ? (values[0] ?? "") : values.join("\u0000")
    const found = known.get(key)
    if (found !== undefined) return found.metric
    if (known.size >= maxSeries && !values.every((it) => it === other)) return of(values.map(() => other))
    const metric = make(attributesOf(values))
    known.set(key, { metric, values })
    return metric
  }
  return of
}

/** Adds to a counter; `values` are those of the row's attributes. */
export const counter = <N extends MetricOf<"counter">>(name: N) => {
  const of = seriesOf(name, (attributes) =>
    Metric.counter(name, { description: metrics[name].about, attributes, incremental: true })
  )
  return (by: number, ...values: ValuesOf<N>): void => of(values).updateUnsafe(by, nothing)
}

/** Sets a gauge, in the row's unit; `values` are those of the row's attributes. */
export const gauge = <N extends MetricOf<"gauge">>(name: N) => {
  const of = seriesOf(name, (attributes) => Metric.gauge(name, { description: metrics[name].about, attributes }))
  return (value: number, ...values: ValuesOf<N>): void => of(values).updateUnsafe(value, nothing)
}

/** Records one measurement, in the row's unit; `values` are those of the row's attributes. */
export const histogram = <N extends MetricOf<"histogram">>(name: N) => {
  const row: MetricRow = metrics[name]
  const of = seriesOf(name, (attributes) =>
    Metric.histogram(name, { description: row.about, attributes, boundaries: row.buckets ?? [] })
  )
  return (value: number, ...values: ValuesOf<N>): void => of(values).updateUnsafe(value, nothing)
}
