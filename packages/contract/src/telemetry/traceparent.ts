/** W3C `traceparent`: how a trace goes from one process to the next. */
import { Tracer } from "effect"

const form = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/

/** Whether a header has the form of version 00; its ids may still be zero, which names no span. */
export const isTraceparent = (header: string): boolean => form.test(header)

/** The header for a span. */
export const traceparentOf = ({ traceId, spanId, sampled }: Tracer.AnySpan): string =>
  `00-${traceId.padStart(32, "0")}-${spanId}-${sampled ? "01" : "00"}`

/** The span that a header names, or undefined where it is absent or not valid. */
export const spanIn = (traceparent: string): Tracer.ExternalSpan | undefined => {
  const [, traceId = "", spanId = "", flags = "00"] = form.exec(traceparent) ?? []
  if (traceId === "" || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined
  return Tracer.externalSpan({ traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 })
}

/**
 * The header of a client as it may go on where this process records no traces: its trace can be found in logs, and nobody is
 * asked to record it. Empty where it isn't valid.
 */
export const unasked = (traceparent: string): string =>
  isTraceparent(traceparent) ? `${traceparent.slice(0, -2)}00` : ""
