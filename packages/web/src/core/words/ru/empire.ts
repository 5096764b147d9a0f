/** Lists of one's own things, and what can be ordered from them: planets, ships, designs, races. */
import type { empire as en } from "../en/empire.ts"
import type { Section } from "../Section.ts"
import { plural } from "../plural.ts"

const shipForms = plural("ru", { one: "корабль", few: "корабля", many: "кораблей" })
const groupForms = plural("ru", { one: "группа", few: "группы", many: "групп" })
const turnForms = plural("ru", { one: "ход", few: "хода", many: "ходов" })

/** In Russian. */
export const empire: Section<typeof en> = {
  filter: "Фильтр",
  filterHint: "Название, проект, раса…",
  noMatch: "Ничего не подходит.",
  select: (name: string) => `Выбрать: ${name}`,
  selectAll: "Выбрать всё из списка",
  chosen: (count: number) => `Выбрано: ${count}`,
  clear: "Снять выбор",
  ordered: "приказано",
  totals: "Всего",
  planets: {
    title: "Планеты",
    kinds: { my_planets: "Мои", foreign_planets: "Чужие", uninhabited: "Необитаемые", unknown: "Неизвестные" },
    kind: "Какие планеты"
  },
  ships: {
    title: "Корабли",
    kinds: { my_groups: "Мои группы", my_fleets: "Мои флоты", foreign_groups: "Чужие", approaching: "Приближаются" },
    kind: "Какие корабли",
    count: (groups: number, count: number) => `${groups} ${groupForms(groups)}, ${count} ${shipForms(count)}`
  },
  races: {
    title: "Расы",
    votes: "Голоса",
    relations: "Отношения и технологии",
    voteFor: "Голосовать за",
    vote: "Отдать голоса расе",
    war: "Война",
    peace: "Мир",
    peaceAll: "Мир со всеми",
    warAll: "Война всем",
    leave: "Покинуть игру",
    attitude: (race: string) => `Отношение: ${race}`,
    attitudes: "Это видите только вы. Что о вас думают они, станет ясно, когда корабли встретятся."
  },
  designs: {
    title: "Проекты",
    designer: "Конструктор кораблей",
    name: "Название",
    nameHint: "До 20 букв и цифр",
    startFrom: "Начать с проекта",
    blank: "Пустой проект",
    blocks: { drive: "Двигатель", armament: "Пушки", weapons: "Калибр пушки", shields: "Щиты", cargo: "Трюм" },
    add: "Добавить в приказы",
    needsName: "Нужно название.",
    added: (name: string) => `${name} теперь в приказах`,
    figures: {
      mass: "Масса",
      speed: "Скорость пустого",
      loaded: "Скорость полного",
      attack: "Сила пушки",
      defence: "Защита",
      hold: "Трюм",
      bombing: "Бомбардировка",
      price: "Цена"
    },
    perTurn: "св. лет за ход",
    priceText: (points: string, ore: string) => `${points} очков и ${ore} сырья`,
    yards: "Что построили бы ваши планеты",
    perPlanet: (count: number) => `${count} за ход`,
    turnsFor: (turns: number) => `1 за ${turns} ${turnForms(turns)}`,
    never: "нет сырья",
    allYards: (count: number) => `Все планеты: ${count}`,
    fewerYards: "Свернуть",
    even: "Кораблей для равного боя, примерно",
    masses: { drive: "двигатель", weapons: "пушки", shields: "щиты", cargo: "трюм" },
    against: "Против тех, кого вы видели",
    againstText: "Шанс одного выстрела по формуле правил.",
    seenIn: (turn: number) => `видели на ходу ${turn}`,
    youHit: "Вы уничтожите",
    itHits: "Уничтожат вас",
    none: "Чужих кораблей с пушками или щитами вы ещё не видели.",
    classes: "Мои проекты кораблей",
    sciences: "Мои науки",
    newScience: "Новая наука",
    parts: "Как делятся очки исследований"
  }
}
