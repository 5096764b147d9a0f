import * as Email from "@galaxy/core/auth/Email"
import * as Language from "@galaxy/core/auth/Language"
import * as LoginCode from "@galaxy/core/auth/LoginCode"
import { loginMail } from "@galaxy/core/auth/loginMail"
import { keyedHash } from "@galaxy/core/auth/keyedHash"
import * as SourceNetwork from "@galaxy/core/auth/SourceNetwork"
import * as webCrypto from "@galaxy/core/shared/webCrypto"
import { assert, describe, it } from "@effect/vitest"
import { afterEach, vi } from "vitest"
import { Array as Arr, Effect, Redacted } from "effect"
import { Hex } from "effect/encoding"

describe("an address", () => {
  it.effect("has a mark for logs that tells nothing of it", () =>
    Effect.gen(function* () {
      const one = yield* Email.mark("a@b.org")
      assert.match(one, /^[0-9a-f]{12}$/)
      assert.strictEqual(yield* Email.mark("a@b.org"), one)
      assert.notStrictEqual(yield* Email.mark("a@b.or"), one)
    }).pipe(Effect.provide(webCrypto.layer))
  )
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
      const mail = loginMail(language, "01234567", "10 minutes")
      assert.include(mail.text, word, language)
      assert.include(mail.text, "01234567")
      assert.include(mail.text, "10")
    }
  })
})

describe("the lifetime in a login mail", () => {
  it("is told in whole minutes, rounded up, in the right form", () => {
    for (const [language, lifetime, words] of [
      ["en", "1 second", "valid for 1 minute and"],
      ["en", "61 seconds", "valid for 2 minutes and"],
      ["ru", "1 minute", "действует 1 минуту и"],
      ["ru", "3 minutes", "действует 3 минуты и"],
      ["ru", "11 minutes", "действует 11 минут и"],
      ["ru", "21 minutes", "действует 21 минуту и"]
    ] as const) {
      assert.include(loginMail(language, "01234567", lifetime).text, words)
    }
  })
})

describe("a login code", () => {
  afterEach(() => {
    vi.restoreAllMocks()
  })

  it.effect("can be every number of its digits, the least too", () =>
    Effect.gen(function* () {
      vi.spyOn(crypto, "getRandomValues").mockImplementation((array) => array)
      assert.strictEqual(yield* LoginCode.make, "00000000")
    })
  )

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

  it.effect("has in its place what nobody's code has: 32 bytes of chance", () =>
    Effect.gen(function* () {
      const [first, second] = [yield* LoginCode.nobodys, yield* LoginCode.nobodys]
      assert.strictEqual(first.length, 32)
      assert.isFalse(LoginCode.equal(first, second))
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
    }).pipe(Effect.provide(webCrypto.layer))
  )
})

describe("a keyed hash", () => {
  const key = Redacted.make(Uint8Array.from({ length: 32 }, (_, at) => at))

  it.effect("is the one that earlier releases stored", () =>
    Effect.gen(function* () {
      assert.strictEqual(
        Hex.encode(yield* LoginCode.hash(key, "0192f3a0-0000-4000-8000-000000000001", "01234567")),
        "fde0e75a66d115452dced72607393e23c8f6728de787919c84636aa399c6d237"
      )
      assert.strictEqual(
        Hex.encode(yield* keyedHash(key, "sign-in-network", "ada@example.org", "192.0.2.1")),
        "c2733373bddc3799dda34c0129ca855024075433ddf8e723fdc6ea7515ef9629"
      )
    }).pipe(Effect.provide(webCrypto.layer))
  )
})
