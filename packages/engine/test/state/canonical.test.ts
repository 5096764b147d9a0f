import { isDeepStrictEqual } from "node:util"
import { canonicalJson, type StateJson } from "@galaxy/engine/state/canonical"
import { seal, unseal } from "@galaxy/engine/host/sealed"
import { assert, describe, it } from "@effect/vitest"
import { Result, Schema } from "effect"

const record = Schema.Record(Schema.String, Schema.Union([Schema.Finite, Schema.String, Schema.Boolean, Schema.Null]))

const backwards = (value: Readonly<Record<string, StateJson>>): StateJson =>
  Object.fromEntries(Object.entries(value).toReversed())

describe("canonical JSON", () => {
  it.prop("means the same value, and has one text for it", [record], ([value]) => {
    const text = canonicalJson({ value, list: [value] })
    // JSON knows no negative zero.
    // Chai takes objects with an empty key for different when their keys stand in another order.
    assert.isTrue(isDeepStrictEqual(JSON.parse(text), JSON.parse(JSON.stringify({ value, list: [value] }))), text)
    assert.strictEqual(canonicalJson({ list: [backwards(value)], value: backwards(value) }), text)
  })

  it("leaves out what is absent, and refuses what JSON can't say", () => {
    assert.strictEqual(canonicalJson({ b: undefined, a: [null, 1.5, -0, "ü"] }), '{"a":[null,1.5,0,"ü"]}')
    for (const number of [Number.NaN, Number.POSITIVE_INFINITY]) assert.throws(() => canonicalJson({ number }))
  })
})

describe("a sealed text", () => {
  const sealed = seal("orders", { a: 1, text: "line\nbreak" })

  it("opens as what it was", () => {
    assert.deepStrictEqual(unseal("orders", sealed), Result.succeed({ a: 1, text: "line\nbreak" }))
  })

  it("doesn't open when any of its characters is another, missing or doubled", () => {
    for (let at = 0; at < sealed.length; at++) {
      const swapped = sealed[at] === "x" ? "y" : "x"
      for (const put of [swapped, "", (sealed[at] ?? "") + (sealed[at] ?? "")]) {
        const broken = sealed.slice(0, at) + put + sealed.slice(at + 1)
        assert.isTrue(Result.isFailure(unseal("orders", broken)), `${put} at ${at}`)
      }
    }
  })

  it("doesn't open when it is cut anywhere, or is something else", () => {
    for (let at = 0; at < sealed.length; at++) {
      assert.isTrue(Result.isFailure(unseal("orders", sealed.slice(0, at))), `cut at ${at}`)
    }
    assert.isTrue(Result.isFailure(unseal("galaxy", sealed)))
    assert.isTrue(Result.isFailure(unseal("orders", `${sealed}more`)))
    assert.isTrue(Result.isFailure(unseal("orders", sealed.replace('"version":5', '"version":6'))))
    for (const other of ["", "\n", "{}\n{}\n", "null\nnull\n", "[]\n[]\n"]) {
      assert.isTrue(Result.isFailure(unseal("orders", other)))
    }
  })

  it("sorts keys as text, also those that objects keep elsewhere", () => {
    const awkward = JSON.parse('{"b":{"9":1,"10":2,"__proto__":3,"1x":4},"a":1}') as StateJson
    assert.strictEqual(canonicalJson(awkward), '{"a":1,"b":{"10":2,"1x":4,"9":1,"__proto__":3}}')
  })
})
