/**
 * Kinds of notifications that an embedding program adds to the catalogue.
 *
 * They have no table: their event is the payload as JSON in UTF-8, which clients that don't know the kind keep as bytes.
 * Who submits one has checked its payload.
 */
import type { JsonObject } from "@galaxy/contract/fbs/codec"
import type { MailWords } from "../mail/MailWords.ts"

/** How a foreign kind reaches its recipients. */
export interface ForeignKind {
  /** Pushed as an event, which is stored for the player and numbered. */
  readonly pushed: boolean
  /** The words of its mail in the reader's language, a BCP 47 tag; absent where it isn't mailed. */
  readonly mail?: ((language: string, payload: JsonObject) => MailWords) | undefined
  /** Names of channels, each of which gets a delivery for each recipient. */
  readonly channels: ReadonlyArray<string>
}

/** Foreign kinds by name. */
export type ForeignKinds = Readonly<Record<string, ForeignKind>>

const namePattern = /^[a-z][a-z0-9_-]*(?:\.[a-z0-9_-]+)+$/
const longestName = 64
const ours = new Set(
  "account admin auth engine galaxy game gateway lobby mail notification play push race_name runtime system user".split(
    " "
  )
)

/**
 * What is wrong with the name of a foreign kind; undefined where it may be used. Names that begin as ours do are kept
 * for kinds to come.
 */
export const faultOfName = (name: string): string | undefined => {
  if (name.length > longestName || !namePattern.test(name)) {
    return `the name of a kind must have the form club.match, in lower case and with at most ${longestName} characters`
  }
  const [first = ""] = name.split(".")
  return ours.has(first) ? `kinds that begin with "${first}." are Galaxy's own` : undefined
}
