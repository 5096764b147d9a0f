/** Which traces are recorded, by the samplers of OpenTelemetry. */
import { Option, Tracer } from "effect"

/** The values of `OTEL_TRACES_SAMPLER`. */
export type SamplerName =
  | "always_on"
  | "always_off"
  | "traceidratio"
  | "parentbased_always_on"
  | "parentbased_always_off"
  | "parentbased_traceidratio"

/** Whether to record a span that begins in this process. `remote` is the caller's span, if it names one. */
export type Sampler = (remote: Tracer.ExternalSpan | undefined) => boolean

/** The same traces in every process, by the last 56 bits of their ids; by chance where the id isn't known yet. */
const within = (ratio: number, traceId: string | undefined): boolean => {
  const part = traceId === undefined ? Number.NaN : Number.parseInt(traceId.slice(-14), 16)
  return (Number.isNaN(part) ? Math.random() : part / 2 ** 56) < ratio
}

/** The sampler of a name; `ratio` is that of the ones that have it in their name. */
export const samplerOf = (name: SamplerName, ratio: number): Sampler => {
  const root = (remote: Tracer.ExternalSpan | undefined): boolean =>
    name.endsWith("always_on") || (name.endsWith("traceidratio") && within(ratio, remote?.traceId))
  if (!name.startsWith("parentbased_")) return root
  return (remote) => (remote === undefined ? root(undefined) : remote.sampled)
}

/** The tracer with that sampler: what isn't recorded stays without children that are. */
export const sampled = (tracer: Tracer.Tracer, sampler: Sampler): Tracer.Tracer =>
  Tracer.make({
    span: (options) => {
      const parent = Option.getOrUndefined(options.parent)
      if (parent?._tag === "Span") return tracer.span({ ...options, sampled: options.sampled && parent.sampled })
      // What a remote parent has decided is the sampler's to follow or not.
      return tracer.span({ ...options, sampled: sampler(parent) })
    },
    ...(tracer.context === undefined ? {} : { context: tracer.context })
  })
