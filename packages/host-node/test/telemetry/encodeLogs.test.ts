/** Lines are encoded to the same bytes as by Effect's encoder. */
import { encodeLogs, type LogRecord } from "@galaxy/host-node/telemetry/otlp/encodeLogs"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { type OtlpLogger, OtlpSerialization } from "effect/observability"

const attributes: LogRecord["attributes"] = [
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

const line = (more: Partial<LogRecord>): LogRecord => ({
  severityNumber: 9,
  severityText: "Info",
  timeUnixNano: "1796076000000000001",
  observedTimeUnixNano: "1796076000123456789",
  attributes: [],
  body: { stringValue: "request" },
  droppedAttributesCount: 0,
  ...more
})

const ids = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" }

const lines = [
  line({}),
  line({ attributes, ...ids }),
  line({ severityNumber: 0, severityText: "", body: { stringValue: "" }, traceId: "", spanId: "" }),
  ...attributes.map(({ value }) => line({ body: value })),
  line({ timeUnixNano: "0", observedTimeUnixNano: "18446744073709551615" })
]

const data = (logRecords: Array<LogRecord>): OtlpLogger.LogsData => ({
  resourceLogs: [
    {
      resource: { attributes: attributes.slice(0, 2), droppedAttributesCount: 0 },
      scopeLogs: [{ scope: { name: "galaxy", version: "1" }, logRecords }]
    }
  ]
})

describe("the encoding of lines", () => {
  it.effect.each([
    { all: [] },
    { all: lines },
    { all: Array.from({ length: 700 }, (_, at) => lines[at % lines.length] ?? line({})) }
  ])("is Effect's, byte by byte", ({ all }) =>
    Effect.gen(function* () {
      const body = (yield* OtlpSerialization.OtlpSerialization).logs(data(all))
      if (body._tag !== "Uint8Array") return assert.fail("no bytes")
      assert.isTrue(Buffer.from(body.body).equals(encodeLogs(data(all))))
    }).pipe(Effect.provide(OtlpSerialization.layerProtobuf))
  )
})
