import * as Cursor from "@galaxy/core/push/Cursor"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"

const part = Schema.BigInt.check(Schema.isBetweenBigInt({ minimum: 0n, maximum: 2n ** 63n - 1n }))

describe("Cursor", () => {
  it.prop("text and position are the same thing", [part, part], ([xid, eventNo]) => {
    assert.deepStrictEqual(Cursor.parse(Cursor.format({ xid, eventNo })), { xid, eventNo })
  })

  it.prop("no text breaks it, and what it takes is in range", [Schema.String], ([text]) => {
    const cursor = Cursor.parse(text)
    if (cursor === undefined) return
    assert.isTrue(cursor.xid >= 0n && cursor.xid < 2n ** 63n && cursor.eventNo >= 0n && cursor.eventNo < 2n ** 63n)
  })

  it("takes nothing that no log gives out", () => {
    for (const text of ["", ".", "1.", ".1", "1,1", "+1.1", "1.1\n", "٣.١", `${2n ** 63n}.1`, `1.${2n ** 63n}`]) {
      assert.isUndefined(Cursor.parse(text), text)
    }
  })

  it("orders by transaction, then by number", () => {
    const at = (xid: bigint, eventNo: bigint) => ({ xid, eventNo })
    const inOrder = [at(0n, 0n), at(1n, 1n), at(1n, 2n), at(2n, 1n), at(10n, 0n)]
    for (const [i, left] of inOrder.entries()) {
      for (const [j, right] of inOrder.entries()) assert.strictEqual(Cursor.isBefore(left, right), i < j)
    }
  })
})
