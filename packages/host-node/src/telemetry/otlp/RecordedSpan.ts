/**
 * Spans as they are kept until their batch is sent. A gateway makes two for each call, so nothing is computed here that can wait for
 * the batch, and what mustn't leave the process isn't kept at all.
 */
import { randomFillSync } from "node:crypto"
import { Cause, type Context, type Exit, type Option, type Tracer } from "effect"
import { OtlpResource, type OtlpTracer } from "effect/observability"
import { allowed, clean, nameOf } from "./scrub.ts"

type OtlpSpan = OtlpTracer.ScopeSpan["spans"][number]
type Attributes = OtlpSpan["attributes"]

const kinds: Readonly<Record<Tracer.SpanKind, number>> = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 }
const ok = 1
const failed = 2

/** Ids of some hundred spans at once: each call of the system's generator costs more than all of them. */
const pool = Buffer.alloc(24 * 256)
let used = pool.length

const randomHex = (size: number): string => {
  if (used + size > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += size
  return pool.toString("hex", used - size, used)
}

/** What a tracer is asked for. */
export type SpanOptions = Parameters<Tracer.Tracer["span"]>[0]

/** `onEnd` is called once for a span that is sampled. */
export class RecordedSpan implements Tracer.Span {
  readonly _tag = "Span"
  readonly name: string
  readonly spanId = randomHex(8)
  readonly traceId: string
  readonly parent: Option.Option<Tracer.AnySpan>
  readonly annotations: Context.Context<never>
  readonly links: Array<Tracer.SpanLink>
  readonly kind: Tracer.SpanKind
  readonly sampled: boolean
  readonly attributes = new Map<string, unknown>()
  readonly events: Array<readonly [name: string, at: bigint, attributes: Record<string, unknown> | undefined]> = []
  status: Tracer.SpanStatus
  readonly #onEnd: (span: RecordedSpan) => void

  constructor(options: SpanOptions, onEnd: (span: RecordedSpan) => void) {
    this.name = options.name
    this.parent = options.parent
    this.annotations = options.annotations
    this.links = options.links
    this.kind = options.kind
    this.sampled = options.sampled
    this.traceId = options.parent._tag === "Some" ? options.parent.value.traceId : randomHex(16)
    this.status = { _tag: "Started", startTime: options.startTime }
    this.#onEnd = onEnd
  }

  attribute(key: string, value: unknown): void {
    if (this.sampled && this.status._tag === "Started" && allowed.has(key)) this.attributes.set(key, value)
  }

  event(name: string, at: bigint, attributes?: Record<string, unknown>): void {
    if (this.sampled && this.status._tag === "Started") this.events.push([name, at, attributes])
  }

  addLinks(links: ReadonlyArray<Tracer.SpanLink>): void {
    if (this.status._tag === "Started") for (const link of links) this.links.push(link)
  }

  end(endTime: bigint, exit: Exit.Exit<unknown, unknown>): void {
    if (this.status._tag === "Ended") return
    this.status = { _tag: "Ended", startTime: this.status.startTime, endTime, exit }
    if (this.sampled) this.#onEnd(this)
  }
}

const kept = (entries: Iterable<[string, unknown]>): Attributes => {
  const out: Attributes = []
  for (const [key, value] of entries) {
    if (!allowed.has(key)) continue
    out.push({
      key,
      value: typeof value === "string" ? { stringValue: clean(value) } : OtlpResource.unknownToAttributeValue(value)
    })
  }
  return out
}

/** The status of an outcome, and its errors as events. */
const outcomeOf = (exit: Exit.Exit<unknown, unknown>, at: bigint) => {
  if (exit._tag === "Success") return { status: { code: ok }, events: [] }
  if (Cause.hasInterruptsOnly(exit.cause)) return { status: { code: 0 }, events: [] }
  const errors = Cause.prettyErrors(exit.cause, { includeCauseInStack: true })
  const [first] = errors
  return {
    status: { code: failed, ...(first === undefined ? {} : { message: clean(first.message) }) },
    events: errors.map((error) => ({
      name: "exception",
      timeUnixNano: String(at),
      droppedAttributesCount: 0,
      attributes: kept([
        ["exception.type", error.name],
        ["exception.message", error.message],
        ["exception.stacktrace", error.stack ?? ""]
      ])
    }))
  }
}

/** The span as the protocol has it, without what mustn't leave the process. */
export const otlpSpanOf = (span: RecordedSpan): OtlpSpan => {
  const { status: state } = span
  const endTime = state._tag === "Ended" ? state.endTime : state.startTime
  const outcome = state._tag === "Ended" ? outcomeOf(state.exit, endTime) : { status: { code: 0 }, events: [] }
  return {
    traceId: span.traceId.padStart(32, "0"),
    spanId: span.spanId,
    parentSpanId: span.parent._tag === "Some" ? span.parent.value.spanId : undefined,
    name: nameOf(span.name),
    kind: kinds[span.kind],
    startTimeUnixNano: String(state.startTime),
    endTimeUnixNano: String(endTime),
    attributes: kept(span.attributes),
    droppedAttributesCount: 0,
    events: [
      ...span.events.map(([name, at, attributes]) => ({
        name: clean(name),
        timeUnixNano: String(at),
        attributes: kept(Object.entries(attributes ?? {})),
        droppedAttributesCount: 0
      })),
      ...outcome.events
    ],
    droppedEventsCount: 0,
    status: outcome.status as OtlpSpan["status"],
    links: span.links.map(({ span: to, attributes }) => ({
      traceId: to.traceId.padStart(32, "0"),
      spanId: to.spanId,
      attributes: kept(Object.entries(attributes)),
      droppedAttributesCount: 0
    })),
    droppedLinksCount: 0
  }
}
