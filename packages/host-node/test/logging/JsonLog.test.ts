import { PassThrough } from "node:stream"
import * as JsonLog from "@galaxy/host-node/logging/JsonLog"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"

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
