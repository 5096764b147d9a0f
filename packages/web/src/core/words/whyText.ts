/** Formulas as text: numbers in the person's language, each with what it stands for. */
import type { Quantity, Token } from "../report/why/formula.ts"
import { percent, plain } from "./numbers.ts"
import type { WhyWords } from "./whyWords.ts"

/** A piece of a formula. `name` is what a number stands for. */
export interface Piece {
  readonly text: string
  readonly name?: string
}

const formats = new Map<string, (value: number) => string>()

/** A number of a formula: up to four decimals, so that one can follow the sum. */
const exactly = (language: string): ((value: number) => string) => {
  const known = formats.get(language) ?? new Intl.NumberFormat(language, { maximumFractionDigits: 4 }).format
  formats.set(language, known)
  return known
}

/** A value as a figure: two decimals at most, a chance as a percentage. */
export const figureText = (language: string, of: Quantity, value: number): string =>
  of === "odds" ? percent(language)(value) : plain(language)(value)

/** A formula piece by piece. */
export const piecesOf = (words: WhyWords, language: string, tokens: ReadonlyArray<Token>): ReadonlyArray<Piece> =>
  tokens.map((token) => {
    if (typeof token !== "string") {
      const text = exactly(language)(token.value)
      const name = token.who ?? (token.of === undefined ? undefined : words.quantities[token.of])
      return name === undefined ? { text } : { text, name }
    }
    return { text: token === "min" || token === "max" ? words.operators[token] : token === "," ? ";" : token }
  })
