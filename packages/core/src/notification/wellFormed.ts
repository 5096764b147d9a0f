/** Which JSON values PostgreSQL can store: those without NUL and without lone surrogates. */
import type { Json } from "@galaxy/contract/fbs/codec"

const isWellFormed = (text: string): boolean => text.isWellFormed() && !text.includes("\u0000")

const mended = (text: string): string => text.toWellFormed().replaceAll("\u0000", "\uFFFD")

/** Whether all keys and texts can be stored unchanged. */
export const isStorable = (value: Json | undefined): boolean => {
  if (typeof value === "string") return isWellFormed(value)
  if (typeof value !== "object" || value === null) return true
  return Object.entries(value).every(([key, it]: [string, Json]) => isWellFormed(key) && isStorable(it))
}

/** Turns any value into text that can be stored, at most `max` characters long. What can't be stored becomes U+FFFD. */
export const storableText = (value: unknown, max: number): string => mended(String(value)).slice(0, max).toWellFormed()
