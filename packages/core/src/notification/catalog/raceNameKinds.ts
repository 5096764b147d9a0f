/** What players are told of their race names. */
import { Timestamp } from "@galaxy/contract/api/Fields"
import { Schema } from "effect"
import { game, label, mailed, minute, titled } from "./Kind.ts"

/** The rows of the kinds `lobby.race_name.…`. */
export const raceNameKinds = {
  "lobby.race_name.registered": mailed({
    payload: Schema.Struct({ race_name: label }),
    mail: {
      words: {
        en: (it) => ({
          subject: `The race name is yours: ${titled(it.race_name)}`,
          paragraphs: [
            `The race name "${it.race_name}" is registered to you.`,
            "Nobody else can play under it, or under one that looks like it."
          ]
        }),
        ru: (it) => ({
          subject: `Название расы теперь ваше: ${titled(it.race_name)}`,
          paragraphs: [
            `Название расы «${it.race_name}» закреплено за вами.`,
            "Никто другой не сможет играть под ним или под похожим названием."
          ]
        })
      }
    }
  }),
  "lobby.race_name.pending": mailed({
    payload: Schema.Struct({ race_name: label, ...game, expires_at: Timestamp }),
    mail: {
      expiresAt: (it) => it.expires_at,
      words: {
        en: (it) => ({
          subject: `You may register a race name: ${titled(it.race_name)}`,
          paragraphs: [
            `With your result in the game "${it.game_name}" you have earned the race name "${it.race_name}".`,
            `You may register it until ${minute(it.expires_at)}. After that it is free for everybody.`
          ]
        }),
        ru: (it) => ({
          subject: `Вы можете закрепить название расы: ${titled(it.race_name)}`,
          paragraphs: [
            `Результатом в игре «${it.game_name}» вы заслужили название расы «${it.race_name}».`,
            `Закрепить его за собой можно до ${minute(it.expires_at)}. Потом оно станет свободным для всех.`
          ]
        })
      }
    }
  }),
  "lobby.race_name.expired": mailed({
    payload: Schema.Struct({ race_name: label }),
    mail: {
      words: {
        en: (it) => ({
          subject: `The race name is free again: ${titled(it.race_name)}`,
          paragraphs: [`You didn't register the race name "${it.race_name}" in time. It is free for everybody again.`]
        }),
        ru: (it) => ({
          subject: `Название расы снова свободно: ${titled(it.race_name)}`,
          paragraphs: [`Вы не закрепили за собой название расы «${it.race_name}» вовремя. Оно снова свободно для всех.`]
        })
      }
    }
  })
} as const
