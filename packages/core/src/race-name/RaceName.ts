/**
 * Race names: what players are called on the map, and the canonical key under which names are unique.
 *
 * Names that a reader could mistake for each other share a key. Compare keys, never names.
 */
import { pairs, standIn } from "@galaxy/contract/names/confusables"
import { withoutMarks } from "@galaxy/contract/names/lookAlike"
import { Schema } from "effect"

/** Longest race name, in characters (code points): the engine's bound. */
export const maxLength = 20

/** The canonical form of a name, made by `keyOf` only. For comparing; it is never shown. */
export const RaceNameKey = Schema.String.pipe(Schema.brand("galaxy/RaceNameKey"))
export type RaceNameKey = typeof RaceNameKey.Type

/**
 * Version of the table behind `keyOf`, stored with each key. It must be raised whenever any name gets another key;
 * stored keys are then made anew at the next start (`RaceNameKeys`).
 */
export const keyVersion = 1

/** A name in its accepted form, made by `accept` only: 1 to 20 characters, as it is shown. */
export const RaceName = Schema.String.pipe(Schema.brand("galaxy/RaceName"))
export type RaceName = typeof RaceName.Type

/** The text can't be a race name. `problem` says why, without repeating the text. */
export class RaceNameInvalid extends Schema.TaggedError<RaceNameInvalid>()("RaceNameInvalid", {
  problem: Schema.String
}) {
  override get message(): string {
    return `the race name ${this.problem}`
  }
}

/** Another user holds this name, or one that looks like it. */
export class RaceNameTaken extends Schema.TaggedError<RaceNameTaken>()("RaceNameTaken", {
  name: RaceName
}) {
  override get message(): string {
    return "this race name, or one that looks like it, is taken"
  }
}

/**
 * The key of any text: compatibility forms, case, accents and separators are dropped, and look-alikes become one
 * character. Idempotent: the key of a key is the key itself.
 */
export const keyOf = (text: string): RaceNameKey => {
  // Upper case first: it merges letters that lower case alone keeps apart (ß and ss, ς and σ, ı and i).
  const folded = withoutMarks(withoutMarks(text).toUpperCase().toLowerCase()).replace(/[^\p{L}\p{N}]/gu, "")
  const replaced = Array.from(folded, (it) => standIn.get(it) ?? it).join("")
  return RaceNameKey.make(pairs.reduce((key, [pair, looksLike]) => key.replaceAll(pair, looksLike), replaced))
}

const letter = "A-Za-z\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u017F\\u0400-\\u045F\\u0490\\u0491"
const characters = new RegExp(`^[${letter}0-9_-]*$`, "u")
const shape = new RegExp(`^[${letter}0-9]+(?:[_-][${letter}0-9]+)*$`, "u")
const someLetter = new RegExp(`[${letter}]`, "u")

// Words of orders and reports: a race with such a name would read as a product or a cargo.
const reserved: ReadonlySet<string> = new Set(
  ["cap", "capital", "mat", "materials", "col", "colonists", "emp", "drive", "weapons", "shields", "cargo", "max"].map(
    keyOf
  )
)

/**
 * The accepted form of what a player typed, or why it can't be accepted. Runs of spaces, commas and at signs become one
 * underscore, as players are used to.
 */
export const accept = (typed: string): RaceName | RaceNameInvalid => {
  const name = typed
    .normalize("NFKC")
    .trim()
    .replace(/[\s,@_]+/gu, "_")
  const length = Array.from(name).length
  if (length < 1 || length > maxLength) {
    return new RaceNameInvalid({ problem: `must have 1 to ${maxLength} characters` })
  }
  if (!characters.test(name)) {
    return new RaceNameInvalid({
      problem: "may contain only Latin and Cyrillic letters, digits, underscores and hyphens"
    })
  }
  if (!shape.test(name)) {
    return new RaceNameInvalid({
      problem: "must begin and end with a letter or digit and have no two separators in a row"
    })
  }
  if (!someLetter.test(name)) return new RaceNameInvalid({ problem: "must have a letter" })
  if (reserved.has(keyOf(name))) return new RaceNameInvalid({ problem: "is a reserved word of the game" })
  return RaceName.make(name)
}
