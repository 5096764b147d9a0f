/**
 * Text that people see, whoever wrote it: names, labels, descriptions.
 *
 * It is well-formed Unicode, shows something, and doesn't affect the text around it: it has no control characters and
 * none that change the reading direction. Every wire field that is shown to people is made of `line` or `paragraphs`.
 */
import { Schema } from "effect"

/**
 * Characters that are refused: control and format characters, halves of surrogate pairs, unassigned and private-use
 * ones, the replacement character (U+FFFD), line and paragraph separators. Joiners are allowed, since some scripts and
 * most composed emoji need them. Line breaks are checked separately.
 */
const refused = /[^\P{C}\n\r\u{200C}\u{200D}]|[\u2028\u2029\uFFFD]/u

const lineBreak = /[\n\r]/

/**
 * Letters, digits, punctuation and symbols that leave a mark. Some characters of these classes are blank and don't
 * count: fillers and other ignorable characters, the empty braille cell, the empty note head.
 */
const visible = /(?![\p{Default_Ignorable_Code_Point}\u{2800}\u{1D159}])[\p{L}\p{N}\p{P}\p{S}]/u

const problemOf = (text: string, breaks: "forbidden" | "allowed"): string | undefined => {
  if (!text.isWellFormed()) return "must be well-formed text, without half surrogate pairs"
  if (refused.test(text))
    return "must not contain control characters, nor characters that can't be shown or change the reading direction"
  if (breaks === "forbidden" && lineBreak.test(text)) return "must be a single line"
  return visible.test(text) ? undefined : "must contain a visible character"
}

/** Returns what is wrong with a visible line, worded to follow the field's name; `undefined` if nothing is. */
export const lineProblem = (text: string): string | undefined => problemOf(text, "forbidden")

/** Like `lineProblem`, for text of several lines, which may be empty. */
export const paragraphsProblem = (text: string): string | undefined =>
  text === "" ? undefined : problemOf(text, "allowed")

const without = (problem: (text: string) => string | undefined) =>
  Schema.makeFilter((text: string) => problem(text) ?? true)

/** One line that people see, of 1 to `max` characters: a name, a label, a title. */
export const line = (max: number) =>
  Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(max), without(lineProblem))

/** Text of several lines that people see, of at most `max` characters; may be empty. */
export const paragraphs = (max: number) => Schema.String.check(Schema.isMaxLength(max), without(paragraphsProblem))
