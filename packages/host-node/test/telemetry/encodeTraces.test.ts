/** Spans are encoded to the same bytes as by Effect's encoder. */
import { encodeTraces } from "@galaxy/host-node/telemetry/otlp/encodeTraces"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { OtlpSerialization, type OtlpTracer } from "effect/observability"

type Span = OtlpTracer.ScopeSpan["spans"][number]
type Attribute = Span["attributes"][number]

const attributes: Array<Attribute> = [
  { key: "text", value: { stringValue: "π and more: 🚀" } },
  { key: "empty", value: { stringValue: "" } },
  { key: "long", value: { stringValue: "x".repeat(20_000) } },
  { key: "yes", value: { boolValue: true } },
  { key: "no", value: { boolValue: false } },
  { key: "whole", value: { intValue: 300 } },
  { key: "negative", value: { intValue: -5 } },
  { key: "large", value: { intValue: "9223372036854775807" } },
  { key: "share", value: { doubleValue: 0.25 } },
  { key: "list", value: { arrayValue: { values: [{ stringValue: "a" }, { intValue: 2 }] } } }
]

const span = (more: Partial<Span>): Span => ({
  traceId: "0af7651916cd43dd8448eb211c80319c",
  spanId: "b7ad6b7169203331",
  parentSpanId: undefined,
  name: "ExecuteCommand",
  kind: 2,
  startTimeUnixNano: "1796076000000000001",
  endTimeUnixNano: "1796076000123456789",
  attributes: [],
  droppedAttributesCount: 0,
  events: [],
  droppedEventsCount: 0,
  status: { code: 1 },
  links: [],
  droppedLinksCount: 0,
  ...more
})

const spans = [
  span({}),
  span({ parentSpanId: "00f067aa0ba902b7", attributes }),
  span({
    status: { code: 2, message: "it failed" },
    events: [{ name: "exception", timeUnixNano: "1796076000000000002", attributes, droppedAttributesCount: 0 }],
    links: [
      { traceId: "f".repeat(32), spanId: "e".repeat(16), attributes: attributes.slice(0, 1), droppedAttributesCount: 0 }
    ]
  })
]

const data = (all: Array<Span>): OtlpTracer.TraceData => ({
  resourceSpans: [
    {
      resource: { attributes: attributes.slice(0, 2), droppedAttributesCount: 0 },
      scopeSpans: [{ scope: { name: "galaxy", version: "1" }, spans: all }]
    }
  ]
})

describe("the encoding of spans", () => {
  it.effect.each([
    { all: [] },
    { all: spans },
    { all: Array.from({ length: 700 }, (_, at) => spans[at % 3] ?? span({})) }
  ])("is Effect's, byte by byte", ({ all }) =>
    Effect.gen(function* () {
      const body = (yield* OtlpSerialization.OtlpSerialization).traces(data(all))
      if (body._tag !== "Uint8Array") return assert.fail("no bytes")
      assert.isTrue(Buffer.from(body.body).equals(encodeTraces(data(all))))
    }).pipe(Effect.provide(OtlpSerialization.layerProtobuf))
  )
})
