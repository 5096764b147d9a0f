/** Host names are asked for once at a time, and never waited for without an end. */
import type { LookupAddress } from "node:dns"
import { sharedLookup, type SystemLookup } from "@galaxy/host-node/net/lookup"
import { assert, describe, it } from "@effect/vitest"

const v4: LookupAddress = { address: "192.0.2.1", family: 4 }
const v6: LookupAddress = { address: "2001:db8::1", family: 6 }

/** A resolver that answers when the test says so. */
const resolver = () => {
  const asked: Array<Parameters<SystemLookup>[1]> = []
  return { asked, lookup: sharedLookup((_, answer) => void asked.push(answer)) }
}

const found = (lookup: ReturnType<ReturnType<typeof sharedLookup>>, options: object = { all: true }) =>
  new Promise<unknown>((resolve) => {
    lookup("db.example.org", options, (error, address) => {
      resolve(error === null ? address : error.code)
    })
  })

describe("looking a host up", () => {
  it("gives up in time, and asks a resolver that hangs no second time", async () => {
    const { asked, lookup } = resolver()
    assert.deepStrictEqual(await Promise.all([found(lookup(20)), found(lookup(20))]), ["ETIMEDOUT", "ETIMEDOUT"])
    assert.strictEqual(await found(lookup(20)), "ETIMEDOUT")
    assert.lengthOf(asked, 1)
  })

  it("tells everybody who waits, and asks anew afterwards", async () => {
    const { asked, lookup } = resolver()
    const all = Promise.all([
      found(lookup(60_000)),
      found(lookup(60_000), { all: false }),
      found(lookup(60_000), { all: true, family: 6 })
    ])
    asked[0]?.(null, [v4, v6])
    assert.deepStrictEqual(await all, [[v4, v6], v4.address, [v6]])
    const again = found(lookup(60_000))
    assert.lengthOf(asked, 2)
    asked[1]?.(Object.assign(new Error("unknown"), { code: "ENOTFOUND" }), [])
    assert.strictEqual(await again, "ENOTFOUND")
  })
})
