/**
 * Orders for an engine whose game the suite doesn't know, from a file of samples.
 *
 * In the texts of the valid one, `{number}` is the number that makes each order another, and `{a.0.b}` what the report of
 * its race holds there. A text that is nothing but such a place becomes what stands there, a number say.
 */
import { Predicate } from "effect"
import type { JsonFields } from "../engine/conformance/Check.ts"

/** An order that a race can give, as a template, and one that no race ever can. */
export interface Samples {
  readonly valid: JsonFields
  readonly refused: JsonFields
}

/** For games that keep to the orders of the built-in one. */
export const builtin: Samples = {
  valid: { op: "rename_planet", planet: "{my_planets.0.number}", name: "Name_{number}" },
  refused: { op: "vote", race: "nobody at all" }
}

/** The samples of a file's text. Throws an `Error` that says what they lack. */
export const parseSamples = (text: string): Samples => {
  const read: unknown = JSON.parse(text)
  if (
    !Predicate.isReadonlyObject(read) ||
    !Predicate.isReadonlyObject(read["valid"]) ||
    !Predicate.isReadonlyObject(read["refused"])
  ) {
    throw new Error('samples are a JSON object with the orders "valid" and "refused"')
  }
  return { valid: read["valid"], refused: read["refused"] }
}

const at = (report: unknown, place: string): unknown => {
  let found = report
  for (const key of place.split(".")) {
    found =
      typeof found === "object" && found !== null && Object.hasOwn(found, key) ? (found as JsonFields)[key] : undefined
    if (found === undefined) throw new Error(`the report has nothing at ${place}, which the valid sample asks for`)
  }
  return found
}

const filled = (value: unknown, report: JsonFields, number: number): unknown => {
  if (Array.isArray(value)) return value.map((it) => filled(it, report, number))
  if (Predicate.isReadonlyObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, filled(it, report, number)]))
  }
  if (typeof value !== "string") return value
  const of = (place: string): unknown => (place === "number" ? number : at(report, place))
  const whole = /^\{([\w.]+)\}$/.exec(value)?.[1]
  return whole === undefined ? value.replace(/\{([\w.]+)\}/g, (_, place: string) => String(of(place))) : of(whole)
}

/** The valid order of that number, for the race of the report. */
export const validOrder = (samples: Samples, report: JsonFields, number: number): JsonFields =>
  filled(samples.valid, report, number) as JsonFields
