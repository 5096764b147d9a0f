/** What a row of the catalogue is: the payload of a kind, who is told of it, and what its mail says. */
import type { UserId } from "@galaxy/contract/ids/Ids"
import { GameId } from "@galaxy/contract/ids/Ids"
import { DateTime, Schema } from "effect"
import type { MailWords } from "../../mail/MailWords.ts"
import type { Language } from "../../shared/mailLanguage.ts"

/** The mail of a kind: its words in each language, made from the decoded payload. */
export interface KindMail<P> {
  readonly words: Readonly<Record<Language, (payload: P) => MailWords>>
  /** The player who causes the mail and might flood a mailbox; absent if the platform does. Such mails are bounded. */
  readonly sender?: (payload: P) => UserId
  /** After this time the mail is not worth sending; absent means never. */
  readonly expiresAt?: (payload: P) => DateTime.Utc
}

/**
 * A row of the catalogue. An intent whose payload doesn't decode with `payload` is malformed. Kinds that are events have
 * their table in `EventKinds`.
 */
export interface Kind<P> {
  readonly payload: Schema.Codec<P, unknown>
}

/** A kind that is mailed, to the players concerned or to the operators' address. */
export interface MailedKind<P> extends Kind<P> {
  readonly mail: KindMail<P>
}

/** A row of a kind that isn't mailed. */
export const kind = <P>(it: Kind<P>): Kind<P> => it

/** A row of a kind that is mailed. */
export const mailed = <P>(it: MailedKind<P>): MailedKind<P> => it

/** A name or a short text in a payload. */
export const label = Schema.String.check(Schema.isMaxLength(1_000))

/** The fields by which a payload names a game. */
export const game = { game_id: GameId, game_name: label }

/** A turn's number, or a count of turns. */
export const turns = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2 ** 31 - 1 }))

const longestTitle = 120

/** A name as it may stand in a subject: one line, and cut where it is very long. */
export const titled = (name: string): string => {
  const line = name.replaceAll(/[\p{C}\p{Z}]+/gu, " ").trim()
  if (line.length <= longestTitle) return line
  // Not within a surrogate pair.
  return `${line.slice(0, longestTitle).replace(/[\uD800-\uDBFF]$/, "")}…`
}

/** For players: to the minute, in UTC. */
export const minute = (at: DateTime.Utc): string => `${DateTime.formatIso(at).slice(0, 16).replace("T", " ")} UTC`
