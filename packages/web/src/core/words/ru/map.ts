/** The map, its inspector and what can be ordered there. */
import type { map as en } from "../en/map.ts"
import type { Section } from "../Section.ts"

const plural = new Intl.PluralRules("ru")
const counted = (count: number, one: string, few: string, many: string) => {
  const kind = plural.select(count)
  return `${count} ${kind === "one" ? one : kind === "few" ? few : many}`
}
const ships = (count: number) => counted(count, "корабль", "корабля", "кораблей")
const turns = (count: number) => counted(count, "ход", "хода", "ходов")
const planets = (count: number) => counted(count, "планета", "планеты", "планет")

/** In Russian. */
export const map: Section<typeof en> = {
  title: "Карта",
  stage: "Карта галактики",
  stageHelp:
    "Стрелки двигают карту, плюс и минус меняют масштаб. Точка и запятая — по вашим планетам, Alt со стрелкой — к ближайшей планете. В списке планет есть всё, что видно на карте.",
  planets: "Планеты на карте",
  showList: "Список",
  colourBy: "Раскрасить",
  colourings: { race: "По расам", stance: "По отношению", resources: "Ресурсы", seen: "Давность" },
  layersTitle: "Слои",
  layers: {
    courses: "Курсы ваших кораблей",
    routes: "Грузовые маршруты",
    flightZone: "Куда можно лететь",
    detectionZone: "Где видны корабли",
    blips: "Неопознанные корабли",
    tracks: "Следы неопознанных кораблей",
    names: "Названия",
    guests: "Чужие корабли у планет",
    unarmed: "Среди них невооружённые",
    scouts: "Разведчики",
    grid: "Сетка, 10 световых лет"
  },
  find: "Найти",
  findHint: "Название, номер или раса",
  findNone: "Такой планеты нет.",
  findCount: (count: number) => planets(count),
  range: "Дальность",
  measure: "Измерить",
  zoomIn: "Ближе",
  zoomOut: "Дальше",
  whole: "Вся карта",
  home: "К родной планете",
  legend: "Обозначения",
  yours: "ваши",
  war: "война",
  peace: "мир",
  nobody: "ничьи",
  unknown: "неизвестно",
  poor: "бедные",
  rich: "богатые",
  seenNow: "в этом ходу",
  seenLongAgo: "10 ходов назад",
  number: (number: number) => `№${number}`,
  homeWorld: "родная планета",
  chosen: (count: number) => `Выбрано: ${planets(count)}`,
  nothing: "Выберите планету, чтобы увидеть, что на ней.",
  nothingText: "Коснитесь её на карте или найдите по названию.",
  close: "Закрыть",
  facts: {
    population: "Население",
    industry: "Промышленность",
    resources: "Ресурсы",
    free_points: "Свободные очки",
    capital: "Капитал",
    materials: "Сырьё",
    colonists: "Колонисты"
  },
  size: "Размер",
  of: (size: string) => `из ${size}`,
  status: {
    mine: "Ваша",
    foreign: (race: string) => `Владелец: ${race}`,
    empty: "Здесь никто не живёт",
    unknown: "Известно только место. Больше увидят корабли, если встанут у планеты.",
    seen: (turn: number) => `Последний раз видели в ходу ${turn}. С тех пор всё могло измениться.`
  },
  production: "Производство",
  makes: "Делает",
  makesNothing: "Ничего",
  was: (product: string) => `было: ${product}`,
  change: "Сменить",
  products: {
    capital: "Капитал",
    materials: "Сырьё",
    research: {
      drive: "Исследование двигателей",
      weapons: "Исследование оружия",
      shields: "Исследование щитов",
      cargo: "Исследование трюмов"
    },
    ships: "Корабли",
    goods: "Промышленность и сырьё",
    researches: "Исследования",
    sciences: "Науки"
  },
  outcome: {
    capital: (amount: string) => `К следующему ходу капитала: ${amount}.`,
    materials: (amount: string) => `К следующему ходу сырья: ${amount}.`,
    research: (levels: string) => `К следующему ходу: ${levels}.`,
    level: { drive: "двигатели", weapons: "оружие", shields: "щиты", cargo: "трюмы" },
    ships: (count: number, kept: string) => `К следующему ходу будет построено: ${count}, останется очков: ${kept}.`,
    none: (kept: string, price: string) =>
      `К следующему ходу ни один не готов: накоплено очков ${kept}, один стоит ${price} и сырьё.`,
    loss: (points: string, name: string, ore: string) =>
      `Пропадут очки, вложенные в ${name}: ${points}; вернётся сырья: ${ore}.`
  },
  here: "Корабли здесь",
  count: (groups: number, count: number) => `${counted(groups, "группа", "группы", "групп")} · ${ships(count)}`,
  scoutsHere: (count: number) => `Разведчики: ${ships(count)}`,
  speed: (speed: string) => `скорость ${speed}`,
  noDrive: "без двигателя",
  unarmed: "без оружия",
  carries: (amount: string, goods: string) => `${goods}: ${amount}`,
  leavesFor: (planet: string, turnsNeeded: number | undefined) =>
    turnsNeeded === undefined ? `→ ${planet}` : `→ ${planet}, ${turns(turnsNeeded)}`,
  inFleet: (fleet: string) => `во флоте ${fleet}`,
  guests: "Чужие корабли",
  arrivals: "Летят сюда",
  arrivesMine: (count: number) => ships(count),
  arrivesForeign: "Чужая группа",
  from: (planet: string) => `от ${planet}`,
  inTurns: (count: number | undefined) => (count === undefined ? "" : `через ${turns(count)}`),
  routes: "Грузовые маршруты",
  routeTo: (planet: string) => `на ${planet}`,
  routeFrom: (planet: string) => `от ${planet}`,
  goods: { COL: "Колонисты", CAP: "Капитал", MAT: "Сырьё", EMP: "Пустые корабли" },
  removeRoute: (goods: string, planet: string) => `Отменить маршрут: ${goods}, ${planet}`,
  ordered: "приказано",
  actions: {
    send: "Отправить",
    load: "Погрузить",
    unload: "Выгрузить",
    upgrade: "Обновить",
    route: "Маршрут",
    rename: "Назвать",
    produce: "Производство"
  },
  choose: {
    all: "Все",
    ofShips: (count: number) => `из ${count}`,
    howMany: (name: string) => `Сколько: ${name}`,
    pick: (name: string) => `Выбрать: ${name}`,
    none: "Сначала выберите корабли."
  },
  loadTitle: "Что погрузить",
  loadStock: (amount: string) => `здесь ${amount}`,
  unloadTitle: "Сколько выгрузить",
  cargo: {
    amount: "Сколько",
    all: "всё",
    most: (amount: string) => `Не больше ${amount}. Пустое поле — всё.`,
    more: (amount: string) => `Места или запаса хватит только на ${amount}.`,
    wrong: "Введите число больше 0."
  },
  needs: (count: number) => `Ждут вас: ${planets(count)}`,
  needsNone: "Сейчас вас ничего не ждёт.",
  upgradeTitle: "Что обновить",
  blocks: { ALL: "Всё", DRIVE: "Двигатель", WEAPONS: "Оружие", SHIELDS: "Щиты", CARGO: "Трюм" },
  routeTitle: "Какой груз",
  newName: "Новое название",
  rename: "Назвать",
  aim: {
    send: (what: string) => `Куда летят: ${what}? Выберите планету.`,
    route: (goods: string) => `Где кончается маршрут (${goods})? Выберите планету.`,
    measure: "Выберите две точки, чтобы измерить расстояние.",
    here: "Они уже здесь.",
    outside: "Туда лететь нельзя: слишком далеко от ваших планет.",
    hint: (distance: string, turnsNeeded: number | undefined) =>
      turnsNeeded === undefined ? `${distance} св. лет` : `${distance} св. лет · ${turns(turnsNeeded)}`,
    go: "Приказать",
    cancel: "Отмена",
    sent: (what: string, planet: string) => `Приказано: ${what} → ${planet}.`,
    routed: (goods: string, planet: string) => `Приказано: маршрут (${goods}) → ${planet}.`
  },
  ships,
  past: (turn: number) => `Это ход ${turn}. Приказы отдаются только в последнем ходу.`,
  eliminated: "У вас больше нет планет",
  eliminatedText: "Отправить корабли никуда нельзя, но карту и отчёты можно читать.",
  describe: {
    yours: "ваша",
    of: (race: string) => `владелец ${race}`,
    nobody: "ничья",
    unknown: "неизвестная",
    people: (count: string) => `население ${count}`,
    size: (size: string) => `размер ${size}`,
    ships: (count: number) => `ваших: ${ships(count)}`,
    guests: (count: number, race: string) => `${race}: ${ships(count)}`,
    scouts: (races: number) => (races === 1 ? "разведчики одной расы" : `разведчики ${races} рас`),
    threats: (count: number, turnsNeeded: number | undefined) =>
      `летят чужие группы: ${count}${turnsNeeded === undefined ? "" : `, первая через ${turns(turnsNeeded)}`}`,
    fight: "в этом ходу бой или бомбардировка",
    seen: (turn: number) => `последний раз видели в ходу ${turn}`,
    makes: (product: string) => `делает: ${product}`
  }
}
