import { encodingFor, hasAlready, opensAddress } from "@galaxy/host-node/gateway/page/negotiate"
import { assert, describe, it } from "vitest"

const all = { br: 1, gzip: 1 }

describe("the form of a file", () => {
  it.each([
    [undefined, "identity"],
    ["", "identity"],
    ["gzip, deflate, br, zstd", "br"],
    ["gzip, deflate", "gzip"],
    ["GZIP", "gzip"],
    ["x-gzip", "gzip"],
    ["deflate", "identity"],
    ["*", "br"],
    ["br;q=0, *", "gzip"],
    ["br;q=0.5, gzip;q=0.9", "gzip"],
    ["br;q=0, gzip;q=0", "identity"],
    ["identity, gzip;q=0.5", "identity"],
    ["identity;q=0.2, gzip;q=0.5", "gzip"],
    ["br;q=nonsense", "identity"],
    ["br; q = 0.3", "br"]
  ])("asked for as %s is %s", (header, form) => {
    assert.strictEqual(encodingFor(header, all), form)
  })

  it("is one that there is", () => {
    assert.strictEqual(encodingFor("br, gzip", { gzip: 1 }), "gzip")
    assert.strictEqual(encodingFor("br, gzip", {}), "identity")
  })
})

describe("what a client has already", () => {
  it.each([
    [undefined, false],
    [`"a"`, true],
    [`W/"a"`, true],
    [`"b", W/"c" ,"a"`, true],
    ["*", true],
    [`"b"`, false],
    ["a", false]
  ])("as %s: %s", (header, has) => {
    assert.strictEqual(hasAlready(header, `"a"`), has)
  })
})

describe("a browser that opens an address", () => {
  it.each([
    ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true],
    ["TEXT/HTML;q=0.1", true],
    ["text/html;q=0", false],
    ["application/json", false],
    ["*/*", false],
    [undefined, false]
  ])("accepts %s: %s", (header, is) => {
    assert.strictEqual(opensAddress(header), is)
  })
})
