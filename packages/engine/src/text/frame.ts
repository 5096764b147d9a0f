/**
 * The frame of an order text: `#order race turn`, the orders, `#end`. It is for texts that come with something around
 * them, such as the header of a mail.
 *
 * A text without a frame is read whole. With a frame only its inside is read, and what it says about race and turn must
 * be true.
 */
import { Result } from "effect"
import { keyOfTyped } from "../orders/keyOf.ts"
import type { OrderReader } from "./OrderReader.ts"
import { shown } from "./values.ts"
import { type Problem, wordsOf } from "./words.ts"

/** Something wrong at a line, from 1. */
export interface FrameProblem extends Problem {
  readonly line: number
}

/** Indices of the lines that hold orders, and how many other lines are neither blank nor comments. */
export interface Framed {
  readonly from: number
  readonly to: number
  readonly outside: number
}

const begin = /^\s*#order(?=[\s;]|$)/iu
const end = /^\s*#end\s*(?:;.*)?$/iu

const refuse = (index: number, column: number, message: string): Result.Result<never, FrameProblem> =>
  Result.fail({ line: index + 1, column, message })

/** Checks the arguments of `#order`. */
const checked = (index: number, line: string, reader: OrderReader): Result.Result<void, FrameProblem> => {
  const start = begin.exec(line)?.[0].length ?? 0
  // The command becomes spaces, so that columns stay what they are.
  const words = wordsOf(" ".repeat(start) + line.slice(start))
  if (Result.isFailure(words)) return refuse(index, words.failure.column, words.failure.message)
  const [race, turn, surplus] = words.success
  if (surplus !== undefined) {
    return refuse(index, surplus.column, "there are too many arguments; it is: #order [race [turn]]")
  }
  if (race !== undefined && reader.race !== undefined && keyOfTyped(race.text) !== keyOfTyped(reader.race)) {
    return refuse(index, race.column, `these are orders of ${shown(race.text)}, not of ${reader.race}`)
  }
  if (turn === undefined) return Result.void
  if (turn.quoted || !/^\d{1,9}$/.test(turn.text)) {
    return refuse(index, turn.column, `turn must be a whole number, not ${shown(turn.text)}`)
  }
  return reader.turn === undefined || Number(turn.text) === reader.turn
    ? Result.void
    : refuse(
        index,
        turn.column,
        `these are orders after the report of turn ${Number(turn.text)}, but the last report is of turn ${reader.turn}`
      )
}

const isContent = (line: string): boolean => /^\s*[^\s;#]/u.test(line)

/** The part of a text that holds its orders. Fails when a frame is incomplete, or isn't for this race and turn. */
export const framed = (lines: ReadonlyArray<string>, reader: OrderReader): Result.Result<Framed, FrameProblem> => {
  const first = lines.findIndex((line) => begin.test(line))
  const last = lines.findIndex((line, at) => at > first && end.test(line))
  if (first < 0) {
    return last < 0
      ? Result.succeed({ from: 0, to: lines.length, outside: 0 })
      : refuse(last, 1, "there is no #order before this #end")
  }
  const second = lines.findIndex((line, at) => at > first && begin.test(line))
  if (second >= 0)
    return refuse(second, 1, "there is a second #order: a text holds the orders of one race for one turn")
  if (last < 0) return refuse(first, 1, "there is no #end after this #order: the text may be cut short")
  return Result.map(checked(first, lines[first] ?? "", reader), () => ({
    from: first + 1,
    to: last,
    outside: lines.filter((line, at) => (at < first || at > last) && isContent(line)).length
  }))
}
