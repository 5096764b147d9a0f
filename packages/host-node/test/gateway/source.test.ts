/** Whose a request is: the connection's, unless a trusted proxy says otherwise. */
import { GatewayServer } from "@galaxy/host-node/gateway/GatewayServer"
import { clientOf } from "@galaxy/host-node/gateway/source/forwarded"
import * as Networks from "@galaxy/host-node/gateway/source/Networks"
import { maxRestBytes, read } from "@galaxy/host-node/gateway/source/proxyProtocol"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Attackers from "./attackers.ts"
import * as Fixture from "./fixture.ts"

describe("a list of networks", () => {
  const networks = Networks.of(["10.0.0.0/8", "192.0.2.7", "2001:db8::/32", "::ffff:198.51.100.0/120"])
  it("has what lies in it, however it is written", () => {
    for (const ip of ["10.1.2.3", "::ffff:10.1.2.3", "::ffff:a01:203", "192.0.2.7", "2001:db8:1::5", "198.51.100.200"])
      assert.isTrue(networks.includes(ip), ip)
    for (const ip of ["11.1.2.3", "192.0.2.8", "2001:db9::1", "198.51.101.1", "unknown", ""])
      assert.isFalse(networks.includes(ip), ip)
  })
  it("takes nothing else", () => {
    for (const text of ["10.0.0.0/33", "10.0.0/8", "a", "::/129", "10.0.0.0/8/8", "fe80::1%eth0", "10.0.0.0/-1", ""])
      assert.isUndefined(Networks.parse(text), text)
  })
})

describe("X-Forwarded-For", () => {
  const trusted = Networks.of(["10.0.0.0/8"])
  for (const [peer, header, client] of [
    ["203.0.113.1", "198.51.100.1", "203.0.113.1"],
    ["10.0.0.1", undefined, "10.0.0.1"],
    ["10.0.0.1", "198.51.100.1", "198.51.100.1"],
    ["10.0.0.1", "1.1.1.1, 198.51.100.1", "198.51.100.1"],
    ["10.0.0.1", "1.1.1.1, 198.51.100.1, 10.0.0.2", "198.51.100.1"],
    ["10.0.0.1", "198.51.100.1:4711", "198.51.100.1"],
    ["10.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"],
    ["10.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"],
    ["10.0.0.1", "::ffff:c633:6401", "198.51.100.1"],
    ["10.0.0.1", "[::FFFF:c633:6401]:4711", "198.51.100.1"],
    ["10.0.0.1", "0:0:0:0:0:ffff:198.51.100.1", "198.51.100.1"],
    ["10.0.0.1", "198.51.100.1, ::ffff:a00:2", "198.51.100.1"],
    ["10.0.0.1", "198.51.100.1, nonsense", "10.0.0.1"],
    ["10.0.0.1", "198.51.100.1, nonsense, 10.0.0.2", "10.0.0.2"],
    ["10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"]
  ] as const) {
    it(`from ${peer}: ${header ?? "none"} is ${client}`, () => {
      assert.strictEqual(clientOf(peer, header, trusted), client)
    })
  }
})

const header = (command: number, family: number, block: Buffer, length = block.length) =>
  Buffer.concat([
    Buffer.from("0d0a0d0a000d0a515549540a", "hex"),
    Buffer.from([command, family, length >> 8, length & 255]),
    block
  ])
const ports = Buffer.from([0x12, 0x34, 0x01, 0xbb])
const v4 = Buffer.concat([Buffer.from([198, 51, 100, 9, 127, 0, 0, 1]), ports])
const v6 = Buffer.concat([Buffer.from(`20010db8${"0".repeat(23)}1${"0".repeat(31)}1`, "hex"), ports])

describe("the PROXY protocol", () => {
  it("names the client, or nobody when the proxy speaks for itself", () => {
    assert.deepStrictEqual(read(header(0x21, 0x11, v4)), { state: "whole", length: 28, address: "198.51.100.9" })
    assert.deepStrictEqual(read(header(0x21, 0x21, v6)), {
      state: "whole",
      length: 52,
      address: "2001:db8:0:0:0:0:0:1"
    })
    assert.deepStrictEqual(read(header(0x20, 0x00, Buffer.alloc(0))), {
      state: "whole",
      length: 16,
      address: undefined
    })
  })
  it("is read on while it is whole so far, and refused as soon as it is wrong", () => {
    const whole = header(0x21, 0x11, v4)
    for (let end = 0; end < whole.length; end++) assert.strictEqual(read(whole.subarray(0, end)).state, "partial")
    const wrong = [
      Buffer.from("GET / HTTP/1.1"),
      header(0x11, 0x11, v4),
      header(0x22, 0x11, v4),
      header(0x21, 0x11, Buffer.alloc(4)),
      header(0x21, 0x11, v4, maxRestBytes + 1)
    ]
    for (const bytes of wrong) assert.strictEqual(read(bytes).state, "wrong")
  })
})

const body = JSON.stringify({ email: "a@example.org" })
const call = (more: string) =>
  `POST /api/v1/public/auth/send-email-code HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n${more}\r\n${body}`

/** Sends bytes and gives the address that the backend was told; undefined when the connection was closed unanswered. */
const toldOf = (bytes: Buffer) =>
  Effect.gen(function* () {
    const { port } = yield* GatewayServer
    const { publicCalls } = yield* Fixture.Script
    const before = publicCalls.length
    const socket = Attackers.connect(port).resume()
    socket.write(bytes)
    yield* Effect.promise(() => Attackers.closed(socket))
    return publicCalls.length === before ? undefined : publicCalls.at(-1)?.sourceIp
  })

const forwarded = "X-Forwarded-For: 1.1.1.1, 198.51.100.1\r\n"

describe("the backend is told", () => {
  it.live("the connection's address, whatever the client says", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* toldOf(Buffer.from(call(forwarded))), "127.0.0.1")
    }).pipe(Effect.provide(Fixture.gateway()))
  )
  it.live("what a trusted proxy says", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* toldOf(Buffer.from(call(forwarded))), "198.51.100.1")
    }).pipe(Effect.provide(Fixture.gateway({ sources: { trustedProxies: ["127.0.0.0/8"] } })))
  )
  it.live("what the PROXY protocol says; a connection without it is refused", () =>
    Effect.gen(function* () {
      const proxied = Buffer.concat([header(0x21, 0x11, v4), Buffer.from(call(forwarded))])
      assert.strictEqual(yield* toldOf(proxied), "198.51.100.9")
      assert.isUndefined(yield* toldOf(Buffer.from(call(""))))
    }).pipe(Effect.provide(Fixture.gateway({ sources: { proxyProtocol: ["127.0.0.1"] } })))
  )
})
