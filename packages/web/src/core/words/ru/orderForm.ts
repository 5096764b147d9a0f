/** The form in which any order can be put together. Loaded with the form. */
import type { orderForm as en } from "../en/orderForm.ts"
import { plural } from "../plural.ts"
import type { Section } from "../Section.ts"

const orderForms = plural("ru", { one: "приказ", few: "приказа", many: "приказов" })

/** In Russian. */
export const orderForm: Section<typeof en> = {
  op: "Приказ",
  ops: {
    peace: "Заключить мир",
    war: "Объявить войну",
    break_group: "Отделить корабли",
    design_class: "Новый проект корабля",
    delete_class: "Удалить проект",
    rename_class: "Переименовать проект",
    create_science: "Основать науку",
    delete_science: "Удалить науку",
    merge_groups: "Объединить одинаковые группы",
    join_fleet: "Включить во флот",
    merge_fleets: "Влить в другой флот",
    give: "Передать",
    dismantle: "Разобрать",
    load: "Погрузить",
    unload: "Разгрузить",
    rename_planet: "Переименовать",
    produce: "Производить",
    route: "Грузовой маршрут",
    send: "Послать",
    vote: "Голосовать за",
    upgrade: "Модернизировать",
    quit: "Покинуть игру"
  },
  fields: {
    planet: "Планета",
    to: "Куда",
    product: "Что",
    name: "Новое название",
    race: "Раса",
    group: "Группа",
    ships: "Корабли",
    fleet: "Флот",
    into: "В какой флот",
    class: "Проект",
    science: "Наука",
    goods: "Груз",
    amount: "Сколько",
    block: "Что именно",
    level: "До уровня",
    drive: "Двигатель",
    armament: "Пушки",
    weapons: "Оружие",
    shields: "Щиты",
    cargo: "Трюм"
  },
  called: "Название",
  empty: { ships: "все", amount: "сколько войдёт", level: "вашего", to: "конец маршрута" },
  planetHint: "Название или номер",
  wrong: {
    planet: "Такой планеты нет.",
    to: "Такой планеты нет.",
    number: "Нужно число не меньше 0.",
    whole: "Нужно целое число.",
    choice: "Это здесь выбрать нельзя."
  },
  newest: "Последняя группа",
  fleetNamed: (name: string) => `Флот ${name}`,
  groupNamed: (number: number, count: number, name: string, place: string) => `${number}: ${count} × ${name}, ${place}`,
  groupFlying: (place: string) => `летит к ${place}`,
  everybody: "Все",
  yourself: (race: string) => `${race} (вы)`,
  go: "Добавить в приказы",
  save: "Изменить",
  cancel: "Отмена",
  forEach: (count: number) => `${count} ${orderForms(count)}`,
  quitWarning:
    "Через три хода ваша раса покинет игру и потеряет все планеты и корабли. Любой приказ после этого отменит уход."
}
