import { asciiDomain, EmailAddress, normalForm } from "@galaxy/contract/api/EmailAddress"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"

describe("an e-mail address", () => {
  it("has one normal form, whatever its case and the script of its domain", () => {
    for (const [spelling, normal] of [
      ["player@example.org", "player@example.org"],
      ["Player@Example.ORG", "player@example.org"],
      ["player+tag@example.org", "player+tag@example.org"],
      ["o'neill!#$%&*/=?^_`{|}~-@example.org", "o'neill!#$%&*/=?^_`{|}~-@example.org"],
      ["player@localhost", "player@localhost"],
      ["user@bücher.example", "user@xn--bcher-kva.example"],
      ["user@BÜCHER.example", "user@xn--bcher-kva.example"],
      ["user@bu\u0308cher.example", "user@xn--bcher-kva.example"],
      ["user@xn--bcher-kva.example", "user@xn--bcher-kva.example"],
      ["user@XN--BCHER-KVA.example", "user@xn--bcher-kva.example"],
      ["user@ｅxample.org", "user@example.org"],
      ["user@例え。テスト", "user@xn--r8jz45g.xn--zckzah"],
      ["user@faß.example", "user@xn--fa-hia.example"],
      ["user@пример.испытание", "user@xn--e1afmkfd.xn--80akhbyknj4f"],
      ["user@☃.example", "user@xn--n3h.example"]
    ] as const) {
      assert.strictEqual(normalForm(spelling), normal, spelling)
      assert.strictEqual(normalForm(normal), normal, "a normal form is its own")
    }
  })

  it("is refused for what is none by its form", () => {
    for (const text of [
      "",
      "@",
      "player",
      "player@",
      "@example.org",
      "a@b@example.org",
      " player@example.org",
      "player@example.org ",
      "player@example.org\n",
      "play er@example.org",
      "play\u200Ber@example.org",
      "player@exam\u200Bple.org",
      "player@exam\u00ADple.org",
      "\u200Bplayer@example.org",
      "player@example.org\u200B",
      "player@example.org\u2060",
      "player@example.org\uFE0F",
      "player@\u3164.example",
      "player@example.\u{E0061}org",
      "jos\u00e9@example.org",
      "игрок@example.org",
      "pl\uFF41yer@example.org",
      "\ud800@example.org",
      "player@\ud800.example",
      "player@\uFFFD.example",
      ".player@example.org",
      "player.@example.org",
      "pla..yer@example.org",
      '"player"@example.org',
      "player@[192.0.2.1]",
      "player@192.0.2.1",
      "player@0x7f.1",
      "player@1234",
      "player@example.1",
      "player@example.0x1",
      "player@example.org.",
      "player@.example.org",
      "player@example..org",
      "player@-example.org",
      "player@example-.org",
      "player@exa_mple.org",
      "player@exa%6dple.org",
      "player@example.org:25",
      "player@example.org/x",
      "player@example.org?x",
      "player@example.org#x",
      "player@example.org\\x",
      "player@exam\tple.org",
      "player@exam ple.org",
      "player@user:secret@example.org",
      "player@[::1]",
      "Player <player@example.org>",
      "player@example.org,other@example.org",
      "player\u0000@example.org",
      `${"a".repeat(65)}@example.org`,
      `a@${"b".repeat(64)}.org`,
      `a@${"ü".repeat(63)}.example`,
      `a@${"abcdefgh.".repeat(28)}example`
    ]) {
      assert.isUndefined(normalForm(text), JSON.stringify(text))
      assert.isFalse(Schema.is(EmailAddress)(text), JSON.stringify(text))
    }
  })

  it("has at most 254 characters in its normal form", () => {
    const domain = `${"abcdefgh.".repeat(26)}example`
    const room = 254 - domain.length - 1
    assert.isDefined(normalForm(`${"a".repeat(room)}@${domain}`))
    assert.isUndefined(normalForm(`${"a".repeat(room + 1)}@${domain}`))
  })

  it("has a domain of plain labels, however it was spelled", () => {
    // Every character of the first plane, alone and between letters: what comes out is a name or nothing.
    for (let point = 0; point < 0x1_0000; point++) {
      for (const domain of [`${String.fromCharCode(point)}.example`, `a${String.fromCharCode(point)}b.example`]) {
        const ascii = asciiDomain(domain)
        if (ascii === undefined) continue
        assert.match(ascii, /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+example$/, `U+${point.toString(16)}`)
        assert.strictEqual(asciiDomain(ascii), ascii, `U+${point.toString(16)}`)
      }
    }
  })
})
