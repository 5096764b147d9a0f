/** Orders as sentences, what is thought of them, and where the list stands. */
import type { orders as en } from "../en/orders.ts"
import type { Section } from "../Section.ts"
import { plural } from "../plural.ts"

const shipForms = plural("ru", { one: "корабль", few: "корабля", many: "кораблей" })
const ships = (count: number) => `${count} ${shipForms(count)}`

/** In Russian. */
export const orders: Section<typeof en> = {
  title: (turn: number) => `Приказы на ход ${turn}`,
  heading: "Приказы",
  empty: "Приказов пока нет",
  emptyText:
    "Выберите планету, чтобы сказать, что ей производить, или корабли, чтобы сказать, куда лететь. Без приказов планеты делают то же, что и раньше, а корабли летят туда же.",
  pastEmpty: "На этот ход вы не отдали приказов.",
  pastTitle: (turn: number) => `Ваши приказы на ход ${turn}`,
  pastText: "Что с ними стало.",
  expected: { done: "По прогнозу должен был быть выполнен.", refused: "По прогнозу должен был быть отклонён." },
  undo: "Отменить",
  redo: "Вернуть",
  asText: "Текст",
  asList: "Список",
  up: "Выше",
  down: "Ниже",
  remove: "Убрать",
  add: "Добавить приказ",
  change: "Изменить",
  dependsOn: (place: number) => `Нужна строка ${place}`,
  done: "Будет выполнен",
  refused: "Отклонён",
  unjudged: "Ещё не проверен",
  wasChanged: "Сервер решил иначе, чем предсказало это устройство.",
  forNext: "К этому ходу не успел: пойдёт в следующий.",
  sum: (done: number, refused: number, forNext: number) =>
    [
      `будет выполнено: ${done}`,
      ...(refused === 0 ? [] : [`отклонено: ${refused}`]),
      ...(forNext === 0 ? [] : [`на следующий ход: ${forNext}`])
    ].join(", "),
  product: { label: "Производить", choose: "Выберите, что производить…" },
  saves: {
    loading: "Спрашиваем у сервера ваши приказы…",
    savedAt: (time: string) => `Сохранено в ${time}`,
    saved: "Сохранено",
    saving: "Сохраняем…",
    waiting: "Сохранено на устройстве, сейчас отправим",
    unsaved: "Пока только на этом устройстве.",
    retryIn: (seconds: number) => `Следующая попытка через ${seconds} с.`,
    retryNow: "Сохранить сейчас",
    changed: "Ваши приказы изменены на другом устройстве",
    marks: {
      saved: "Приказы сохранены",
      saving: "Сохраняем приказы…",
      unsaved: "Приказы не сохранены",
      changed: "Приказы изменены не здесь",
      closed: "Приём приказов закрыт"
    },
    closed: {
      generating: "Ход просчитывается. Всё, что вы напишете сейчас, относится к следующему.",
      failed:
        "Ход не удалось просчитать, операторы об этом знают. Всё, что вы напишете сейчас, относится к следующему.",
      passed: "Новый ход готов. Всё, что вы напишете сейчас, перейдёт в него.",
      paused: "Игра приостановлена. Приказы хранятся здесь и уйдут, когда она продолжится.",
      finished: "Игра окончена, приказы больше не принимаются."
    }
  },
  conflict: {
    text: "Выберите, какие приказы оставить. Те, что есть в обоих списках, остаются.",
    theirs: "С другого устройства",
    mine: "Отсюда",
    nothing: "Все эти приказы есть и в другом списке.",
    take: "Взять эти",
    onlyTheirs: "Взять другой список",
    onlyMine: "Оставить мой"
  },
  text: {
    label: "Приказы текстом",
    help: "Один приказ в строке, буквой или словом, как в классических файлах приказов. Всё после ; не читается.",
    apply: "Взять этот текст",
    cancel: "Назад к списку",
    copy: "Скопировать",
    copied: "Скопировано",
    notLoaded: "Без сети приказы текстом не показать. Списком пользоваться можно.",
    problem: (line: number, message: string) => `Строка ${line}: ${message}`,
    outside: (lines: number) => `Строк вне рамки приказов: ${lines}. Они не читаются.`
  },
  ready: {
    say: "Приказы готовы",
    takeBack: "Ещё не готовы",
    is: "Вы закончили этот ход.",
    help: "Когда закончат все игроки, ход будет просчитан сразу.",
    notSaved: "Это можно сообщить, когда приказы будут сохранены.",
    failed: "Сохранить не удалось."
  },
  ship: ships,
  goods: { COL: "колонистов", CAP: "капитал", MAT: "сырьё", EMP: "пустые корабли" },
  products: {
    CAP: "капитал",
    MAT: "сырьё",
    DRIVE: "исследование двигателей",
    WEAPONS: "исследование оружия",
    SHIELDS: "исследование щитов",
    CARGO: "исследование трюмов"
  },
  blocks: { ALL: "всё", DRIVE: "двигатель", WEAPONS: "оружие", SHIELDS: "щиты", CARGO: "трюм" },
  nothing: "?",
  everybody: "всеми",
  newestGroup: "последняя группа",
  group: (number: string) => `группа ${number}`,
  fleet: (name: string) => `флот ${name}`,
  shipsOf: (count: number, whose: string) => `${whose}, ${ships(count)}`,
  ops: {
    peace: (race: string) => `Мир: ${race}`,
    war: (race: string) => `Война: ${race}`,
    break_group: (who: string) => `Отделить: ${who}`,
    design_class: (name: string, blocks: string) => `Проект ${name}: ${blocks}`,
    delete_class: (name: string) => `Удалить проект ${name}`,
    rename_class: (name: string, to: string) => `Переименовать проект ${name} в ${to}`,
    create_science: (name: string, parts: string) => `Новая наука ${name}: ${parts}`,
    delete_science: (name: string) => `Удалить науку ${name}`,
    merge_groups: "Объединить одинаковые группы",
    join_fleet: (who: string, fleet: string) => `Во флот ${fleet}: ${who}`,
    merge_fleets: (fleet: string, into: string) => `Флот ${fleet} вливается во флот ${into}`,
    give: (who: string, race: string) => `Передать расе ${race}: ${who}`,
    dismantle: (who: string) => `Разобрать: ${who}`,
    load: (goods: string, who: string) => `Погрузить ${goods}: ${who}`,
    unload: (who: string) => `Разгрузить: ${who}`,
    unloadAmount: (amount: string, who: string) => `Выгрузить ${amount}: ${who}`,
    rename_planet: (planet: string, name: string) => `Переименовать ${planet} в ${name}`,
    produce: (planet: string, product: string) => `${planet} делает: ${product}`,
    route: (goods: string, from: string, to: string) => `Возить ${goods}: ${from} → ${to}`,
    noRoute: (goods: string, from: string) => `Больше не возить ${goods} с планеты ${from}`,
    send: (who: string, planet: string) => `Послать: ${who} → ${planet}`,
    vote: (race: string) => `Голосовать за расу ${race}`,
    upgrade: (who: string, block: string) => `Модернизировать: ${who}, ${block}`,
    upgradeTo: (who: string, block: string, level: string) => `Модернизировать: ${who}, ${block} до ${level}`,
    quit: "Покинуть игру через три хода"
  },
  blockParts: {
    drive: (size: string) => `двигатель ${size}`,
    guns: (count: number, size: string) => `пушек ${count} по ${size}`,
    shields: (size: string) => `щиты ${size}`,
    cargo: (size: string) => `трюм ${size}`
  },
  techParts: {
    drive: (size: string) => `двигатели ${size}`,
    weapons: (size: string) => `оружие ${size}`,
    shields: (size: string) => `щиты ${size}`,
    cargo: (size: string) => `трюмы ${size}`
  },
  unknownCode: "Это невозможно.",
  codes: {
    bad_amount: "Количество должно быть больше 0 и не больше того, что помещается или есть на борту.",
    bad_component: "Блок либо 0, либо не меньше 1, а число пушек целое.",
    bad_count: "Число кораблей не бывает меньше 0.",
    bad_proportions: "Доли науки не бывают меньше 0, и хотя бы одна должна быть больше.",
    empty_design: "Кораблю нужен хотя бы один блок.",
    forced_peace: "В первые ходы войны быть не может.",
    foreign_planet: "Планета чужая, или на ней нельзя жить.",
    guns_without_calibre: "Пушкам нужен калибр, а калибру пушки.",
    hold_full: "Трюмы полны.",
    in_space: "Корабли в пути.",
    in_transfer: "Кораблям приказали улететь до того, как передали их вам.",
    in_use: "Этим ещё пользуются корабли, верфи или планеты.",
    launched: "Кораблям уже приказано улетать.",
    name_chars: "В названиях бывают только буквы, цифры, подчёркивания и дефисы.",
    name_confusable: "Название похоже на другое или на слово игры.",
    name_missing: "Нужно название.",
    name_reserved: "Это слово игры, или в названии нет ни одной буквы.",
    name_taken: "Так уже называется что-то другое.",
    name_too_long: "Название слишком длинное.",
    no_drive: "Корабли без двигателя никуда не летят.",
    no_hold: "У этих кораблей нет трюма.",
    no_points: "У планеты осталось слишком мало очков производства.",
    not_enough_stock: "Столько на планете нет.",
    not_in_orbit: "Корабли не у вашей планеты.",
    not_owner: "Это не ваше.",
    nothing_loaded: "Корабли пусты.",
    nothing_to_upgrade: "Этот уровень у кораблей уже есть.",
    other_cargo: "На кораблях другой груз.",
    out_of_range: "Планета слишком далеко от ваших планет.",
    race_removed: "Эта раса выбыла из игры.",
    too_many: "Больше их у вас быть не может.",
    too_many_gifts: "В этот ход им нельзя передать больше.",
    unknown_argument: "Одно из слов к этому приказу не подходит или не сочетается с другим.",
    unknown_block: "Такой части у корабля нет.",
    unknown_cargo: "Такого груза не бывает.",
    unknown_class: "У вас нет проекта с таким названием.",
    unknown_fleet: "У вас нет флота с таким названием.",
    unknown_group: "Такой группы у вас нет или уже нет.",
    unknown_planet: "Такой планеты нет.",
    unknown_product: "Ничего с таким названием сделать нельзя.",
    unknown_race: "Расы с таким названием нет, или нужна другая.",
    unknown_science: "У вас нет науки с таким названием.",
    upgrading: "Корабли в этот ход модернизируются.",
    wrong_place: "Это у другой планеты, или уже на месте."
  }
}
