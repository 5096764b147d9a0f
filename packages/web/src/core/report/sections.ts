/** The twenty sections of a report in the order of the rules, each as a table. */
import type { Battle, OwnClass, Report } from "@galaxy/contract/engine/Report"
import { battleLosses } from "./battle.ts"
import type { Cell, Table } from "./table.ts"

export const sectionIds = [
  "galaxy",
  "votes",
  "races",
  "my_sciences",
  "foreign_sciences",
  "my_classes",
  "foreign_classes",
  "battles",
  "bombings",
  "approaching",
  "my_planets",
  "yards",
  "routes",
  "foreign_planets",
  "uninhabited",
  "unknown",
  "my_fleets",
  "my_groups",
  "foreign_groups",
  "unidentified"
] as const
export type SectionId = (typeof sectionIds)[number]

export const columnKeys = [
  "alliance",
  "armament",
  "banked",
  "bomber",
  "capital",
  "cargo",
  "class",
  "colonists",
  "decides",
  "destination",
  "destroyed",
  "distance",
  "drive",
  "empty",
  "fleet",
  "from",
  "goods",
  "group",
  "groups",
  "industry",
  "load",
  "lost",
  "makes",
  "mass",
  "materials",
  "name",
  "needed",
  "own_votes",
  "owner",
  "planet",
  "planets",
  "points",
  "population",
  "power",
  "price",
  "race",
  "received",
  "relation",
  "resources",
  "result",
  "rounds",
  "shields",
  "ships",
  "shots",
  "size",
  "speed",
  "state",
  "turns_left",
  "votes_for",
  "weapons",
  "when",
  "x",
  "y"
] as const
export type ColumnKey = (typeof columnKeys)[number]

type Names = (number: number) => string
type ColumnOf<R> = readonly [key: ColumnKey, numeric: boolean, cell: (row: R) => Cell]

const table = <R>(
  rows: ReadonlyArray<R>,
  id: (row: R, index: number) => string | number,
  columns: ReadonlyArray<ColumnOf<R>>,
  own?: (row: R) => boolean
): Table<ColumnKey> => ({
  columns: columns.map(([key, numeric]) => ({ key, numeric })),
  rows: rows.map((row, index) => ({
    id: String(id(row, index)),
    cells: columns.map(([, , cell]) => cell(row)),
    ...(own === undefined ? {} : { own: own(row) })
  }))
})

const number = (value: number | undefined): Cell => ({ _tag: "number", value })
const count = (value: number | undefined): Cell => ({ _tag: "count", value })
const text = (value: string | undefined): Cell => ({ _tag: "text", text: value ?? "" })
const race = (name: string): Cell => ({ _tag: "race", name })

const num = <R>(key: ColumnKey, of: (row: R) => number | undefined): ColumnOf<R> => [
  key,
  true,
  (row) => number(of(row))
]
const cnt = <R>(key: ColumnKey, of: (row: R) => number | undefined): ColumnOf<R> => [key, true, (row) => count(of(row))]
const txt = <R>(key: ColumnKey, of: (row: R) => string | undefined): ColumnOf<R> => [key, false, (row) => text(of(row))]
const who = <R>(key: ColumnKey, of: (row: R) => string): ColumnOf<R> => [key, false, (row) => race(of(row))]

interface Levels {
  readonly drive: number
  readonly weapons: number
  readonly shields: number
  readonly cargo: number
}
/** A level or a size of 0 means that the part isn't there. */
const some = (value: number): number | undefined => (value === 0 ? undefined : value)
const levels: ReadonlyArray<ColumnOf<Levels>> = [
  num("drive", (it) => some(it.drive)),
  num("weapons", (it) => some(it.weapons)),
  num("shields", (it) => some(it.shields)),
  num("cargo", (it) => some(it.cargo))
]
const design: ReadonlyArray<ColumnOf<OwnClass>> = [
  num("drive", (it) => some(it.drive)),
  cnt("armament", (it) => some(it.armament)),
  num("weapons", (it) => some(it.weapons)),
  num("shields", (it) => some(it.shields)),
  num("cargo", (it) => some(it.cargo)),
  num("mass", (it) => it.mass)
]

const shipsIn = (battle: Battle): number => battle.groups.reduce((all, { ships }) => all + ships, 0)

/** The rows of a section. The order of the rows is that of the report. */
export const sectionTable = (section: SectionId, report: Report, nameOf: Names): Table<ColumnKey> => {
  const planet = (of: number): Cell => ({ _tag: "planet", number: of, name: nameOf(of) })
  const place = <R>(key: ColumnKey, of: (row: R) => number | undefined): ColumnOf<R> => [
    key,
    false,
    (row) => {
      const at = of(row)
      return at === undefined ? text(undefined) : planet(at)
    }
  ]
  const makes = <R extends { readonly production: string }>(): ColumnOf<R> => [
    "makes",
    false,
    (row) => ({ _tag: "product", product: row.production })
  ]
  const goods = <R extends { readonly goods: string }>(): ColumnOf<R> => [
    "goods",
    false,
    (row) => ({ _tag: "goods", goods: row.goods })
  ]
  type Inhabited = Report["my_planets"][number]
  const inhabited: ReadonlyArray<ColumnOf<Inhabited>> = [
    place("planet", (it) => it.number),
    num("size", (it) => it.size),
    num("population", (it) => it.population),
    num("industry", (it) => it.industry),
    num("resources", (it) => it.resources),
    makes(),
    num("capital", (it) => it.capital),
    num("materials", (it) => it.materials),
    num("colonists", (it) => it.colonists),
    num("points", (it) => it.free_points)
  ]
  switch (section) {
    case "galaxy":
      return table([report.summary], () => "galaxy", [
        num("size", (it) => it.size),
        cnt("planets", (it) => it.planets),
        cnt("race", (it) => it.players)
      ])
    case "votes":
      return table(
        report.votes.races,
        (it) => it.race,
        [
          who("race", (it) => it.race),
          num("own_votes", (it) => it.own),
          who("votes_for", (it) => it.voting_for),
          num("received", (it) => it.received)
        ],
        (it) => it.race === report.race
      )
    case "races":
      return table(
        report.players,
        (it) => it.name,
        [
          who("race", (it) => it.name),
          ...levels,
          num("population", (it) => it.population),
          num("industry", (it) => it.industry),
          cnt("planets", (it) => it.planets),
          [
            "relation",
            false,
            (it) =>
              it.extinct
                ? { _tag: "word", word: "gone" }
                : it.relation === undefined
                  ? text(undefined)
                  : { _tag: "word", word: it.relation, tone: it.relation === "war" ? "bad" : "good" }
          ],
          num("received", (it) => it.votes_received),
          cnt("turns_left", (it) => it.turns_left)
        ],
        (it) => it.name === report.race
      )
    case "my_sciences":
      return table(report.my_sciences, (it) => it.name, [txt("name", (it) => it.name), ...levels])
    case "foreign_sciences":
      return table(report.foreign_sciences, (it) => `${it.race}/${it.name}`, [
        who("race", (it) => it.race),
        txt("name", (it) => it.name),
        ...levels
      ])
    case "my_classes":
      return table(report.my_classes, (it) => it.name, [txt("class", (it) => it.name), ...design])
    case "foreign_classes":
      return table(report.foreign_classes, (it) => `${it.race}/${it.name}`, [
        who("race", (it) => it.race),
        txt("class", (it) => it.name),
        ...design
      ])
    case "battles":
      return table(
        report.battles.map((battle, index) => ({ battle, index, losses: battleLosses(battle, report.race) })),
        (it) => it.index,
        [
          [
            "planet",
            false,
            ({ battle, index }) => ({ _tag: "battle", index, planet: battle.planet, name: nameOf(battle.planet) })
          ],
          ["when", false, ({ battle }) => ({ _tag: "word", word: battle.when })],
          cnt("race", ({ battle }) => new Set(battle.groups.map((it) => it.race)).size),
          cnt("ships", ({ battle }) => shipsIn(battle)),
          cnt("rounds", ({ battle }) => battle.rounds),
          cnt("lost", ({ losses }) => losses?.lost),
          cnt("destroyed", ({ losses }) => losses?.destroyed)
        ],
        ({ losses }) => losses !== undefined
      )
    case "bombings":
      return table(
        report.bombings,
        (_, index) => index,
        [
          place("planet", (it) => it.planet),
          who("bomber", (it) => it.bomber),
          who("owner", (it) => it.owner),
          num("power", (it) => it.power),
          [
            "result",
            false,
            ({ result, bomber }) => {
              const word = result === "Wiped" ? "wiped" : "damaged"
              return { _tag: "word", word, tone: bomber === report.race ? "good" : "bad" }
            }
          ],
          num("population", (it) => it.destroyed_population),
          num("industry", (it) => it.destroyed_industry),
          num("colonists", (it) => it.destroyed_colonists)
        ],
        (it) => it.owner === report.race
      )
    case "approaching":
      return table(report.approaching_groups, (_, index) => index, [
        place("destination", (it) => it.destination),
        place("from", (it) => it.origin),
        num("distance", (it) => it.distance),
        num("speed", (it) => it.speed),
        cnt("turns_left", (it) => (it.speed > 0 ? Math.ceil(it.distance / it.speed - 1e-9) : undefined)),
        num("mass", (it) => it.mass)
      ])
    case "my_planets":
      return table(report.my_planets, (it) => it.number, inhabited)
    case "yards":
      return table(report.yards, (it) => it.planet, [
        place("planet", (it) => it.planet),
        txt("class", (it) => it.class),
        num("price", (it) => it.price),
        num("banked", (it) => it.banked),
        num("points", (it) => it.free_points)
      ])
    case "routes":
      return table(report.routes, (it) => it.planet, [
        place("planet", (it) => it.planet),
        place("colonists", (it) => it.colonists),
        place("capital", (it) => it.capital),
        place("materials", (it) => it.materials),
        place("empty", (it) => it.empty)
      ])
    case "foreign_planets":
      return table(report.foreign_planets, (it) => it.number, [who("owner", (it) => it.owner), ...inhabited])
    case "uninhabited":
      return table(report.uninhabited_planets, (it) => it.number, [
        place("planet", (it) => it.number),
        num("size", (it) => it.size),
        num("resources", (it) => it.resources),
        num("capital", (it) => it.capital),
        num("materials", (it) => it.materials)
      ])
    case "unknown":
      return table(report.unknown_planets, (it) => it.number, [
        place("planet", (it) => it.number),
        num("x", (it) => it.x),
        num("y", (it) => it.y)
      ])
    case "my_fleets":
      return table(report.my_fleets, (it) => it.name, [
        txt("name", (it) => it.name),
        cnt("groups", (it) => it.groups),
        place("destination", (it) => it.destination),
        place("from", (it) => it.origin),
        num("distance", (it) => it.distance),
        num("speed", (it) => it.speed),
        ["state", false, (it) => ({ _tag: "word", word: it.origin === undefined ? "in_orbit" : "in_space" })]
      ])
    case "my_groups":
      return table(report.my_groups, (it) => it.number, [
        cnt("group", (it) => it.number),
        cnt("ships", (it) => it.ships),
        txt("class", (it) => it.class),
        ...levels,
        goods(),
        num("load", (it) => (it.load === 0 ? undefined : it.load)),
        place("destination", (it) => it.destination),
        place("from", (it) => it.origin),
        num("distance", (it) => it.distance),
        num("speed", (it) => it.speed),
        num("mass", (it) => it.mass),
        txt("fleet", (it) => it.fleet)
      ])
    case "foreign_groups":
      return table(report.foreign_groups, (_, index) => index, [
        who("race", (it) => it.race),
        cnt("ships", (it) => it.ships),
        txt("class", (it) => it.class),
        ...levels,
        goods(),
        num("load", (it) => (it.load === 0 ? undefined : it.load)),
        place("destination", (it) => it.destination),
        num("speed", (it) => it.speed),
        num("mass", (it) => it.mass)
      ])
    case "unidentified":
      return table(report.unidentified_groups, (_, index) => index, [num("x", (it) => it.x), num("y", (it) => it.y)])
  }
}

const leftOutKeys: Partial<Record<SectionId, keyof NonNullable<Report["left_out"]>>> = {
  foreign_sciences: "foreign_sciences",
  foreign_classes: "foreign_classes",
  battles: "battles",
  bombings: "bombings",
  approaching: "approaching_groups",
  my_fleets: "my_fleets",
  foreign_groups: "foreign_groups",
  unidentified: "unidentified_groups"
}

/** How many lines of a section the report doesn't have because of its bounds. */
export const leftOut = (section: SectionId, report: Report): number => {
  const key = leftOutKeys[section]
  return key === undefined ? 0 : (report.left_out?.[key] ?? 0)
}
