/**
 * Names that a reader could mistake for each other because their letters come from different scripts: `Terra`, and the
 * same with a Cyrillic а at its end.
 *
 * Letters of one script are told apart by everybody who reads it, so names in the same scripts are never look-alikes.
 * Digits and separators stand for themselves: `Scout_11` is not `Scout_1_1`.
 */
import { pairs, standIn } from "./confusables.ts"

/** The text without accents and other marks, in compatibility form. */
export const withoutMarks = (text: string): string => text.normalize("NFKD").replace(/\p{M}/gu, "")

/** What a name looks like, made by `lookOf`; compare with `areLookAlikes`. */
export interface Look {
  /** Equal for names that look the same. */
  readonly shape: string
  /** The script of all letters; where they are mixed, that of each character. */
  readonly scripts: string
}

const digit = /[0-9]/
const scriptOf = (character: string): string =>
  /\p{Script=Latin}/u.test(character) ? "L" : /\p{L}/u.test(character) ? "o" : "-"

const scriptsOf = (text: string): string => {
  const scripts = Array.from(text, scriptOf)
  const [first, ...more] = new Set(scripts.filter((it) => it !== "-"))
  return more.length === 0 ? (first ?? "") : scripts.join("")
}

/** The look of any text; case and accents don't matter. */
export const lookOf = (text: string): Look => {
  const folded = withoutMarks(withoutMarks(text).toUpperCase().toLowerCase())
  const replaced = Array.from(folded, (it) => (digit.test(it) ? it : (standIn.get(it) ?? it))).join("")
  return {
    shape: pairs.reduce((shape, [pair, looksLike]) => shape.replaceAll(pair, looksLike), replaced),
    scripts: scriptsOf(text)
  }
}

/** Whether two names look the same and are written in different scripts, in whole or in part. */
export const areLookAlikes = (one: Look, other: Look): boolean =>
  one.shape === other.shape && one.scripts !== other.scripts
