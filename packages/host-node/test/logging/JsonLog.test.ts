import { PassThrough } from "node:stream"
import * as JsonLog from "@galaxy/host-node/logging/JsonLog"
import * as PlainLog from "@galaxy/host-node/logging/PlainLog"
import { assert, it } from "@effect/vitest"
import { Effect, Logger } from "effect"

const captured = (effect: Effect.Effect<void>, level: JsonLog.Level = "info") =>
  Effect.gen(function* () {
    const stream = new PassThrough()
    yield* effect.pipe(Effect.provide(JsonLog.layer({ level, target: { stream } })))
    return String(stream.read() ?? "")
      .split("\n")
      .filter((it) => it !== "")
      .map((it) => JSON.parse(it) as Record<string, unknown>)
  })

it.live("a line is one JSON object with annotations and the trace", () =>
  Effect.gen(function* () {
    const [line] = yield* captured(
      Effect.logInfo("hello").pipe(Effect.annotateLogs({ request_id: "r-1" }), Effect.withSpan("call"))
    )
    assert.strictEqual(line?.["message"], "hello")
    assert.strictEqual(line?.["level"], "info")
    assert.strictEqual(line?.["request_id"], "r-1")
    assert.match(String(line?.["trace_id"]), /^[0-9a-f]{32}$/)
  })
)

it.live("addresses are blotted out wherever they stand", () =>
  Effect.gen(function* () {
    const lines = yield* captured(
      Effect.logError("mail for ada.lovelace+x@example.org failed", new Error("550 <bob@example.com> unknown"))
    )
    const text = JSON.stringify(lines)
    assert.notInclude(text, "ada.lovelace")
    assert.notInclude(text, "bob@")
    assert.include(text, "<address>")
  })
)

it.live("less severe levels are left out", () =>
  Effect.gen(function* () {
    const lines = yield* captured(Effect.andThen(Effect.logInfo("quiet"), Effect.logWarning("loud")), "warn")
    assert.deepStrictEqual(
      lines.map((it) => it["message"]),
      ["loud"]
    )
  })
)

it.live("an endless message is cut and the line stays JSON", () =>
  Effect.gen(function* () {
    const [line] = yield* captured(Effect.logInfo('"'.repeat(1_000_000)))
    assert.isBelow(String(line?.["message"]).length, 10_000)
  })
)

const span = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" }

/** A line of plain functions; false where there are none of this level. */
const plain = (message: string, fields: PlainLog.Fields = {}) =>
  Effect.map(PlainLog.make, (write) => {
    write?.(message, fields, span)
    return write !== undefined
  })

it.live("a line of a plain function is like others, in its place among them", () =>
  Effect.gen(function* () {
    const lines = yield* captured(
      Effect.gen(function* () {
        yield* plain("first ada@example.org", { reason: "<bob@example.com>", bytes: 3 })
        yield* plain("second")
        yield* Effect.logWarning("third")
        yield* plain("fourth")
      }).pipe(Effect.annotateLogs({ process: 1 }))
    )
    assert.deepStrictEqual(
      lines.map((it) => it["message"]),
      ["first <address>", "second", "third", "fourth"]
    )
    const { time, ...first } = lines[0] ?? {}
    assert.match(String(time), /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/)
    assert.deepStrictEqual(first, {
      level: "info",
      message: "first <address>",
      process: 1,
      reason: "<<address>>",
      bytes: 3,
      trace_id: span.traceId,
      span_id: span.spanId
    })
  })
)

it.live("plain functions write none where lines of their level are left out", () =>
  Effect.gen(function* () {
    const lines = yield* captured(
      Effect.map(plain("quiet"), (isWritten) => assert.isFalse(isWritten)),
      "warn"
    )
    assert.deepStrictEqual(lines, [])
  })
)

it.live("a line of a plain function comes by the loggers where there is no log of ours", () =>
  Effect.gen(function* () {
    const lines: Array<Record<string, unknown>> = []
    const logger = Logger.make((options) => {
      const { annotations, message } = Logger.formatStructured.log(options)
      lines.push({ message, ...annotations })
    })
    yield* Effect.provide(plain("said", { bytes: 3 }), Logger.layer([logger]))
    assert.deepStrictEqual(lines, [{ message: "said", bytes: 3, trace_id: span.traceId, span_id: span.spanId }])
  })
)
