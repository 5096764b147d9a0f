import * as InviteCode from "@galaxy/core/lobby/invite/InviteCode"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"

describe("an invite code", () => {
  it("is 128 bits of hex, new each time", () => {
    const codes = Array.from({ length: 200 }, () => Effect.runSync(InviteCode.mint))
    for (const code of codes) assert.match(code, /^[0-9a-f]{32}$/)
    assert.strictEqual(new Set(codes).size, codes.length)
  })

  it("is matched by itself, also with blanks around and in capitals", () => {
    const code = Effect.runSync(InviteCode.mint)
    assert.isTrue(InviteCode.matches(code, code))
    assert.isTrue(InviteCode.matches(code, ` ${code.toUpperCase()}\n`))
  })

  it("is matched by nothing else", () => {
    const code = Effect.runSync(InviteCode.mint)
    assert.isFalse(InviteCode.matches(code, ""))
    assert.isFalse(InviteCode.matches(code, code.slice(1)))
    assert.isFalse(InviteCode.matches(code, `${code}0`))
    for (let at = 0; at < code.length; at++) {
      const other = code[at] === "0" ? "1" : "0"
      assert.isFalse(InviteCode.matches(code, code.slice(0, at) + other + code.slice(at + 1)))
    }
  })
})
