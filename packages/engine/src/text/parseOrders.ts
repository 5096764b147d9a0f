/**
 * Reads the classic order text: one order per line, a letter or a word and its arguments, comments, and a frame around
 * the orders where there is one.
 *
 * Syntax only: whether names refer to anything is for the engine to say. Planets alone are numbers in orders, so their
 * names are looked up here. Orders that are read fulfil the contract's schema.
 */
import { maxBodyBytes, maxOrders } from "@galaxy/contract/engine/Limits"
import type { Order } from "@galaxy/contract/engine/Order"
import { Result } from "effect"
import { classKeyword, forms, kindOf, type OrderForm, sendGroup, usage } from "./forms.ts"
import { framed } from "./frame.ts"
import type { OrderReader } from "./OrderReader.ts"
import { allCommands, type Command, commandOf, formOf } from "./orderWords.ts"
import { PlanetNames } from "./planetNames.ts"
import { isKeyword, shown, valueOf } from "./values.ts"
import { type IsPlanetDue, type Problem, type Word, wordsOf } from "./words.ts"

/** Most bytes of a text, in UTF-8. */
export const maxOrdersTextBytes = maxBodyBytes
/** Most errors reported for one text. */
export const maxOrderTextErrors = 100

/** What is wrong and where. Lines and columns count from 1, columns in UTF-16 units. */
export interface OrderTextError {
  readonly line: number
  readonly column: number
  readonly message: string
}

/** The orders of a text, and where each of them stands. */
export interface OrderText {
  readonly orders: ReadonlyArray<Order>
  /** The line of each order, from 1. */
  readonly lines: ReadonlyArray<number>
}

/** What could be read of a text. */
export interface ReadOrders extends OrderText {
  /** What is wrong with the other lines, from top to bottom; at most `maxOrderTextErrors`. */
  readonly errors: ReadonlyArray<OrderTextError>
  /** How many lines have errors. */
  readonly wrong: number
  /** How many lines with something in them are outside of the frame, and so were not read. */
  readonly outside: number
}

/** How the order is written, for somebody who may mean either form of `send`. */
const usageOf = ({ text }: Command, form: OrderForm): string => {
  const written = usage(form, text)
  return form === sendGroup ? written.replace(" group ", " group-or-fleet ") : written
}

/** `SHIP Drive` is one product of two words. */
const joinProduct = (given: ReadonlyArray<Word>): ReadonlyArray<Word> => {
  const [planet, keyword, name, ...rest] = given
  if (planet === undefined || keyword === undefined || name === undefined || !isKeyword(keyword, classKeyword)) {
    return given
  }
  const product = { text: `${classKeyword} ${name.text}`, column: keyword.column, end: name.end, quoted: true }
  return [planet, product, ...rest]
}

const orderOf = (
  first: Word,
  rest: ReadonlyArray<Word>,
  names: PlanetNames | undefined
): Result.Result<Order, ReadonlyArray<Problem>> => {
  const command = commandOf(first)
  if (command === undefined) {
    const message = `${shown(first.text)} is not an order; there are ${allCommands}`
    return Result.fail([{ column: first.column, message }])
  }
  const form = formOf(command, rest)
  const given = form === forms.produce ? joinProduct(rest) : rest
  const problems: Array<Problem> = []
  const values: Array<readonly [string, unknown]> = []
  for (const [at, field] of form.fields.entries()) {
    const word = given[at]
    if (word === undefined) {
      if (at >= form.needed) break
      const column = given.at(-1)?.end ?? first.end
      problems.push({ column, message: `an argument is missing; the order is: ${usageOf(command, form)}` })
      break
    }
    const value = valueOf(field, word, names)
    if (Result.isFailure(value)) problems.push({ column: word.column, message: value.failure })
    else values.push([field, value.success])
  }
  const surplus = given[form.fields.length]
  if (surplus !== undefined) {
    const message = `there are too many arguments; the order is: ${usageOf(command, form)}`
    problems.push({ column: surplus.column, message })
  }
  return problems.length === 0 ? Result.succeed({ op: form.op, ...Object.fromEntries(values) }) : Result.fail(problems)
}

const isPlanetDue: IsPlanetDue = ([first, ...given]) => {
  const command = first === undefined ? undefined : commandOf(first)
  const field = command === undefined ? undefined : formOf(command, given).fields[given.length]
  return field !== undefined && kindOf(field) === "planet"
}

/** The order of a line; `undefined` when it is blank or a comment. */
const parseLine = (
  line: string,
  names: PlanetNames | undefined
): Result.Result<Order | undefined, ReadonlyArray<Problem>> => {
  const words = wordsOf(line, isPlanetDue)
  if (Result.isFailure(words)) return Result.fail([words.failure])
  const [first, ...rest] = words.success
  return first === undefined ? Result.succeed(undefined) : orderOf(first, rest, names)
}

const isTooLong = (text: string): boolean =>
  text.length > maxOrdersTextBytes || new TextEncoder().encode(text).length > maxOrdersTextBytes

/**
 * Reads all lines that can be read, and says what is wrong with the others. Fails only when a text is too long, or its
 * frame is incomplete or not for this reader.
 */
export const readOrders = (
  text: string,
  reader: OrderReader = {}
): Result.Result<ReadOrders, ReadonlyArray<OrderTextError>> => {
  if (isTooLong(text)) {
    return Result.fail([{ line: 1, column: 1, message: `the text is longer than ${maxOrdersTextBytes} bytes` }])
  }
  const source = text.split(/\r\n|\n|\r/)
  const frame = framed(source, reader)
  if (Result.isFailure(frame)) return Result.fail([frame.failure])
  const { from, to, outside } = frame.success
  const names = reader.planets === undefined ? undefined : new PlanetNames(reader.planets)
  const orders: Array<Order> = []
  const lines: Array<number> = []
  const errors: Array<OrderTextError> = []
  let wrong = 0
  const report = (line: number, problems: ReadonlyArray<Problem>): void => {
    wrong++
    for (const problem of problems) if (errors.length < maxOrderTextErrors) errors.push({ line, ...problem })
  }
  for (let at = from; at < to; at++) {
    const line = at + 1
    const parsed = parseLine(source[at] ?? "", names)
    if (Result.isFailure(parsed)) report(line, parsed.failure)
    else if (parsed.success !== undefined) {
      if (orders.length === maxOrders) {
        report(line, [{ column: 1, message: `there are more than ${maxOrders} orders` }])
        break
      }
      const order = parsed.success
      if (order.op === "rename_planet") names?.rename(order.planet ?? 0, order.name ?? "")
      orders.push(order)
      lines.push(line)
    }
  }
  return Result.succeed({ orders, lines, errors, wrong, outside })
}

/** The orders of a text, or all of its errors from top to bottom, at most `maxOrderTextErrors`. */
export const parseOrders = (
  text: string,
  reader: OrderReader = {}
): Result.Result<OrderText, ReadonlyArray<OrderTextError>> =>
  Result.flatMap(readOrders(text, reader), ({ orders, lines, errors }) =>
    errors.length === 0 ? Result.succeed({ orders, lines }) : Result.fail(errors)
  )
