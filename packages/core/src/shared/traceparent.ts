/** The trace that an effect runs in, for what it leaves behind: an event tells its reader which request or turn has made it. */
import { traceparentOf } from "@galaxy/contract/telemetry/traceparent"
import { Effect, Tracer } from "effect"

/** The nearest span that somebody else can find: one that is recorded, or the caller's. */
const known = (span: Tracer.AnySpan | undefined): Tracer.AnySpan | undefined => {
  for (let at = span; at !== undefined; ) {
    // Without a tracer of the host there are spans all the same, which nobody records.
    if (at._tag === "ExternalSpan" || (at.sampled && !(at instanceof Tracer.NativeSpan))) return at
    at = at.parent._tag === "Some" ? at.parent.value : undefined
  }
  return undefined
}

/** The W3C `traceparent`; empty where nobody records a trace. */
export const traceparent: Effect.Effect<string> = Effect.map(Effect.serviceOption(Tracer.ParentSpan), (span) => {
  const found = known(span._tag === "Some" ? span.value : undefined)
  return found === undefined || found.traceId === "noop" ? "" : traceparentOf(found)
})
