/** What the operators' address is mailed about. Payloads hold ids and names, and no address of a player. */
import { ApplicationId, DeliveryId, UserId } from "@galaxy/contract/ids/Ids"
import { Schema } from "effect"
import { game, label, mailed, titled } from "./Kind.ts"

const ofRuntime = Schema.Struct({ ...game, detail: label })
type OfRuntime = typeof ofRuntime.Type

/** A mail about a game's engine: what has happened, and what to do. */
const runtime = (en: { what: string; advice: string }, ru: { what: string; advice: string }) =>
  mailed({
    payload: ofRuntime,
    mail: {
      words: {
        en: (it: OfRuntime) => ({
          subject: `${en.what}: ${titled(it.game_name)}`,
          paragraphs: [`${en.what}. Game "${it.game_name}", ${it.game_id}.`, `Detail: ${it.detail}`, en.advice]
        }),
        ru: (it: OfRuntime) => ({
          subject: `${ru.what}: ${titled(it.game_name)}`,
          paragraphs: [`${ru.what}. Игра «${it.game_name}», ${it.game_id}.`, `Подробности: ${it.detail}`, ru.advice]
        })
      }
    }
  })

/** The rows of the kinds that only operators are told of. */
export const operatorKinds = {
  "lobby.application.submitted": mailed({
    payload: Schema.Struct({
      ...game,
      application_id: ApplicationId,
      applicant_user_id: UserId,
      race_name: label
    }),
    mail: {
      sender: (it) => it.applicant_user_id,
      words: {
        en: (it) => ({
          subject: `Application to a public game: ${titled(it.game_name)}`,
          paragraphs: [
            `Player ${it.applicant_user_id} applies for a seat in the public game "${it.game_name}" (${it.game_id}) as ${it.race_name}.`,
            `Approve or reject application ${it.application_id} on the admin surface.`
          ]
        }),
        ru: (it) => ({
          subject: `Заявка в открытую игру: ${titled(it.game_name)}`,
          paragraphs: [
            `Игрок ${it.applicant_user_id} просит место в открытой игре «${it.game_name}» (${it.game_id}) за расу ${it.race_name}.`,
            `Одобрите или отклоните заявку ${it.application_id} через администраторский API.`
          ]
        })
      }
    }
  }),
  "mail.dead_lettered": mailed({
    payload: Schema.Struct({ delivery_id: DeliveryId, template_id: label, detail: label }),
    mail: {
      words: {
        en: (it) => ({
          subject: `A mail was given up: ${titled(it.template_id)}`,
          paragraphs: [
            `The mail ${it.delivery_id} (${it.template_id}) was given up: ${it.detail}.`,
            "Its attempts are listed on the admin surface, where it can be sent again."
          ]
        }),
        ru: (it) => ({
          subject: `Письмо не доставлено: ${titled(it.template_id)}`,
          paragraphs: [
            `Отправка письма ${it.delivery_id} (${it.template_id}) прекращена: ${it.detail}.`,
            "Попытки видны через администраторский API; там же письмо можно отправить снова."
          ]
        })
      }
    }
  }),
  "runtime.image_missing": runtime(
    {
      what: "An engine's image is missing",
      advice: "The game can't start before the image is there. Then try its start again."
    },
    {
      what: "Нет образа движка",
      advice: "Игра не начнётся, пока образ не появится. После этого повторите запуск."
    }
  ),
  "runtime.start_failed": runtime(
    { what: "A game could not be started", advice: "Its owner, or you, can try the start again." },
    { what: "Игру не удалось запустить", advice: "Запуск может повторить владелец игры или вы." }
  ),
  "runtime.engine_unhealthy": runtime(
    { what: "An engine is unhealthy", advice: "If it doesn't recover by itself, restart it on the admin surface." },
    {
      what: "Движок неисправен",
      advice: "Если он не восстановится сам, перезапустите его через администраторский API."
    }
  ),
  "runtime.turn_failed": runtime(
    {
      what: "A turn could not be made",
      advice: "When the cause is removed, force the next turn on the admin surface."
    },
    {
      what: "Ход не удалось сделать",
      advice: "Когда причина будет устранена, запустите ход через администраторский API."
    }
  )
} as const
