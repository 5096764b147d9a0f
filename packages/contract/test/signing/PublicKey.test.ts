/** Which bytes are an honest Ed25519 key, and which texts are one. */
import * as PublicKey from "@galaxy/contract/signing/PublicKey"
import { assert, describe, it } from "vitest"

describe("a public key", () => {
  const base64 = (bytes: Iterable<number>) => Buffer.from(Uint8Array.from(bytes)).toString("base64")

  it("is taken from any honest key pair", async () => {
    for (let made = 0; made < 50; made++) {
      const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])
      const raw = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey))
      assert.deepStrictEqual(PublicKey.parse(base64(raw)), raw)
    }
  })

  const fromHex = (hex: string) => base64(Buffer.from(hex, "hex"))
  const zeros = "00".repeat(30)
  const ones = "ff".repeat(30)

  it("is none of the points of small order, in no encoding", () => {
    for (const hex of [
      `00${zeros}00`,
      `00${zeros}80`,
      `01${zeros}00`,
      `01${zeros}80`,
      `ec${ones}7f`,
      `ec${ones}ff`,
      `ed${ones}7f`,
      `ed${ones}ff`,
      `ee${ones}7f`,
      `ee${ones}ff`,
      "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
      "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"
    ]) {
      assert.isUndefined(PublicKey.parse(fromHex(hex)), hex)
    }
  })

  it("is a point: half of all bytes are none", () => {
    // y = 2 has no x; y = 3 and the base point's have one.
    assert.isUndefined(PublicKey.parse(fromHex(`02${zeros}00`)))
    assert.isDefined(PublicKey.parse(fromHex(`03${zeros}00`)))
    assert.isDefined(PublicKey.parse(fromHex(`58${"66".repeat(31)}`)))
    let points = 0
    for (let drawn = 0; drawn < 400; drawn++) {
      if (PublicKey.parse(base64(crypto.getRandomValues(new Uint8Array(32)))) !== undefined) points++
    }
    assert.isAbove(points, 120)
    assert.isBelow(points, 280)
  })

  it("is written in one way only", () => {
    const good = fromHex(`58${"66".repeat(31)}`)
    const bits = `${good.slice(0, 42)}${good[42] === "Y" ? "Z" : "Y"}=`
    assert.notStrictEqual(bits, good)
    for (const text of [
      "",
      good.slice(0, 43),
      `${good}=`,
      ` ${good}`,
      `${good}\n`,
      good.replace("=", ""),
      bits,
      base64(new Uint8Array(31).fill(9)),
      base64(new Uint8Array(33).fill(9)),
      "-_".repeat(21).concat("A=")
    ]) {
      assert.isUndefined(PublicKey.parse(text), text)
    }
    assert.isDefined(PublicKey.parse(good))
  })
})
