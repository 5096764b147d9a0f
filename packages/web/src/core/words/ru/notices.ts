/** What the player was told. */
import type { notices as en } from "../en/notices.ts"
import type { Section } from "../Section.ts"
import { plural } from "./plural.ts"

/** In Russian. */
export const notices: Section<typeof en> = {
  clock: {
    fast: (by: string) => `Часы этого устройства спешат на ${by}`,
    slow: (by: string) => `Часы этого устройства отстают на ${by}`,
    text: "Сроки и отсчёты здесь идут по часам сервера."
  },
  title: "Уведомления",
  empty: "Пока ничего не случилось",
  emptyText: "Здесь появятся новые ходы, приглашения и всё, что вас касается.",
  unread: "новое",
  unreadCount: (count: number) =>
    `${count} ${plural(count, "новое уведомление", "новых уведомления", "новых уведомлений")}`,
  open: "Открыть",
  aGame: "игра",
  unknown: (kind: string) => `Событие вида ${kind}`,
  today: "Сегодня",
  yesterday: "Вчера",
  settings: "Что показывать сразу",
  settingsText: "Появляется поверх страницы, пока вы смотрите на другое. Только на этом устройстве.",
  say: {
    "game.finished": (game: string, turn: number) => `Игра «${game}» окончена, последний ход ${turn}.`,
    "game.generation.failed": (game: string, turn: number) =>
      `«${game}»: ход ${turn} не удалось сделать. Будет новая попытка.`,
    "game.seat.taken_over": (game: string, race: string) =>
      `«${game}»: расой ${race} теперь управляет компьютер, вы слишком долго не отдавали приказов.`,
    "game.started": (game: string) => `Игра «${game}» началась.`,
    "game.turn.delayed": (game: string) => `«${game}»: следующий ход будет позже, чем намечено.`,
    "game.turn.missed": (game: string, turns: number) =>
      `«${game}»: вы не отдавали приказов ${turns} ${plural(turns, "ход", "хода", "ходов")}.`,
    "game.turn.ready": (game: string, turn: number) => `«${game}»: ход ${turn} готов.`,
    "lobby.application.approved": (game: string) => `У вас есть место в игре «${game}».`,
    "lobby.application.rejected": (game: string) => `Ваша заявка в игру «${game}» отклонена.`,
    "lobby.game.cancelled": (game: string) => `Игра «${game}» отменена.`,
    "lobby.game.paused": (game: string) => `Игра «${game}» приостановлена.`,
    "lobby.game.resumed": (game: string) => `Игра «${game}» продолжается.`,
    "lobby.invite.received": (game: string) => `Вас зовут в игру «${game}».`,
    "lobby.invite.revoked": (game: string) => `Приглашение в игру «${game}» отозвано.`,
    "lobby.membership.blocked": (game: string) => `Вас исключили из игры «${game}», вернуться нельзя.`,
    "lobby.membership.removed": (game: string, reason: string) =>
      reason === "left"
        ? `Вы вышли из игры «${game}».`
        : reason === "absent"
          ? `Ваша раса выбыла из игры «${game}»: вы слишком долго не отдавали приказов.`
          : `У вас больше нет места в игре «${game}».`,
    "lobby.race_name.expired": (race: string) => `Название ${race} не закрепили вовремя, и оно снова свободно.`,
    "lobby.race_name.pending": (race: string, game: string) =>
      `Вы заслужили название ${race} в игре «${game}». Закрепите его вовремя.`,
    "lobby.race_name.registered": (race: string) => `Название ${race} теперь ваше на всей платформе.`
  },
  kinds: {
    "game.finished": "Игра окончена",
    "game.generation.failed": "Ход не удалось сделать",
    "game.seat.taken_over": "Ваше место занял компьютерный игрок",
    "game.started": "Игра началась",
    "game.turn.delayed": "Ход будет позже",
    "game.turn.missed": "Вы пропустили ход",
    "game.turn.ready": "Ход готов",
    "lobby.application.approved": "Заявка принята",
    "lobby.application.rejected": "Заявка отклонена",
    "lobby.game.cancelled": "Игра отменена",
    "lobby.game.paused": "Игра приостановлена",
    "lobby.game.resumed": "Игра продолжается",
    "lobby.invite.received": "Вас приглашают",
    "lobby.invite.revoked": "Приглашение отозвано",
    "lobby.membership.blocked": "Вас заблокировали в игре",
    "lobby.membership.removed": "Вы потеряли место",
    "lobby.race_name.expired": "Название расы освободилось",
    "lobby.race_name.pending": "Вы заслужили название расы",
    "lobby.race_name.registered": "Название расы закреплено"
  }
}
