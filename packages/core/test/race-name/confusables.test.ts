/**
 * The table of look-alikes against what Unicode says: characters that race names may hold and that Unicode Technical
 * Standard 39 (data of Unicode 15.0) counts as confusable, without their accents.
 */
import { accept, keyOf } from "@galaxy/core/race-name/RaceName"
import { assert, describe, it } from "@effect/vitest"

/** Characters that look the same. */
const confusable: ReadonlyArray<string> = [
  "0OÒÓÔÕÖØŌŎŐО",
  "1IlÌÍÎÏĨĪĬĮİĺļľłІЇ",
  "3З",
  "6б",
  "AÀÁÂÃÄÅĀĂĄА",
  "BВ",
  "CÇĆĈĊČС",
  "DÐĎĐ",
  "EÈÉÊËĒĔĖĘĚЀЁЕ",
  "GĜĞĠĢ",
  "HĤĦН",
  "JĴЈ",
  "KĶЌК",
  "LĹĻĽŁ",
  "MМ",
  "NÑŃŅŇ",
  "PР",
  "RŔŖŘ",
  "SŚŜŞŠЅ",
  "TŢŤŦТ",
  "UÙÚÛÜŨŪŬŮŰŲ",
  "WŴ",
  "XХ",
  "YÝŶŸЎУ",
  "ZŹŻŽ",
  "aàáâãäåāăąа",
  "bБЬ",
  "cçćĉċčс",
  "dďđ",
  "eèéêëēĕėęěеѐё",
  "gĝğġģ",
  "hĥħћ",
  "iìíîïĩīĭįıії",
  "jĵј",
  "kķ",
  "nñńņň",
  "oòóôõöøōŏőо",
  "pр",
  "rŕŗřгѓґ",
  "sśŝşšѕ",
  "tţťŧ",
  "uùúûüũūŭůűų",
  "wŵ",
  "xх",
  "yýÿŷуў",
  "zźżž",
  "ĸкќ",
  "ЃГҐ",
  "ЍИЙ",
  "ийѝ"
]

/** Characters that look like two. */
const wide: ReadonlyArray<readonly [string, string]> = [
  ["m", "rn"],
  ["Æ", "AE"],
  ["æ", "ae"],
  ["Œ", "OE"],
  ["œ", "oe"],
  ["Ы", "bl"],
  ["ы", "ьi"],
  ["Ю", "lO"]
]

describe("the table of look-alikes", () => {
  for (const characters of confusable) {
    it(`gives one key to ${characters}`, () => {
      const keys = new Set(Array.from(characters, (it) => keyOf(`x${it}x`)))
      assert.strictEqual(keys.size, 1, [...keys].join(" "))
    })
  }

  for (const [one, two] of wide) {
    it(`gives one key to ${one} and ${two}`, () => {
      assert.strictEqual(keyOf(`x${one}x`), keyOf(`x${two}x`))
    })
  }

  it("is tested with characters that names may hold", () => {
    for (const it of Array.from([...confusable, ...wide.flat()].join(""))) assert.isString(accept(`x${it}x`), it)
  })
})
