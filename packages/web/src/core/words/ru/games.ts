/** The list of a player's games. */
import type { games as en } from "../en/games.ts"
import type { Section } from "../Section.ts"
import { plural } from "./plural.ts"

/** In Russian. */
export const games: Section<typeof en> = {
  kept: (when: string) => `Как было на этом устройстве: ${when}`,
  title: "Игры",
  mine: "Ваши игры",
  open: "Открытые игры",
  invitations: "Приглашения",
  newGame: "Новая игра",
  quickStart: "Играть с компьютером",
  join: "Войти по коду",
  empty: "Вы пока нигде не играете",
  emptyText: "Начните игру с компьютером: это займёт минуту. Или создайте свою и позовите друзей.",
  noOpen: "Сейчас нет игр, открытых для всех.",
  showMore: "Показать ещё",
  turn: (turn: number) => `Ход ${turn}`,
  dueIn: (time: string) => `осталось ${time}`,
  dueNow: "вот-вот",
  nextTurn: (time: string) => `Следующий ход через ${time}`,
  startsAlone: "Ход делается, когда все готовы",
  ordersMissing: "Приказов ещё нет",
  ordersGiven: (orders: number, refused: number) => {
    const given = `Отдано ${orders} ${plural(orders, "приказ", "приказа", "приказов")}`
    return refused === 0 ? given : `${given}, отклонено ${refused}`
  },
  ready: "Вы готовы",
  watching: "Вы в ней не играете",
  noRace: "расы ещё нет",
  seats: (taken: number, all: number) => `занято мест: ${taken} из ${all}`,
  missing: (count: number) => `Нужно ещё ${count} ${plural(count, "игрок", "игрока", "игроков")}`,
  canStart: "Можно начинать",
  waitsForOwner: "Ждёт своего владельца",
  waitsForPlayers: "Ждёт игроков",
  startFailed: "Ничего не потеряно, можно запустить ещё раз.",
  beingMade: "Создаётся галактика",
  pausedText: (turn: number) => `Ход ${turn} остаётся открытым`,
  stoppedText: "Остановлена администраторами",
  finishedText: (turn: number) => `Длилась ${turn} ${plural(turn, "ход", "хода", "ходов")}`,
  leftText: "Вы в ней больше не участвуете",
  computers: (count: number) =>
    `${count} ${plural(count, "компьютерный игрок", "компьютерных игрока", "компьютерных игроков")}`,
  status: {
    draft: "Готовится",
    enrollment_open: "Идёт набор",
    ready_to_start: "Готова к старту",
    starting: "Запускается",
    start_failed: "Запуск не удался",
    running: "Идёт",
    paused: "Приостановлена",
    finished: "Окончена",
    cancelled: "Отменена"
  },
  owner: "Ваша",
  as: (race: string) => `за ${race}`,
  ended: "Прошедшие игры",
  game: "Игра",
  races: "Места",
  turns: "Ходы",
  apply: "Подать заявку",
  applied: "Заявка подана",
  look: "Посмотреть",
  invitedBy: (name: string) => `от ${name}`,
  openUntil: (time: string) => `Действует до: ${time}`,
  accept: "Вступить",
  decline: "Отклонить",
  received: (name: string) => `${name} зовёт вас в эту игру.`,
  takeSeat: "Занять место",
  applyLead: "Кому дать место, решает администратор.",
  /** When turns are made, as part of a sentence. */
  schedule: {
    ready: "когда все готовы",
    daily: (time: string) => `каждый день в ${time}`,
    weekdays: (time: string) => `по будням в ${time}`,
    days: (days: string, time: string) => `${days} в ${time}`,
    monthly: (day: number, time: string) => `${day}-го числа каждого месяца в ${time}`,
    hours: (count: number) => (count === 1 ? "каждый час" : `каждые ${count} ${plural(count, "час", "часа", "часов")}`),
    minutes: (count: number) =>
      count === 1 ? "каждую минуту" : `каждые ${count} ${plural(count, "минуту", "минуты", "минут")}`,
    cron: (fields: string) => `по выражению cron ${fields}`,
    orReady: (schedule: string) => `${schedule}, или когда все готовы`
  }
}
