import { accept, keyOf, maxLength, RaceNameInvalid } from "@galaxy/core/race-name/RaceName"
import { standIn } from "@galaxy/contract/names/confusables"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"

const problem = (typed: string): string => {
  const answer = accept(typed)
  return answer instanceof RaceNameInvalid ? answer.problem : `accepted as ${answer}`
}

describe("a canonical key", () => {
  const same: ReadonlyArray<readonly [string, string, string]> = [
    ["case", "Vega", "vEGA"],
    ["width", "Vega", "Ｖｅｇａ"],
    ["accents", "Zürich", "Zurich"],
    ["combining accents", "Zürich", "Zu\u0308rich"],
    ["sharp s", "Großreich", "GROSSREICH"],
    ["the Turkish i", "ISTANBUL", "ıstanbul"],
    ["underscores", "Star_Fox", "StarFox"],
    ["hyphens", "Star-Fox", "star_fox"],
    ["Cyrillic for Latin", "Terra", "Тerrа"],
    ["a whole word in Cyrillic capitals", "CAXAP", "САХАР"],
    ["Greek for Latin", "Ork", "Οrκ"],
    ["final sigma", "ΟΔΟΣ", "οδοσ"],
    ["0 and o", "Orion", "0ri0n"],
    ["1, l and I", "Ilium", "1lium"],
    ["small l and capital I", "Illuin", "lIIuin"],
    ["3, e and Cyrillic ze", "Zeta", "Z3ta"],
    ["the letter ze and the digit", "Заря", "3аря"],
    ["yo and ye", "Ёж", "Еж"],
    ["rn and m", "Corn", "Com"],
    ["vv and w", "Wolf", "VVolf"],
    ["leet", "Beast", "8345t"],
    ["ligatures", "Æon", "AEon"]
  ]
  for (const [what, left, right] of same) {
    it(`is the same for ${what}: ${left} and ${right}`, () => {
      assert.strictEqual(keyOf(left), keyOf(right))
    })
  }

  const different: ReadonlyArray<readonly [string, string]> = [
    ["Vega", "Vegas"],
    ["Sun", "Son"],
    ["Волк", "Волна"],
    ["Лес", "Пес"],
    ["Щит", "Шит"],
    ["Mars", "Maps"],
    ["Dune", "Tune"],
    ["Fox1", "Fox2"]
  ]
  for (const [left, right] of different) {
    it(`tells ${left} from ${right}`, () => {
      assert.notStrictEqual(keyOf(left), keyOf(right))
    })
  }

  it.prop("is its own key, for any text", [Schema.String], ([text]) => {
    assert.strictEqual(keyOf(keyOf(text)), keyOf(text))
  })

  const letters = Array.from("abcdefghijklmnopqrstuvwxyzабвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґßæøłđ0123456789")
  const word = Schema.Array(Schema.Literals(letters)).check(Schema.isMinLength(1), Schema.isMaxLength(20))

  it.prop("forgets case, separators and width", [word], ([characters]) => {
    const text = characters.join("")
    assert.strictEqual(keyOf(text.toUpperCase()), keyOf(text))
    assert.strictEqual(keyOf(characters.join("_")), keyOf(text))
    const wide = text.replace(/[a-z0-9]/g, (it) => String.fromCodePoint((it.codePointAt(0) ?? 0) + 0xfee0))
    assert.strictEqual(keyOf(wide), keyOf(text))
  })

  it.prop("forgets which look-alike was written", [word], ([characters]) => {
    const swapped = characters.map((it) => [...standIn].find(([, first]) => first === it)?.[0] ?? it)
    assert.strictEqual(keyOf(swapped.join("")), keyOf(characters.join("")))
  })

  it("has a table whose classes don't overlap", () => {
    for (const [character, stands] of standIn) {
      assert.notStrictEqual(character, stands)
      for (const it of stands) assert.isFalse(standIn.has(it), `${it} stands for ${character} and for another`)
    }
  })
})

describe("an accepted race name", () => {
  const accepted: ReadonlyArray<readonly [string, string]> = [
    ["Vega", "Vega"],
    ["  Star   Fox ", "Star_Fox"],
    ["Fox, Star@Night", "Fox_Star_Night"],
    ["Железный_Флот-7", "Железный_Флот-7"],
    ["Ｖｅｇａ", "Vega"],
    ["7th-Fleet", "7th-Fleet"],
    ["Їжак_Ґ", "Їжак_Ґ"],
    ["Łódź", "Łódź"],
    ["x", "x"],
    ["a".repeat(20), "a".repeat(20)]
  ]
  for (const [typed, name] of accepted) {
    it(`is ${name} for "${typed}"`, () => {
      assert.strictEqual(accept(typed) as string, name)
    })
  }

  const refused: ReadonlyArray<readonly [string, RegExp]> = [
    ["", /1 to 20/],
    ["   ", /1 to 20/],
    ["a".repeat(21), /1 to 20/],
    ["12345", /letter/],
    ["4-2", /letter/],
    ["Vega!", /letters, digits/],
    ["Vega\u0000", /letters, digits/],
    ["Ve\u200Bga", /letters, digits/],
    ["\u202EVega", /letters, digits/],
    ["Οδός", /letters, digits/],
    ["星", /letters, digits/],
    ["\ud800", /letters, digits/],
    ["O'Neill", /letters, digits/],
    ["_Vega", /begin and end/],
    ["Vega-", /begin and end/],
    ["Ve--ga", /begin and end/],
    ["CAP", /reserved word of the game/],
    ["сар", /reserved word of the game/],
    ["max", /reserved word of the game/],
    ["Weap0ns", /reserved word of the game/]
  ]
  for (const [typed, reason] of refused) {
    it(`is not ${JSON.stringify(typed)}`, () => {
      assert.match(problem(typed), reason)
    })
  }

  it.prop("is within the bound, has a key, and is accepted again as it is", [Schema.String], ([typed]) => {
    const name = accept(typed)
    if (name instanceof RaceNameInvalid) return
    assert.isAtMost(Array.from(name).length, maxLength)
    assert.isAbove(keyOf(name).length, 0)
    assert.strictEqual(accept(name), name)
  })
})
