/** The turns that have passed: to read, to compare, and as charts. Loaded with its page. */
import type { archive as en } from "../en/archive.ts"
import { plural } from "../plural.ts"
import type { Section } from "../Section.ts"

const turnForms = plural("ru", { one: "ход", few: "хода", many: "ходов" })

/** In Russian. */
export const archive: Section<typeof en> = {
  title: "Архив",
  text: "Любой прошедший ход можно перечитать.",
  open: "Посмотреть ход",
  turn: "Ход",
  report: "Отчёт",
  map: "Карта",
  orders: "Приказы",
  turnName: (turn: number, kept: boolean) => (kept ? `Ход ${turn}, на этом устройстве` : `Ход ${turn}`),
  charts: "Ход за ходом",
  measure: "Что показать",
  measures: {
    population: "Люди",
    industry: "Промышленность",
    planets: "Планеты",
    votes: "Голоса",
    drive: "Технология двигателей",
    weapons: "Технология оружия",
    shields: "Технология щитов",
    cargo: "Технология трюмов"
  },
  chartOf: (measure: string) => `${measure} каждой расы по ходам`,
  asTable: "Таблицей",
  only: (known: number, all: number) => `На этом устройстве: ${known} из ${all} ${turnForms(all)}.`,
  fill: (missing: number) => `Загрузить ещё ${missing} ${turnForms(missing)}`,
  filling: (left: number) => `Загружаем, осталось: ${left} ${turnForms(left)}…`,
  stop: "Остановить",
  compare: "Сравнение двух ходов",
  from: "С хода",
  to: "По ход",
  loading: "Загружаем оба отчёта…",
  same: "Выберите два разных хода.",
  sum: (won: number, lost: number) => `получено: ${won}, потеряно: ${lost}`,
  yours: "У вас",
  planets: "Ваши планеты",
  won: "Получена",
  lost: "Потеряна",
  changed: "Изменилась",
  noPlanets: "Ни одна из ваших планет не изменилась.",
  ships: "Ваши корабли",
  noShips: "Кораблей каждого проекта столько же, сколько было.",
  all: "Все корабли",
  races: "Расы",
  techs: "Технологии",
  change: "Что",
  before: (turn: number) => `Ход ${turn}`,
  difference: "Изменение",
  gone: "выбыла из игры",
  turned: { war: "теперь война", peace: "теперь мир" },
  vote: (before: string, after: string) => `Тогда вы голосовали за расу ${before}, теперь за расу ${after}.`,
  overTime: "Технологии ход за ходом",
  inArchive: "Все графики и сравнения"
}
