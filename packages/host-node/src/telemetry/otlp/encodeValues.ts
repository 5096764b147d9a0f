/** What batches of spans and batches of lines have in common: values with their keys, and what they are all about. */
import type { OtlpTracer } from "effect/observability"
import type { WireWriter } from "./WireWriter.ts"

/** A value with its key. */
export type Attribute = OtlpTracer.ScopeSpan["spans"][number]["attributes"][number]
type Resource = OtlpTracer.TraceData["resourceSpans"][number]["resource"]
type Scope = OtlpTracer.ScopeSpan["scope"]

/** The fields of a value. */
export const writeValue = (out: WireWriter, it: Attribute["value"]): void => {
  if (it.stringValue !== undefined && it.stringValue !== null) out.text(1, it.stringValue)
  else if (it.boolValue !== undefined && it.boolValue !== null) out.varint(2, it.boolValue ? 1 : 0)
  else if (it.intValue !== undefined && it.intValue !== null) out.varint64(3, BigInt(it.intValue))
  else if (it.doubleValue !== undefined && it.doubleValue !== null) out.double(4, it.doubleValue)
  else if (it.arrayValue !== undefined) {
    const { values } = it.arrayValue
    out.message(5, () => {
      for (const one of values) out.message(1, () => writeValue(out, one))
    })
  }
}

/** An attribute as this field of a message. */
export const writeAttribute = (out: WireWriter, field: number, { key, value }: Attribute): void =>
  out.message(field, () => {
    out.text(1, key)
    out.message(2, () => writeValue(out, value))
  })

/** What sends the batch. */
export const writeResource = (out: WireWriter, { attributes }: Resource): void =>
  out.message(1, () => {
    for (const one of attributes) writeAttribute(out, 1, one)
  })

/** The part of it whose spans or lines follow. */
export const writeScope = (out: WireWriter, { name, version }: Scope): void =>
  out.message(1, () => {
    out.text(1, name)
    if (version !== undefined) out.text(2, version)
  })
