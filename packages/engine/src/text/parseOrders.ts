/**
 * Reads the classic order text: one order per line, a letter and its arguments, `;` before a comment.
 *
 * Syntax only: whether names refer to anything is for the engine to say. Orders that are read fulfil the contract's
 * schema. The whole text is refused when any line is wrong, with every error up to a bound.
 */
import { maxBodyBytes, maxOrders, maxOrderText } from "@galaxy/contract/engine/Limits"
import { Order } from "@galaxy/contract/engine/Order"
import { Result, Schema } from "effect"
import { isDecimal } from "./decimals.ts"
import {
  classKeyword,
  type OrderField,
  type OrderForm,
  forms,
  fractions,
  kindOf,
  missing,
  newestGroup,
  sendFleet,
  sendGroup
} from "./forms.ts"
import { type Problem, type Word, wordsOf } from "./words.ts"

/** Most bytes of a text, in UTF-8. */
export const maxOrdersTextBytes = maxBodyBytes
/** Most errors reported for one text; lines after the last of them are not read. */
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

const shown = (text: string): string => {
  const start = Array.from(text.slice(0, 40)).slice(0, 20).join("")
  return start === text ? `"${text}"` : `"${start}…"`
}

const isKeyword = (word: Word | undefined, keyword: string): boolean =>
  word !== undefined && !word.quoted && word.text.toUpperCase() === keyword

const isGroup = (word: Word): boolean => !word.quoted && (isDecimal(word.text) || isKeyword(word, newestGroup))

/** The form that a letter with these arguments means. */
const formOf = (letter: string, given: ReadonlyArray<Word>): OrderForm | undefined => {
  const [first] = given
  switch (letter.toUpperCase()) {
    case "D":
      return given.length === 1 ? forms.delete_class : forms.design_class
    case "H":
      return given.length === 1 ? forms.delete_science : forms.create_science
    case "J":
      if (first === undefined) return forms.merge_groups
      return isGroup(first) ? forms.join_fleet : forms.merge_fleets
    case "S":
      return first === undefined || isGroup(first) ? sendGroup : sendFleet
    default:
      return Object.values(forms).find((form) => form.letter === letter.toUpperCase())
  }
}

/** `L group goods [ships [amount]]`. */
const usage = (form: OrderForm): string => {
  const fields = form.fields.map((field) => (form === sendGroup && field === "group" ? "group-or-fleet" : field))
  const optional = fields.slice(form.needed).reduceRight((rest, field) => ` [${field}${rest}]`, "")
  return [form.letter, ...fields.slice(0, form.needed)].join(" ") + optional
}

/** Whether the contract allows a value in a field. */
const accepts = (field: OrderField, value: string | number): boolean => Schema.is(Order.fields[field])(value)

/** The value of a field, or what is wrong with its word. */
const valueOf = (field: OrderField, word: Word): Result.Result<string | number, string> => {
  if (isKeyword(word, missing))
    return Result.fail(`${field} is missing: ${missing} can only leave out an optional value`)
  const kind = kindOf(field)
  if (kind === "text") {
    return accepts(field, word.text)
      ? Result.succeed(word.text)
      : Result.fail(`${field} is longer than ${maxOrderText} characters`)
  }
  if (kind === "group" && isKeyword(word, newestGroup)) return Result.succeed(0)
  const digits = kind === "planet" && !word.quoted && word.text.startsWith("#") ? word.text.slice(1) : word.text
  if (word.quoted || !isDecimal(digits)) {
    return Result.fail(
      `${field} must be a number${kind === "group" ? ` or ${newestGroup}` : ""}, not ${shown(word.text)}`
    )
  }
  // Adding 0 turns -0 into 0.
  const value = Number(digits) + 0
  if (accepts(field, value)) return Result.succeed(value)
  return Result.fail(
    fractions.has(field) || Number.isInteger(value)
      ? `${field} is out of bounds: ${shown(word.text)}`
      : `${field} must be a whole number, not ${shown(word.text)}`
  )
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

const orderOf = (first: Word, rest: ReadonlyArray<Word>): Result.Result<Order, ReadonlyArray<Problem>> => {
  const form = first.quoted ? undefined : formOf(first.text, rest)
  if (form === undefined) {
    return Result.fail([{ column: first.column, message: `${shown(first.text)} is not an order` }])
  }
  const given = form === forms.produce ? joinProduct(rest) : rest
  const problems: Array<Problem> = []
  const values: Array<readonly [string, unknown]> = []
  for (const [at, field] of form.fields.entries()) {
    const word = given[at]
    if (word === undefined) {
      if (at >= form.needed) break
      const column = given.at(-1)?.end ?? first.end
      problems.push({ column, message: `an argument is missing; the order is: ${usage(form)}` })
      break
    }
    const value = valueOf(field, word)
    if (Result.isFailure(value)) problems.push({ column: word.column, message: value.failure })
    else values.push([field, value.success])
  }
  const surplus = given[form.fields.length]
  if (surplus !== undefined) {
    problems.push({ column: surplus.column, message: `there are too many arguments; the order is: ${usage(form)}` })
  }
  return problems.length === 0 ? Result.succeed({ op: form.op, ...Object.fromEntries(values) }) : Result.fail(problems)
}

/** The order of a line; `undefined` when it is blank or a comment. */
const parseLine = (line: string): Result.Result<Order | undefined, ReadonlyArray<Problem>> => {
  const words = wordsOf(line)
  if (Result.isFailure(words)) return Result.fail([words.failure])
  const [first, ...rest] = words.success
  return first === undefined ? Result.succeed(undefined) : orderOf(first, rest)
}

const isTooLong = (text: string): boolean =>
  text.length > maxOrdersTextBytes || new TextEncoder().encode(text).length > maxOrdersTextBytes

/** The orders of a text, or all of its errors from top to bottom, at most `maxOrderTextErrors`. */
export const parseOrders = (text: string): Result.Result<OrderText, ReadonlyArray<OrderTextError>> => {
  if (isTooLong(text)) {
    return Result.fail([{ line: 1, column: 1, message: `the text is longer than ${maxOrdersTextBytes} bytes` }])
  }
  const orders: Array<Order> = []
  const lines: Array<number> = []
  const errors: Array<OrderTextError> = []
  for (const [index, source] of text.split(/\r\n|\n|\r/).entries()) {
    const line = index + 1
    const parsed = parseLine(source)
    if (Result.isFailure(parsed)) {
      errors.push(...parsed.failure.map((problem) => ({ line, ...problem })))
      if (errors.length >= maxOrderTextErrors) break
    } else if (parsed.success !== undefined) {
      if (orders.length === maxOrders) {
        errors.push({ line, column: 1, message: `there are more than ${maxOrders} orders` })
        break
      }
      orders.push(parsed.success)
      lines.push(line)
    }
  }
  return errors.length === 0 ? Result.succeed({ orders, lines }) : Result.fail(errors.slice(0, maxOrderTextErrors))
}
