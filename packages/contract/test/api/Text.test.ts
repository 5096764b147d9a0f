import { CreateGame } from "@galaxy/contract/api/UserLobby"
import { line, lineProblem, paragraphs } from "@galaxy/contract/api/Text"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"

const isLine = Schema.is(line(64))
const isParagraphs = Schema.is(paragraphs(2_000))

const seen = [
  "Orion",
  "Спираль",
  "銀河",
  "مجرة",
  "גלקסיה",
  "आकाशगंगा",
  "  a name with blanks  ",
  "3",
  "?",
  "👩‍🚀",
  "❤️",
  "نامه\u200Cای",
  "e\u0301",
  "日本\u3000語"
]

/** Blank although many of these are letters or symbols to Unicode. */
const blank = [
  " ",
  "\u00A0",
  "\u3000",
  "\u3164",
  "\u3164\u3164 \u3164",
  "\uFFA0",
  "\u115F",
  "\u1160",
  "\u2800",
  "\u{1D159}",
  "\u034F",
  "\u200C",
  "\u200D",
  "\uFE0F",
  "\u17B4",
  "\u0301",
  "\u{E0100}"
]

const never = {
  "half of a surrogate pair": "a\uD800b",
  "the other half": "\uDC00",
  "a lost character": "a\uFFFDb",
  NUL: "a\u0000b",
  "a tab": "a\tb",
  "a bell": "a\u0007",
  delete: "a\u007F",
  "a next-line character": "a\u0085b",
  "a line separator": "a\u2028b",
  "a paragraph separator": "a\u2029b",
  "a right-to-left override": "a\u202Eb",
  "an embedding": "a\u202Ab",
  "a pop": "a\u202Cb",
  "an isolate": "a\u2066b\u2069",
  "a right-to-left mark": "a\u200Fb",
  "a left-to-right mark": "a\u200Eb",
  "an Arabic letter mark": "a\u061Cb",
  "a zero-width space": "a\u200Bb",
  "a zero-width space alone": "\u200B",
  "a byte-order mark": "\uFEFFa",
  "a character of private use": "a\uE000",
  "a character without a meaning": "a\uFFFF"
}

describe("text that people see", () => {
  it("is text of any script", () => {
    for (const text of seen) {
      assert.isTrue(isLine(text), text)
      assert.isTrue(isParagraphs(text), text)
    }
  })

  it("shows something", () => {
    for (const text of blank) {
      assert.isFalse(isLine(text), JSON.stringify(text))
      assert.isFalse(isParagraphs(text), JSON.stringify(text))
      assert.isTrue(isLine(`${text}a`), JSON.stringify(text))
    }
  })

  it("controls nothing and turns no direction", () => {
    for (const [why, text] of Object.entries(never)) {
      assert.isFalse(isLine(text), why)
      assert.isFalse(isParagraphs(`first\n${text}`), why)
    }
  })

  it("breaks lines in descriptions only", () => {
    for (const text of ["a\nb", "a\r\nb", "a\n\n- b\n"]) {
      assert.isFalse(isLine(text))
      assert.isTrue(isParagraphs(text))
    }
    assert.isFalse(isParagraphs("\n"))
    assert.isTrue(isParagraphs(""))
    assert.isFalse(isLine(""))
  })

  it("has a bound", () => {
    assert.isTrue(isLine("a".repeat(64)))
    assert.isFalse(isLine("a".repeat(65)))
    assert.isFalse(isParagraphs("a".repeat(2_001)))
  })

  it("is what games are named and described with", () => {
    const settings = { game_name: "Orion", min_players: 2, max_players: 2, turn_schedule: "0 18 * * *" }
    const is = Schema.is(CreateGame)
    assert.isTrue(is({ ...settings, description: "First line\nsecond line" }))
    for (const text of [...blank, ...Object.values(never)]) {
      assert.isFalse(is({ ...settings, game_name: text }), JSON.stringify(text))
      assert.isFalse(is({ ...settings, description: text }), JSON.stringify(text))
    }
    assert.isFalse(is({ ...settings, game_name: "Ori\non" }))
  })

  it("says what is wrong in a phrase", () => {
    assert.strictEqual(lineProblem("a\nb"), "must be a single line")
    assert.strictEqual(lineProblem("\u3164"), "must contain a visible character")
    assert.isUndefined(lineProblem("a"))
  })
})
