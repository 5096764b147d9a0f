/** Which addresses are the same client's. */
import { plain } from "@galaxy/contract/net/Address"
import * as address from "@galaxy/edge/address"
import { budget } from "@galaxy/edge/stages/budget"
import { assert, describe, it } from "@effect/vitest"

describe("an address", () => {
  it("of IPv4 is written plainly, however it came", () => {
    assert.strictEqual(plain("::ffff:203.0.113.7"), "203.0.113.7")
    assert.strictEqual(plain("::FFFF:203.0.113.7"), "203.0.113.7")
    for (const it of [
      "::ffff:cb00:7107",
      "0:0:0:0:0:ffff:203.0.113.7",
      "0::0:FFFF:cb00:7107",
      "0:0:0:0:0:ffff:cb00:7107"
    ]) {
      assert.strictEqual(plain(it), "203.0.113.7")
      assert.strictEqual(address.network(it), "203.0.113.7")
    }
    for (const it of [
      "203.0.113.7",
      "2001:db8::1",
      "::1",
      "::fffe:cb00:7107",
      "1::ffff:cb00:7107",
      "::ffff:cb00:7107:0",
      "::203.0.113.7",
      "::ffff:203.0.113.256",
      "::ffff:203.0.113",
      "::ffff::203.0.113.7",
      "0:0:0:0:0:0:ffff:203.0.113.7",
      "203.0.113.7::ffff",
      "unknown",
      ""
    ]) {
      assert.strictEqual(plain(it), it)
    }
  })

  it("of IPv4 is a network of its own", () => {
    assert.strictEqual(address.network("203.0.113.7"), "203.0.113.7")
    assert.strictEqual(address.network("::ffff:203.0.113.7"), "203.0.113.7")
  })

  for (const [ip, network] of [
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:DB8:0001:2::1", "2001:db8:1:2::/64"],
    ["2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"],
    ["2001:db8:1:3::1", "2001:db8:1:3::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["2001:db8::1:2:3:4", "2001:db8:0:0::/64"],
    ["2001:db8::5:1:2:3:4", "2001:db8:0:5::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["::", "0:0:0:0::/64"]
  ] as const) {
    it(`of IPv6 belongs to its network: ${ip} to ${network}`, () => {
      assert.strictEqual(address.network(ip), network)
    })
  }
})

it("a client of IPv6 has one budget, whichever of its addresses it uses", () => {
  const taken: Array<string> = []
  const stage = budget({
    take: (kind, key) => {
      if (kind === "ip") taken.push(key)
      return undefined
    }
  })
  const envelope = {
    protocolVersion: "v1",
    deviceSessionId: "",
    messageType: "",
    timestampMs: 0n,
    requestId: "",
    payloadBytes: new Uint8Array(),
    payloadHash: new Uint8Array(),
    signature: new Uint8Array(),
    traceId: ""
  }
  for (const ip of ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1"]) {
    assert.isUndefined(stage({ envelope, peer: { ip }, rpc: "command", signal: undefined, session: undefined }))
  }
  assert.deepStrictEqual(taken, ["2001:db8:1:2::/64", "2001:db8:1:2::/64", "2001:db8:1:3::/64"])
})
