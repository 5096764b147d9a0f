/**
 * Words of one line of order text: texts between spaces or double quotes, up to a comment.
 *
 * A comment begins with `;` or `#`. A `#` before a digit is a planet instead, unless the line begins with it.
 * `quoteWord` writes any text as one quoted word, and `wordsOf` reads it back unchanged.
 */
import { Result } from "effect"

/** A word with its position in the line, so that errors can point at it. */
export interface Word {
  readonly text: string
  /** Where the word begins, from 1, in UTF-16 units; `end` is the column after it. */
  readonly column: number
  readonly end: number
  /** A quoted word is always a name, never a number or a keyword. */
  readonly quoted: boolean
}

/** What is wrong at a column of a line. */
export interface Problem {
  readonly column: number
  readonly message: string
}

/** Whether a planet is due after these words of a line. */
export type IsPlanetDue = (before: ReadonlyArray<Word>) => boolean

const escapes: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["n", "\n"],
  ["r", "\r"]
])

const space = /\s/

const problem = (at: number, message: string): Result.Result<never, Problem> => Result.fail({ column: at + 1, message })

/** The quoted word whose opening quote is at index `from`. */
const quotedAt = (line: string, from: number): Result.Result<Word, Problem> => {
  let text = ""
  let at = from + 1
  for (; at < line.length && line[at] !== '"'; at++) {
    if (line[at] !== "\\") {
      text += line[at]
      continue
    }
    const meant = escapes.get(line[at + 1] ?? "")
    if (meant === undefined) return problem(at, 'in quotes, \\ stands only before ", \\, n or r')
    text += meant
    at++
  }
  if (at >= line.length) return problem(from, "the quote is not closed")
  const next = line[at + 1]
  if (next !== undefined && next !== ";" && !space.test(next))
    return problem(at + 1, "a space is missing after the quote")
  return Result.succeed({ text, column: from + 1, end: at + 2, quoted: true })
}

/** The bare word that begins at index `from`. */
const bareAt = (line: string, from: number): Result.Result<Word, Problem> => {
  let at = from
  for (; at < line.length && line[at] !== ";" && !space.test(line[at] ?? ""); at++) {
    if (line[at] === '"') return problem(at, "a quote can't stand inside a word: quote the whole of it")
  }
  return Result.succeed({ text: line.slice(from, at), column: from + 1, end: at + 1, quoted: false })
}

const digit = /\d/

/** Whether the word at an index begins a comment. Where a planet is due, its name may follow `#` as its number may. */
const isComment = (line: string, at: number, before: ReadonlyArray<Word>, isPlanetDue: IsPlanetDue): boolean => {
  if (line[at] !== "#") return false
  const next = line[at + 1] ?? " "
  if (before.length === 0 || space.test(next)) return true
  return !digit.test(next) && !isPlanetDue(before)
}

/** The words of a line, which must not hold a line break, or the first problem. */
export const wordsOf = (
  line: string,
  isPlanetDue: IsPlanetDue = () => false
): Result.Result<ReadonlyArray<Word>, Problem> => {
  const words: Array<Word> = []
  let at = 0
  while (at < line.length && line[at] !== ";") {
    if (space.test(line[at] ?? "")) {
      at++
      continue
    }
    if (isComment(line, at, words, isPlanetDue)) break
    const word = line[at] === '"' ? quotedAt(line, at) : bareAt(line, at)
    if (Result.isFailure(word)) return Result.fail(word.failure)
    words.push(word.success)
    at = word.success.end - 1
  }
  return Result.succeed(words)
}

/** Any text as one quoted word of one line. */
export const quoteWord = (text: string): string =>
  `"${text.replaceAll(/["\\]/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\r", "\\r")}"`
