/** The frame of a game: its bar, its pages and the states in which it can be. */
import type { play as en } from "../en/play.ts"
import type { Section } from "../Section.ts"
import { plural } from "../plural.ts"

const turns = plural("ru", { one: "ход", few: "хода", many: "ходов" })

/** In Russian. */
export const play: Section<typeof en> = {
  nav: {
    label: "Игра",
    map: "Карта",
    planets: "Планеты",
    ships: "Корабли",
    designs: "Проекты",
    races: "Расы",
    orders: "Приказы",
    report: "Отчёт",
    archive: "Архив",
    empire: "Империя",
    more: "Ещё",
    games: "Все игры"
  },
  turn: (turn: number) => `Ход ${turn}`,
  left: (time: string) => `осталось ${time}`,
  until: (time: string) => `до ${time}`,
  due: "Ход просчитывается",
  noTurnDue: "Ход не назначен",
  votes: "Голоса",
  ofVotes: (needed: string) => `из ${needed}`,
  votesText: (have: string, needed: string) => `У вас ${have} из ${needed} голосов, нужных для победы.`,
  past: (turn: number) => `Вы смотрите ход ${turn}`,
  pastText: "Приказы относятся к последнему ходу.",
  backToCurrent: (turn: number) => `Вернуться к ходу ${turn}`,
  ready: {
    shown: (turn: number) => `Это ход ${turn}`,
    title: (turn: number) => `Ход ${turn} готов`,
    away: (count: number) => `С вашего последнего визита: ${count} ${turns(count)}.`,
    viewNow: "Посмотреть",
    short: (turn: number) => `К ходу ${turn}`
  },
  fromDevice: "Данные с этого устройства: сервер ещё не ответил.",
  reportMissing: "Отчёт этого хода не удалось загрузить",
  starting: "Игра ещё не началась",
  startingText: "Карта и первый отчёт появятся здесь после старта.",
  toLobby: "К странице игры",
  removed: "Вы больше не участвуете в этой игре",
  removedText: "Всё, что есть на этом устройстве, можно читать, но новых отчётов не будет.",
  blocked: "Вам закрыт доступ к этой игре",
  paused: "Игра приостановлена",
  pausedText: "Пока она стоит, ходов не будет. Приказы можно писать: они уйдут, когда игра продолжится.",
  failed: "Ход не удалось просчитать",
  failedText: "Те, кто держит сервер, уже знают. Ваши приказы сохранены.",
  finished: "Игра окончена",
  won: "Вы победили",
  wonWith: (names: string) => `Вы победили вместе с: ${names}.`,
  winners: (names: string) => `Победители: ${names}.`,
  noWinners: "Никто не победил.",
  extinct: "Ваша раса выбыла из игры",
  extinctText: "Отчёты о прожитых ею ходах можно читать.",
  cancelled: "Игра отменена",
  more: {
    title: "Ещё",
    gamePage: "Об этой игре",
    keys: "Клавиши",
    keysOn: "Клавиши без Ctrl и Alt работают",
    keysText: "Выключите их, если управляете голосом или нажимаете клавиши случайно.",
    keyList: {
      pages: "Карта, планеты, корабли, проекты, расы, приказы, отчёт, архив",
      turns: "Предыдущий и следующий ход",
      undo: "Отменить и вернуть приказ",
      find: "Найти планету",
      planets: "Следующая и предыдущая ваша планета",
      neighbour: "Ближайшая планета в эту сторону",
      need: "Следующая планета, которая ждёт вас",
      inspect: "Показать планету или отдать приказ; шаг назад",
      order: "Производство, отправка, маршрут, погрузка, модернизация",
      reach: "Дальность, измерение",
      pan: "Двигать карту",
      zoom: "Ближе, дальше, целиком, домой",
      help: "Весь этот список"
    }
  },
  turnsLeft: (count: number) =>
    count === 1
      ? "Отдайте приказ: ещё один ход без приказов, и ваша раса выбудет из игры."
      : `Отдайте приказ: через ${count} ${turns(count)} без приказов ваша раса выбудет из игры.`
}
