/** Facts of the lobby that players are told of: invites, applications, memberships, the game's state, race names. */
import { Timestamp } from "@galaxy/contract/api/Fields"
import { ApplicationId, InviteId, MembershipId, UserId } from "@galaxy/contract/ids/Ids"
import { Schema } from "effect"
import { game, kind, label, mailed, minute, titled } from "./Kind.ts"

const ofApplication = Schema.Struct({ ...game, application_id: ApplicationId })

/** Why a membership has ended. */
const whyRemoved = Schema.Literals(["removed", "left", "blocked", "deleted", "absent"])
type WhyRemoved = typeof whyRemoved.Type

const removedWords = {
  en: {
    removed: "You were removed from it.",
    left: "You have left it.",
    blocked: "Your account has been blocked.",
    deleted: "Your account has been deleted.",
    absent: "You gave no orders for too many turns."
  },
  ru: {
    removed: "Вас исключили из неё.",
    left: "Вы вышли из неё.",
    blocked: "Ваша учётная запись заблокирована.",
    deleted: "Ваша учётная запись удалена.",
    absent: "Вы не отдавали приказов слишком много ходов."
  }
} as const satisfies Record<string, Record<WhyRemoved, string>>

/** The rows of the kinds `lobby.…` that players are told of. */
export const lobbyKinds = {
  "lobby.invite.received": mailed({
    payload: Schema.Struct({ ...game, invite_id: InviteId, issuer_user_id: UserId, expires_at: Timestamp }),
    mail: {
      sender: (it) => it.issuer_user_id,
      expiresAt: (it) => it.expires_at,
      words: {
        en: (it) => ({
          subject: "You are invited to a game of Galaxy",
          paragraphs: [
            `You are invited to the game "${it.game_name}".`,
            `The invite is valid until ${minute(it.expires_at)}. Open your client to accept or decline it.`
          ]
        }),
        ru: (it) => ({
          subject: "Вас приглашают в игру Galaxy",
          paragraphs: [
            `Вас приглашают в игру «${it.game_name}».`,
            `Приглашение действует до ${minute(it.expires_at)}. Откройте клиент, чтобы принять его или отклонить.`
          ]
        })
      }
    }
  }),
  "lobby.invite.revoked": kind({
    payload: Schema.Struct({ game_id: game.game_id, invite_id: InviteId, game_name: Schema.optionalKey(label) })
  }),
  "lobby.application.approved": mailed({
    payload: ofApplication,
    mail: {
      words: {
        en: (it) => ({
          subject: `You are in the game: ${titled(it.game_name)}`,
          paragraphs: [
            `Your application to the game "${it.game_name}" was approved. You have a seat in it.`,
            "You will be told when the game starts."
          ]
        }),
        ru: (it) => ({
          subject: `Вас приняли в игру: ${titled(it.game_name)}`,
          paragraphs: [
            `Ваша заявка на участие в игре «${it.game_name}» одобрена. За вами закреплено место.`,
            "Мы сообщим, когда игра начнётся."
          ]
        })
      }
    }
  }),
  "lobby.application.rejected": mailed({
    payload: ofApplication,
    mail: {
      words: {
        en: (it) => ({
          subject: `Your application was turned down: ${titled(it.game_name)}`,
          paragraphs: [
            `Your application to the game "${it.game_name}" was turned down.`,
            "Other games are open to you in the lobby."
          ]
        }),
        ru: (it) => ({
          subject: `Ваша заявка отклонена: ${titled(it.game_name)}`,
          paragraphs: [`Ваша заявка на участие в игре «${it.game_name}» отклонена.`, "В лобби вас ждут другие игры."]
        })
      }
    }
  }),
  "lobby.membership.removed": mailed({
    payload: Schema.Struct({ ...game, membership_id: MembershipId, reason: whyRemoved }),
    mail: {
      words: {
        en: (it) => ({
          subject: `You are no longer in the game: ${titled(it.game_name)}`,
          paragraphs: [`You are no longer in the game "${it.game_name}".`, removedWords.en[it.reason]]
        }),
        ru: (it) => ({
          subject: `Вы больше не участвуете в игре: ${titled(it.game_name)}`,
          paragraphs: [`Вы больше не участвуете в игре «${it.game_name}».`, removedWords.ru[it.reason]]
        })
      }
    }
  }),
  "lobby.membership.blocked": mailed({
    payload: Schema.Struct({ ...game, membership_id: MembershipId }),
    mail: {
      words: {
        en: (it) => ({
          subject: `You were blocked from the game: ${titled(it.game_name)}`,
          paragraphs: [
            `You were blocked from the game "${it.game_name}". You are no longer in it and can't join it again.`
          ]
        }),
        ru: (it) => ({
          subject: `Вам закрыли доступ к игре: ${titled(it.game_name)}`,
          paragraphs: [
            `Вам закрыли доступ к игре «${it.game_name}». Вы больше не участвуете в ней и не сможете вступить в неё снова.`
          ]
        })
      }
    }
  }),
  "lobby.game.cancelled": mailed({
    payload: Schema.Struct(game),
    mail: {
      words: {
        en: (it) => ({
          subject: `The game was cancelled: ${titled(it.game_name)}`,
          paragraphs: [`The game "${it.game_name}" was cancelled. No more turns are made in it.`]
        }),
        ru: (it) => ({
          subject: `Игра отменена: ${titled(it.game_name)}`,
          paragraphs: [`Игра «${it.game_name}» отменена. Ходов в ней больше не будет.`]
        })
      }
    }
  }),
  "lobby.game.paused": kind({ payload: Schema.Struct(game) }),
  "lobby.game.resumed": kind({ payload: Schema.Struct(game) })
} as const
