/**
 * Text that people see, whoever wrote it: names, labels, descriptions.
 *
 * It is well-formed Unicode, shows something, and does nothing to the text around it: no control characters, nothing that
 * turns the reading direction. Every field of the wire that is shown to somebody is made of `line` or `paragraphs`.
 */
import { Schema } from "effect"

/**
 * What has no place in shown text: control and format characters, halves of surrogate pairs, characters without a
 * meaning, the mark of a character that was lost on the way (U+FFFD), line and paragraph separators. Joiners stay: some
 * scripts and most emoji of several parts need them. Line breaks are judged apart.
 */
const refused = /[^\P{C}\n\r\u{200C}\u{200D}]|[\u2028\u2029\uFFFD]/u

const lineBreak = /[\n\r]/

/**
 * Letters, digits, punctuation and symbols with ink. Some count as such and are blank all the same: fillers and other
 * characters that a reader may leave out, the empty braille cell, the empty note head.
 */
const visible = /(?![\p{Default_Ignorable_Code_Point}\u{2800}\u{1D159}])[\p{L}\p{N}\p{P}\p{S}]/u

const problemOf = (text: string, breaks: "forbidden" | "allowed"): string | undefined => {
  if (!text.isWellFormed()) return "must be well-formed text, without half surrogate pairs"
  if (refused.test(text))
    return "must not hold control characters, nor characters that can't be shown or change the reading direction"
  if (breaks === "forbidden" && lineBreak.test(text)) return "must be a single line"
  return visible.test(text) ? undefined : "must have something visible"
}

/** What is wrong with a line that people see, as words that follow the field's name; `undefined`: nothing. */
export const lineProblem = (text: string): string | undefined => problemOf(text, "forbidden")

/** The same for text of several lines, which may be empty. */
export const paragraphsProblem = (text: string): string | undefined =>
  text === "" ? undefined : problemOf(text, "allowed")

const without = (problem: (text: string) => string | undefined) =>
  Schema.makeFilter((text: string) => problem(text) ?? true)

/** One line that people see, of 1 to `max` characters: a name, a label, a title. */
export const line = (max: number) =>
  Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(max), without(lineProblem))

/** Text of several lines that people see, of at most `max` characters; may be empty. */
export const paragraphs = (max: number) => Schema.String.check(Schema.isMaxLength(max), without(paragraphsProblem))
