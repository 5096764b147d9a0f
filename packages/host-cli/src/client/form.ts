/**
 * Reading an answer of a server that may be of another release. What a command needs of an answer is said as a form; an
 * answer that lacks it is a bad answer, never a crash.
 */
import type { Schema } from "effect"

/** What a value must be. A key that ends in `?` may be missing, and is left out where its value is of another kind. */
export type Form = "text" | "number" | "flag" | "time" | "json" | readonly [Form] | { readonly [key: string]: Form }

/** What a form reads. A time is a text that is one; `json` is any value. */
export type Seen<F> = F extends "text" | "time"
  ? string
  : F extends "json"
    ? Schema.Json
    : F extends "number"
      ? number
      : F extends "flag"
        ? boolean
        : F extends readonly [infer I]
          ? ReadonlyArray<Seen<I>>
          : { readonly [K in keyof F & string as K extends `${string}?` ? never : K]: Seen<F[K]> } & {
              readonly [K in keyof F & string as K extends `${infer N}?` ? N : never]?: Seen<F[K]>
            }

const scalar = (value: unknown, form: string): boolean => {
  if (form === "json") return true
  if (form === "number") return typeof value === "number"
  if (form === "flag") return typeof value === "boolean"
  return typeof value === "string" && (form === "text" || !Number.isNaN(Date.parse(value)))
}

const read = (value: unknown, form: Form): unknown => {
  if (typeof form === "string") return scalar(value, form) ? value : undefined
  if (Array.isArray(form)) {
    if (!Array.isArray(value)) return undefined
    const items = value.map((it: unknown) => read(it, (form as readonly [Form])[0]))
    return items.includes(undefined) ? undefined : items
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined
  const found: Record<string, unknown> = {}
  for (const [key, each] of Object.entries(form as { readonly [key: string]: Form })) {
    const name = key.replace(/\?$/, "")
    const it = read(Object.hasOwn(value, name) ? (value as Readonly<Record<string, unknown>>)[name] : undefined, each)
    if (it !== undefined) found[name] = it
    else if (name === key) return undefined
  }
  return found
}

/** The value as the form says, without what the form doesn't name; undefined where it isn't like that. */
export const seen = <const F extends Form>(value: unknown, form: F): Seen<F> | undefined =>
  read(value, form) as Seen<F> | undefined
