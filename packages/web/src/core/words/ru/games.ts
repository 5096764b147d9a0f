/** The list of a player's games. */
import type { games as en } from "../en/games.ts"
import type { Section } from "../Section.ts"

/** In Russian. */
export const games: Section<typeof en> = {
  title: "Игры",
  mine: "Ваши игры",
  open: "Открытые игры",
  invitations: "Приглашения",
  newGame: "Новая игра",
  quickStart: "Играть с компьютером",
  join: "Войти по коду",
  joinCode: "Код или ссылка",
  joinGo: "Посмотреть",
  empty: "Вы пока нигде не играете",
  emptyText: "Начните игру с компьютером или создайте свою и позовите друзей.",
  noOpen: "Сейчас нет игр, открытых для всех.",
  showMore: "Показать ещё",
  turn: (turn: number) => `Ход ${turn}`,
  dueIn: (time: string) => `осталось ${time}`,
  ordersMissing: "Приказов ещё нет",
  ordersGiven: (orders: number, refused: number) =>
    refused === 0 ? `Приказов: ${orders}` : `Приказов: ${orders}, отклонено: ${refused}`,
  ready: "Вы готовы",
  seats: (taken: number, all: number) => `мест занято: ${taken} из ${all}`,
  computers: (count: number) => `компьютерных игроков: ${count}`,
  status: {
    draft: "Готовится",
    enrollment_open: "Набор открыт",
    ready_to_start: "Готова к старту",
    starting: "Запускается",
    start_failed: "Запуск не удался",
    running: "Идёт",
    paused: "Приостановлена",
    finished: "Окончена",
    cancelled: "Отменена"
  },
  owner: "ваша",
  as: (race: string) => `за ${race}`,
  ended: "Прошедшие игры"
}
