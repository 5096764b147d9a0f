/** Values of the arguments of an order, from the words that stand for them. */
import { maxOrderText } from "@galaxy/contract/engine/Limits"
import { Order } from "@galaxy/contract/engine/Order"
import { Result, Schema } from "effect"
import { isDecimal } from "./decimals.ts"
import { fractions, kindOf, missing, newestGroup, type OrderField } from "./forms.ts"
import type { PlanetNames } from "./planetNames.ts"
import type { Word } from "./words.ts"

/** The beginning of a text in quotes, for messages. */
export const shown = (text: string): string => {
  const start = Array.from(text.slice(0, 40)).slice(0, 20).join("")
  return start === text ? `"${text}"` : `"${start}…"`
}

/** Whether a word is a keyword, in any case. What is quoted never is. */
export const isKeyword = (word: Word | undefined, keyword: string): boolean =>
  word !== undefined && !word.quoted && word.text.toUpperCase() === keyword

/** Whether the contract allows a value in a field. */
const accepts = (field: OrderField, value: string | number): boolean => Schema.is(Order.fields[field])(value)

const textOf = (field: OrderField, { text }: Word): Result.Result<string, string> =>
  accepts(field, text) ? Result.succeed(text) : Result.fail(`${field} is longer than ${maxOrderText} characters`)

const numberOf = (field: OrderField, digits: string, word: Word): Result.Result<number, string> => {
  // Adding 0 turns -0 into 0.
  const value = Number(digits) + 0
  if (accepts(field, value)) return Result.succeed(value)
  return Result.fail(
    fractions.has(field) || Number.isInteger(value)
      ? `${field} is out of bounds: ${shown(word.text)}`
      : `${field} must be a whole number, not ${shown(word.text)}`
  )
}

const noSuchPlanet = (field: OrderField, word: Word, names: PlanetNames | undefined): Result.Result<never, string> =>
  Result.fail(
    names === undefined
      ? `${field} must be a number, not ${shown(word.text)}`
      : `${field}: you know no planet named ${shown(word.text)}; any planet can be given by its number, such as 12 or #12`
  )

/** A number with or without `#`, or a name. */
const planetOf = (
  field: OrderField,
  word: Word,
  names: PlanetNames | undefined
): Result.Result<string | number, string> => {
  const text = word.quoted ? word.text : word.text.replace(/^#/, "")
  if (!word.quoted && isDecimal(text)) return numberOf(field, text, word)
  const planet = names?.numberOf(text)
  return planet === undefined ? noSuchPlanet(field, word, names) : Result.succeed(planet)
}

/** The value of a field, or what is wrong with its word. */
export const valueOf = (
  field: OrderField,
  word: Word,
  names: PlanetNames | undefined
): Result.Result<string | number, string> => {
  if (isKeyword(word, missing)) {
    return Result.fail(`${field} is missing: ${missing} can only leave out an optional value`)
  }
  const kind = kindOf(field)
  if (kind === "text") return textOf(field, word)
  if (kind === "planet") return planetOf(field, word, names)
  if (kind === "group" && isKeyword(word, newestGroup)) return Result.succeed(0)
  if (word.quoted || !isDecimal(word.text)) {
    return Result.fail(
      `${field} must be a number${kind === "group" ? ` or ${newestGroup}` : ""}, not ${shown(word.text)}`
    )
  }
  return numberOf(field, word.text, word)
}
