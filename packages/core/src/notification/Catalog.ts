/**
 * The closed catalogue of notification kinds: a row for each kind of event, with its payload and the texts of its mail.
 *
 * A new kind is a new line of `EventKinds`, which names its FlatBuffers table, and a row here.
 */
import { Timestamp } from "@galaxy/contract/api/Fields"
import { type EventKind, isEventKind } from "@galaxy/contract/events/EventKinds"
import { GameId, InviteId, UserId } from "@galaxy/contract/ids/Ids"
import { DateTime, Schema } from "effect"

export interface MailText {
  readonly subject: string
  readonly text: string
}

/** Languages that mails are written in; the first is used for all others. */
export const languages = ["en", "ru"] as const
export type Language = (typeof languages)[number]

export interface KindMail<P> {
  readonly texts: Readonly<Record<Language, (payload: P) => MailText>>
  /** When the mail is of no use any more; absent: never. */
  readonly expiresAt?: (payload: P) => DateTime.Utc
}

export interface Kind<P> {
  readonly payload: Schema.Codec<P, unknown>
  /** Absent: no mail. */
  readonly mail?: KindMail<P>
}

const kind = <P>(it: Kind<P>): Kind<P> => it

const game = { game_id: GameId }
const label = Schema.String.check(Schema.isMaxLength(1_000))

/** As players read it: to the minute, in UTC. */
const minute = (at: DateTime.Utc): string => `${DateTime.formatIso(at).slice(0, 16).replace("T", " ")} UTC`

export const kinds = {
  "lobby.invite.received": kind({
    payload: Schema.Struct({
      ...game,
      invite_id: InviteId,
      game_name: label,
      issuer_user_id: UserId,
      expires_at: Timestamp
    }),
    mail: {
      expiresAt: (it) => it.expires_at,
      texts: {
        en: (it) => ({
          subject: "You are invited to a game of Galaxy",
          text: `You are invited to the game "${it.game_name}".\n\nThe invite is valid until ${minute(it.expires_at)}. Open your client to accept or decline it.\n`
        }),
        ru: (it) => ({
          subject: "Вас приглашают в игру Galaxy",
          text: `Вас приглашают в игру «${it.game_name}».\n\nПриглашение действует до ${minute(it.expires_at)}. Откройте клиент, чтобы принять его или отклонить.\n`
        })
      }
    }
  }),
  "lobby.invite.revoked": kind({
    payload: Schema.Struct({ ...game, invite_id: InviteId })
  }),
  "game.turn.ready": kind({
    payload: Schema.Struct({ ...game, turn: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2 ** 31 - 1 })) })
  })
} as const satisfies Readonly<Record<EventKind, unknown>>

/** The row of a kind, as producers that were built with another version may ask for one that isn't there. */
export const find = (name: string): Kind<never> | undefined =>
  isEventKind(name) ? (kinds[name] as unknown as Kind<never>) : undefined

/** The language of a mail for a reader who prefers `tag`. */
export const languageOf = (tag: string): Language =>
  languages.find((it) => tag.toLowerCase() === it || tag.toLowerCase().startsWith(`${it}-`)) ?? languages[0]
