/**
 * Names that players give (rules, section 22): Latin and Cyrillic letters, digits, underscore and hyphen, with at least
 * one letter; words of the game are reserved.
 *
 * Names that differ only in case are the same name. Whether a name looks like another one is checked where it is given.
 */
import { areLookAlikes, lookOf } from "@galaxy/contract/names/lookAlike"
import { Result } from "effect"
import { keyOf, written } from "./keyOf.ts"
import { type OrderRefusal, refuse } from "./Refusal.ts"

const letters = "A-Za-z\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u017F\\u0400-\\u045F\\u0490\\u0491"
const allowed = new RegExp(`^[${letters}0-9_-]+$`, "u")
const someLetter = new RegExp(`[${letters}]`, "u")

const reserved: ReadonlySet<string> = new Set(
  "cap capital mat materials col colonists emp drive weapons shields cargo research max".split(" ")
)

const reservedLooks = [...reserved].map(lookOf)

/**
 * The stored form of a typed name; refused when it is missing, longer than `most` characters, or against the rules
 * above.
 */
export const acceptName = (typed: string | undefined, most: number): Result.Result<string, OrderRefusal> => {
  const name = written(typed ?? "")
  if (name === "") return refuse("name_missing", "a name is needed")
  if (Array.from(name).length > most) return refuse("name_too_long", `a name can have at most ${most} characters`)
  if (!allowed.test(name)) {
    return refuse("name_chars", "a name may contain only Latin and Cyrillic letters, digits, underscores and hyphens")
  }
  if (!someLetter.test(name)) return refuse("name_reserved", "a name must contain a letter")
  if (reserved.has(keyOf(name))) return refuse("name_reserved", `${name} is a reserved word of the game`)
  const look = lookOf(name)
  if (reservedLooks.some((it) => areLookAlikes(look, it))) {
    return refuse("name_confusable", `${name} looks like a reserved word of the game`)
  }
  return Result.succeed(name)
}

/** The same for a ship class. It is a product too, so its name can't contain the word research. */
export const acceptClassName = (typed: string | undefined, most: number): Result.Result<string, OrderRefusal> =>
  Result.flatMap(acceptName(typed, most), (name) =>
    keyOf(name).includes("research")
      ? refuse("name_reserved", "the name of a class can't contain the word research")
      : Result.succeed(name)
  )
