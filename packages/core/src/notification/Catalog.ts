/**
 * The closed catalogue of notification kinds: a row for each kind of event, with its payload and the texts of its mail.
 *
 * A new kind is a new line of `EventKinds`, which names its FlatBuffers table, and a row here.
 */
import { Timestamp } from "@galaxy/contract/api/Fields"
import { type EventKind, isEventKind } from "@galaxy/contract/events/EventKinds"
import { GameId, InviteId, UserId } from "@galaxy/contract/ids/Ids"
import { DateTime, Schema } from "effect"
import type { Language } from "../shared/mailLanguage.ts"

/** A rendered mail, in plain text. */
export interface MailText {
  readonly subject: string
  readonly text: string
}

/** The mail of a kind: one text per language, made from the decoded payload. */
export interface KindMail<P> {
  readonly texts: Readonly<Record<Language, (payload: P) => MailText>>
  /** The player who causes the mail and might flood a mailbox; absent if the platform does. Such mails are bounded. */
  readonly sender?: (payload: P) => UserId
  /** After this time the mail is not worth sending; absent means never. */
  readonly expiresAt?: (payload: P) => DateTime.Utc
}

/** A row of the catalogue. An intent whose payload doesn't decode with `payload` is malformed. */
export interface Kind<P> {
  readonly payload: Schema.Codec<P, unknown>
  /** Absent if the kind has no mail. */
  readonly mail?: KindMail<P>
}

const kind = <P>(it: Kind<P>): Kind<P> => it

const game = { game_id: GameId }
const label = Schema.String.check(Schema.isMaxLength(1_000))

/** For players: to the minute, in UTC. */
const minute = (at: DateTime.Utc): string => `${DateTime.formatIso(at).slice(0, 16).replace("T", " ")} UTC`

/** All kinds by name. The compiler requires a row for each kind of `EventKinds`. */
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
      sender: (it) => it.issuer_user_id,
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

/** The row of a kind; undefined for an unknown name, since a producer may have been built from another version. */
export const find = (name: string): Kind<never> | undefined =>
  isEventKind(name) ? (kinds[name] as unknown as Kind<never>) : undefined
