/** Facts of running games that players are told of, and the end of a session. */
import { Timestamp } from "@galaxy/contract/api/Fields"
import { Schema } from "effect"
import { game, kind, label, mailed, minute, titled, turns } from "./Kind.ts"

const russian = new Intl.PluralRules("ru")
const turnsInRussian: Partial<Record<Intl.LDMLPluralRule, string>> = { one: "ход", few: "хода" }

/** `1 turn`, `5 turns`. */
const turnsEn = (count: number) => (count === 1 ? "1 turn" : `${count} turns`)
const turnsRu = (count: number) => `${count} ${turnsInRussian[russian.select(count)] ?? "ходов"}`

/** The rows of the kinds `game.…`. */
export const gameKinds = {
  "game.started": mailed({
    payload: Schema.Struct(game),
    mail: {
      words: {
        en: (it) => ({
          subject: `The game has started: ${titled(it.game_name)}`,
          paragraphs: [`The game "${it.game_name}" has started. Open your client to give your first orders.`]
        }),
        ru: (it) => ({
          subject: `Игра началась: ${titled(it.game_name)}`,
          paragraphs: [`Игра «${it.game_name}» началась. Откройте клиент, чтобы отдать первые приказы.`]
        })
      }
    }
  }),
  "game.finished": mailed({
    payload: Schema.Struct({ ...game, turn: turns }),
    mail: {
      words: {
        en: (it) => ({
          subject: `The game is over: ${titled(it.game_name)}`,
          paragraphs: [
            `The game "${it.game_name}" is over after ${turnsEn(it.turn)}.`,
            "Open your client to read the last report."
          ]
        }),
        ru: (it) => ({
          subject: `Игра окончена: ${titled(it.game_name)}`,
          paragraphs: [
            `Игра «${it.game_name}» окончена. Сделано ходов: ${it.turn}.`,
            "Откройте клиент, чтобы прочитать последний отчёт."
          ]
        })
      }
    }
  }),
  "game.generation.failed": kind({ payload: Schema.Struct({ ...game, turn: turns }) }),
  "game.turn.ready": kind({ payload: Schema.Struct({ game_id: game.game_id, turn: turns }) }),
  "game.turn.delayed": kind({ payload: Schema.Struct({ ...game, turn: turns, next_turn_at: Timestamp }) }),
  "game.turn.missed": mailed({
    payload: Schema.Struct({ ...game, turn: turns, missed: turns }),
    mail: {
      words: {
        en: (it) => ({
          subject: `Your orders are missing: ${titled(it.game_name)}`,
          paragraphs: [
            `You have given no orders for ${turnsEn(it.missed)} in a row in the game "${it.game_name}".`,
            "Open your client to give orders for the next turn. If you stay away, you may lose your seat."
          ]
        }),
        ru: (it) => ({
          subject: `Нет ваших приказов: ${titled(it.game_name)}`,
          paragraphs: [
            `В игре «${it.game_name}» от вас нет приказов уже ${turnsRu(it.missed)} подряд.`,
            "Откройте клиент и отдайте приказы на следующий ход. Если вы не вернётесь, то можете потерять место в игре."
          ]
        })
      }
    }
  }),
  "game.seat.taken_over": mailed({
    payload: Schema.Struct({ ...game, race_name: label }),
    mail: {
      words: {
        en: (it) => ({
          subject: `A computer player has taken your seat: ${titled(it.game_name)}`,
          paragraphs: [
            `A computer player now plays ${it.race_name} in the game "${it.game_name}", because you gave no orders for too many turns.`
          ]
        }),
        ru: (it) => ({
          subject: `Ваше место занял компьютерный игрок: ${titled(it.game_name)}`,
          paragraphs: [
            `Расой ${it.race_name} в игре «${it.game_name}» теперь управляет компьютерный игрок: вы не отдавали приказов слишком много ходов.`
          ]
        })
      }
    }
  })
} as const

/** The rows of the kinds `user.…`. */
export const userKinds = {
  "user.session.ended": mailed({
    payload: Schema.Struct({ ended_at: Timestamp, device_label: Schema.optionalKey(label) }),
    mail: {
      words: {
        en: (it) => ({
          subject: "One of your devices was signed out of Galaxy",
          paragraphs: [
            it.device_label === undefined
              ? "You signed in on another device, and you have reached the limit of signed-in devices. The one that was idle longest was signed out."
              : `You signed in on another device, and you have reached the limit of signed-in devices. The one that was idle longest, "${it.device_label}", was signed out.`,
            `This happened at ${minute(it.ended_at)}. If you didn't sign in yourself, end all sessions in your client.`
          ]
        }),
        ru: (it) => ({
          subject: "Одно из ваших устройств отключено от Galaxy",
          paragraphs: [
            it.device_label === undefined
              ? "Вы вошли на новом устройстве, а число устройств ограничено. Дольше всего не использовавшееся устройство отключено."
              : `Вы вошли на новом устройстве, а число устройств ограничено. Дольше всего не использовавшееся устройство «${it.device_label}» отключено.`,
            `Это произошло ${minute(it.ended_at)}. Если это были не вы, завершите в клиенте все сеансы.`
          ]
        })
      }
    }
  })
} as const
