/**
 * Spans as `ExportTraceServiceRequest`, the same bytes as Effect's encoder makes, in a tenth of its time.
 *
 * A gateway has two spans a call, so their encoding would cost more than all of the rest of telemetry.
 */
import type { OtlpTracer } from "effect/observability"
import { type Attribute, writeAttribute, writeResource, writeScope } from "./encodeValues.ts"
import { WireWriter } from "./WireWriter.ts"

type Span = OtlpTracer.ScopeSpan["spans"][number]

/** The field of a span's attributes. */
const spanAttributes = 9

/** Most values that are kept for the next spans: those of usual calls are few. */
const mostKept = 1_000
const longestKept = 100
const keptBytes = new Map<string, Map<string, Buffer>>()
let kept = 0

/** The field of a key with a text, which spans have again and again. */
const bytesOf = (field: number, key: string, text: string): Buffer | undefined => {
  if (field !== spanAttributes || text.length > longestKept) return undefined
  const own = keptBytes.get(key)
  const found = own?.get(text)
  if (found !== undefined || kept >= mostKept) return found
  const out = new WireWriter(256)
  out.message(field, () => {
    out.text(1, key)
    out.message(2, () => out.text(1, text))
  })
  kept++
  const bytes = out.finish()
  if (own === undefined) keptBytes.set(key, new Map([[text, bytes]]))
  else own.set(text, bytes)
  return bytes
}

const attributes = (out: WireWriter, field: number, all: ReadonlyArray<Attribute>): void => {
  for (const one of all) {
    const { stringValue } = one.value
    const bytes = typeof stringValue === "string" ? bytesOf(field, one.key, stringValue) : undefined
    if (bytes === undefined) writeAttribute(out, field, one)
    else out.raw(bytes)
  }
}

const write = (out: WireWriter, span: Span): void => {
  out.hex(1, span.traceId)
  out.hex(2, span.spanId)
  if (span.parentSpanId !== undefined) out.hex(4, span.parentSpanId)
  out.text(5, span.name)
  out.varint(6, span.kind)
  out.fixed64(7, BigInt(span.startTimeUnixNano))
  out.fixed64(8, BigInt(span.endTimeUnixNano))
  attributes(out, spanAttributes, span.attributes)
  for (const event of span.events) {
    out.message(11, () => {
      out.fixed64(1, BigInt(event.timeUnixNano))
      out.text(2, event.name)
      attributes(out, 3, event.attributes)
    })
  }
  for (const link of span.links) {
    out.message(13, () => {
      out.hex(1, link.traceId)
      out.hex(2, link.spanId)
      attributes(out, 4, link.attributes)
    })
  }
  out.message(15, () => {
    if (span.status.message !== undefined && span.status.message !== "") out.text(2, span.status.message)
    out.varint(3, span.status.code)
  })
}

/** Bytes that a batch begins with, and that a span of a usual call takes. */
const begins = 1_024
const perSpan = 320

/** The batch as it is sent over HTTP and, framed, over gRPC. */
export const encodeTraces = ({ resourceSpans }: OtlpTracer.TraceData): Buffer => {
  const spans = resourceSpans.flatMap((it) => it.scopeSpans).reduce((sum, it) => sum + it.spans.length, 0)
  const out = new WireWriter(begins + spans * perSpan)
  for (const { resource, scopeSpans } of resourceSpans) {
    out.message(1, () => {
      writeResource(out, resource)
      for (const { scope, spans: all } of scopeSpans) {
        out.message(2, () => {
          writeScope(out, scope)
          for (const span of all) out.message(2, () => write(out, span))
        })
      }
    })
  }
  return out.finish()
}
