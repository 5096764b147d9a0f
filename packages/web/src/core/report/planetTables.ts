/** Planets, what they build and where their routes lead. The order of the rows is that of the report. */
import type { Report } from "@galaxy/contract/engine/Report"
import { type ColumnKey, type ColumnOf, type Names, num, place, table, txt, who } from "./columns.ts"
import type { Table } from "./table.ts"

type Inhabited = Report["my_planets"][number]

const makes: ColumnOf<Inhabited> = ["makes", false, (row) => ({ _tag: "product", product: row.production })]

const inhabited = (nameOf: Names): ReadonlyArray<ColumnOf<Inhabited>> => [
  place(nameOf)("planet", (it) => it.number),
  num("size", (it) => it.size),
  num("population", (it) => it.population),
  num("industry", (it) => it.industry),
  num("resources", (it) => it.resources),
  makes,
  num("capital", (it) => it.capital),
  num("materials", (it) => it.materials),
  num("colonists", (it) => it.colonists),
  num("points", (it) => it.free_points)
]

export const myPlanets = (report: Report, nameOf: Names): Table<ColumnKey> =>
  table(report.my_planets, (it) => it.number, inhabited(nameOf))

export const yards = (report: Report, nameOf: Names): Table<ColumnKey> =>
  table(report.yards, (it) => it.planet, [
    place(nameOf)("planet", (it) => it.planet),
    txt("class", (it) => it.class),
    num("price", (it) => it.price),
    num("banked", (it) => it.banked),
    num("points", (it) => it.free_points)
  ])

export const routes = (report: Report, nameOf: Names): Table<ColumnKey> =>
  table(report.routes, (it) => it.planet, [
    place(nameOf)("planet", (it) => it.planet),
    place(nameOf)("colonists", (it) => it.colonists),
    place(nameOf)("capital", (it) => it.capital),
    place(nameOf)("materials", (it) => it.materials),
    place(nameOf)("empty", (it) => it.empty)
  ])

export const foreignPlanets = (report: Report, nameOf: Names): Table<ColumnKey> =>
  table(report.foreign_planets, (it) => it.number, [who("owner", (it) => it.owner), ...inhabited(nameOf)])

export const uninhabited = (report: Report, nameOf: Names): Table<ColumnKey> =>
  table(report.uninhabited_planets, (it) => it.number, [
    place(nameOf)("planet", (it) => it.number),
    num("size", (it) => it.size),
    num("resources", (it) => it.resources),
    num("capital", (it) => it.capital),
    num("materials", (it) => it.materials)
  ])

export const unknown = (report: Report, nameOf: Names): Table<ColumnKey> =>
  table(report.unknown_planets, (it) => it.number, [
    place(nameOf)("planet", (it) => it.number),
    num("x", (it) => it.x),
    num("y", (it) => it.y)
  ])
