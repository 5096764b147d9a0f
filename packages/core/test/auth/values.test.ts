import * as Email from "@galaxy/core/auth/Email"
import * as Language from "@galaxy/core/auth/Language"
import * as LoginCode from "@galaxy/core/auth/LoginCode"
import { loginMail } from "@galaxy/core/auth/loginMail"
import * as PublicKey from "@galaxy/core/auth/PublicKey"
import * as SourceNetwork from "@galaxy/core/auth/SourceNetwork"
import { assert, describe, it } from "@effect/vitest"
import { Array as Arr, Effect, Redacted } from "effect"

describe("an address", () => {
  it("has a mark for logs that tells nothing of it", async () => {
    const [one, same, other] = await Promise.all(["a@b.org", "a@b.org", "a@b.or"].map(Email.mark))
    assert.match(one ?? "", /^[0-9a-f]{12}$/)
    assert.strictEqual(same, one)
    assert.notStrictEqual(other, one)
  })
})

describe("the network that a request comes from", () => {
  it("is an IPv4 address, or 64 bits of an IPv6 address, however it is spelled", () => {
    for (const [address, network] of [
      ["192.0.2.1", "192.0.2.1"],
      [" 192.0.2.1 ", "192.0.2.1"],
      ["::ffff:192.0.2.1", "192.0.2.1"],
      ["::FFFF:c000:201", "192.0.2.1"],
      ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
      ["2001:DB8:0001:0002::1", "2001:db8:1:2::/64"],
      ["2001:db8:1:3::1", "2001:db8:1:3::/64"],
      ["2001:db8::1", "2001:db8:0:0::/64"],
      ["fe80::1%eth0", "fe80:0:0:0::/64"],
      ["::1", "0:0:0:0::/64"]
    ] as const) {
      assert.strictEqual(SourceNetwork.of(address), network, address)
    }
  })

  it("is one for all requests without an address", () => {
    for (const address of [
      undefined,
      "",
      "unknown",
      "192.0.2",
      "192.0.2.256",
      "192.0.2.01",
      "192.0.2.1:80",
      "[::1]",
      "::1]/",
      ":::",
      "1:2:3",
      "g::1",
      "1.2.3.4.5",
      "0x7f.1",
      "localhost",
      "a".repeat(1_000)
    ]) {
      assert.strictEqual(SourceNetwork.of(address), SourceNetwork.unknown, address)
    }
  })
})

describe("the language of a mail", () => {
  it("is the body's, else the header's best, else the default", () => {
    for (const [locale, header, expected] of [
      ["ru", "de", "ru"],
      ["RU-ru", "de", "ru-RU"],
      [" ", "de-AT,de;q=0.9", "de-AT"],
      ["", "", "en"],
      [undefined, undefined, "en"],
      [undefined, "fr;q=0.1, ru;q=0.9, de;q=0.5", "ru"],
      [undefined, "ru, de", "ru"],
      [undefined, "*", "en"],
      [undefined, "ru;q=0", "en"],
      [undefined, "ru;q=2, de", "ru"],
      [undefined, "not_a_tag, de;q=0.1", "de"],
      ["english please", "de", "de"],
      ["x".repeat(36), undefined, "en"],
      [undefined, `de${",de".repeat(1_000)}`, "en"],
      [undefined, ";;;,,;q=,q=1", "en"]
    ] as const) {
      assert.strictEqual(
        Language.resolve(locale, header, "en"),
        expected,
        JSON.stringify([locale, header?.slice(0, 50)])
      )
    }
  })

  it("has a text of its own where there is one, English elsewhere", () => {
    for (const [language, word] of [
      ["ru", "минут"],
      ["ru-RU", "минут"],
      ["en-GB", "minutes"],
      ["de", "minutes"],
      ["rue", "minutes"]
    ] as const) {
      const mail = loginMail(language, "01234567", 10)
      assert.include(mail.text, word, language)
      assert.include(mail.text, "01234567")
      assert.include(mail.text, "10")
    }
  })
})

describe("a login code", () => {
  const key = Redacted.make(new Uint8Array(32).fill(1))

  it.effect("has eight digits, and every first digit comes up as often as another", () =>
    Effect.gen(function* () {
      const codes = yield* Effect.forEach(Arr.range(1, 20_000), () => LoginCode.make)
      const counts = Array.from({ length: 10 }, () => 0)
      for (const code of codes) {
        assert.match(code, /^\d{8}$/)
        const digit = Number(code[0])
        counts[digit] = (counts[digit] ?? 0) + 1
      }
      // 2000 of each are expected, with a deviation of 42: seven deviations do not happen.
      for (const count of counts) assert.isBelow(Math.abs(count - 2_000), 300)
    })
  )

  it.effect("is hashed with the host's key, for its challenge alone", () =>
    Effect.gen(function* () {
      const hash = yield* LoginCode.hash(key, "challenge", "123456")
      assert.strictEqual(hash.length, 32)
      assert.isTrue(LoginCode.equal(hash, yield* LoginCode.hash(key, "challenge", "123456")))
      for (const other of [
        yield* LoginCode.hash(key, "challenge", "123457"),
        yield* LoginCode.hash(key, "challengf", "123456"),
        yield* LoginCode.hash(Redacted.make(new Uint8Array(32).fill(2)), "challenge", "123456"),
        hash.subarray(1),
        new Uint8Array(0)
      ]) {
        assert.isFalse(LoginCode.equal(hash, other))
        assert.isFalse(LoginCode.equal(other, hash))
      }
    })
  )
})

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
