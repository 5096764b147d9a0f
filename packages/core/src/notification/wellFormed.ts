/** What PostgreSQL can store of a JSON value: no NUL, no halves of surrogate pairs. */
import type { Json } from "@galaxy/contract/fbs/codec"

const isWellFormed = (text: string): boolean => text.isWellFormed() && !text.includes("\u0000")

const mended = (text: string): string => text.toWellFormed().replaceAll("\u0000", "\uFFFD")

/** Whether all keys and texts can be stored as they are. */
export const isStorable = (value: Json | undefined): boolean => {
  if (typeof value === "string") return isWellFormed(value)
  if (typeof value !== "object" || value === null) return true
  return Object.entries(value).every(([key, it]: [string, Json]) => isWellFormed(key) && isStorable(it))
}

/** The text of a value that can be stored, whatever was in it: at most `max` characters of it. */
export const storableText = (value: unknown, max: number): string => mended(String(value)).slice(0, max).toWellFormed()
