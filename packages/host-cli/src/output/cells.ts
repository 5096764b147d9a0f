/** Values of JSON as text in a cell or on a line. */
import type { Schema } from "effect"
import { safeLine } from "./safe.ts"
import { absolute, relative } from "./times.ts"

/** A field's value at a dotted path; undefined where there is none. */
export const fieldAt = (data: unknown, path: string): unknown =>
  path
    .split(".")
    .reduce<unknown>(
      (value, key) =>
        typeof value === "object" && value !== null && !Array.isArray(value)
          ? (value as Readonly<Record<string, unknown>>)[key]
          : undefined,
      data
    )

const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/

/** How values are written. */
export interface Writing {
  readonly now: number
  /** `iso` for programs, `near` as how far away, `full` as both. */
  readonly times: "iso" | "near" | "full"
  readonly zone: string
}

/** A value in one line. */
export const cellOf = (value: unknown, writing: Writing): string => {
  if (value === undefined || value === null) return ""
  if (typeof value === "boolean") return value ? "yes" : "no"
  if (typeof value === "string") {
    if (writing.times === "iso" || !instant.test(value)) return safeLine(value)
    const at = Date.parse(value)
    const near = relative(at, writing.now)
    return writing.times === "near" ? near : `${absolute(at, writing.zone)} (${near})`
  }
  if (typeof value === "number") return String(value)
  if (Array.isArray(value) && value.every((it) => typeof it !== "object")) return safeLine(value.join(", "))
  return safeLine(JSON.stringify(value))
}

/** A document as names and values, nested ones with dotted names; lists of objects by their number. */
export const linesOf = (data: Schema.Json, writing: Writing, prefix = ""): ReadonlyArray<readonly [string, string]> => {
  if (typeof data !== "object" || data === null || Array.isArray(data)) return [[prefix, cellOf(data, writing)]]
  return Object.entries(data as Readonly<Record<string, Schema.Json>>).flatMap(([key, value]) => {
    const name = prefix === "" ? key : `${prefix}.${key}`
    if (Array.isArray(value)) {
      if (value.every((it) => typeof it !== "object")) return [[name, cellOf(value, writing)] as const]
      return value.flatMap((it, at) => linesOf(it as Schema.Json, writing, `${name}.${at + 1}`))
    }
    return typeof value === "object" && value !== null
      ? linesOf(value, writing, name)
      : [[name, cellOf(value, writing)] as const]
  })
}
