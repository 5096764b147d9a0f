/**
 * The closed catalogue of notification kinds: one row says everything about a kind.
 *
 * A new kind is a new row (and its FlatBuffers table): payload, channels and texts follow from it.
 */
import { Timestamp } from "@galaxy/contract/api/Fields"
import type { TableName } from "@galaxy/contract/gen/fbs-tables"
import { GameId, InviteId, UserId } from "@galaxy/contract/ids/Ids"
import { DateTime, Schema } from "effect"

export interface MailText {
  readonly subject: string
  readonly text: string
}

/** Languages that mails are written in; the first is used for all others. */
export const languages = ["en", "ru"] as const
export type Language = (typeof languages)[number]

export interface Mail<P> {
  readonly texts: Readonly<Record<Language, (payload: P) => MailText>>
  /** When the mail is of no use any more; absent: never. */
  readonly expiresAt?: (payload: P) => DateTime.Utc
}

export interface Kind<P> {
  readonly payload: Schema.Codec<P, unknown>
  /** Table of the event that players get; absent: no push. */
  readonly push?: TableName
  /** Absent: no mail. */
  readonly mail?: Mail<P>
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
    push: "galaxy.push.LobbyInviteReceived",
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
    payload: Schema.Struct({ ...game, invite_id: InviteId }),
    push: "galaxy.push.LobbyInviteRevoked"
  }),
  "game.turn.ready": kind({
    payload: Schema.Struct({ ...game, turn: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2 ** 31 - 1 })) }),
    push: "galaxy.push.GameTurnReady"
  })
} as const

export type NotificationKind = keyof typeof kinds

/** The row of a kind, as producers that were built with another version may ask for one that isn't there. */
export const find = (name: string): Kind<never> | undefined =>
  Object.hasOwn(kinds, name) ? (kinds[name as NotificationKind] as unknown as Kind<never>) : undefined

/** The language of a mail for a reader who prefers `tag`. */
export const languageOf = (tag: string): Language =>
  languages.find((it) => tag.toLowerCase() === it || tag.toLowerCase().startsWith(`${it}-`)) ?? languages[0]
