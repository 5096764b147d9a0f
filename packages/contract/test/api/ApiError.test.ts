import * as ApiError from "@galaxy/contract/api/ApiError"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"

const error = (reason?: string) => ({
  error: { code: "conflict", message: "It can't be done now.", ...(reason === undefined ? {} : { reason }) }
})

const decode = Schema.decodeUnknownSync(Schema.Union(ApiError.wireErrors))

describe("errors on the wire", () => {
  it("keep their reason", () => {
    const decoded = decode(error("full"))
    assert.strictEqual(decoded._tag, "conflict")
    assert.deepInclude(decoded, { message: "It can't be done now.", reason: "full" })
  })

  it("may have a reason that a later version has added: it counts as absent", () => {
    const decoded = decode(error("of a later version"))
    assert.strictEqual(decoded._tag, "conflict")
    assert.isFalse("reason" in decoded && decoded.reason !== undefined)
  })

  it("need no reason", () => {
    assert.strictEqual(decode(error())._tag, "conflict")
  })
})
