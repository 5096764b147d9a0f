/** What the columns of a report's tables are, and how cells are made of what a row tells. */
import type { OwnClass } from "@galaxy/contract/engine/Report"
import type { Cell, Table } from "./table.ts"

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

/** What planets are called, by their numbers. */
export type Names = (number: number) => string
/** A column of rows of one kind. */
export type ColumnOf<R> = readonly [key: ColumnKey, numeric: boolean, cell: (row: R) => Cell]

/** A table of rows of one kind. `own` marks the reader's own lines among those of others. */
export const table = <R>(
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
export const text = (value: string | undefined): Cell => ({ _tag: "text", text: value ?? "" })
const race = (name: string): Cell => ({ _tag: "race", name })

/** Two decimals. */
export const num = <R>(key: ColumnKey, of: (row: R) => number | undefined): ColumnOf<R> => [
  key,
  true,
  (row) => number(of(row))
]
/** A whole number. */
export const cnt = <R>(key: ColumnKey, of: (row: R) => number | undefined): ColumnOf<R> => [
  key,
  true,
  (row) => count(of(row))
]
export const txt = <R>(key: ColumnKey, of: (row: R) => string | undefined): ColumnOf<R> => [
  key,
  false,
  (row) => text(of(row))
]
/** A race. */
export const who = <R>(key: ColumnKey, of: (row: R) => string): ColumnOf<R> => [key, false, (row) => race(of(row))]

interface Levels {
  readonly drive: number
  readonly weapons: number
  readonly shields: number
  readonly cargo: number
}
/** A level or a size of 0 means that the part isn't there. */
const some = (value: number): number | undefined => (value === 0 ? undefined : value)
export const levels: ReadonlyArray<ColumnOf<Levels>> = [
  num("drive", (it) => some(it.drive)),
  num("weapons", (it) => some(it.weapons)),
  num("shields", (it) => some(it.shields)),
  num("cargo", (it) => some(it.cargo))
]
export const design: ReadonlyArray<ColumnOf<OwnClass>> = [
  num("drive", (it) => some(it.drive)),
  cnt("armament", (it) => some(it.armament)),
  num("weapons", (it) => some(it.weapons)),
  num("shields", (it) => some(it.shields)),
  num("cargo", (it) => some(it.cargo)),
  num("mass", (it) => it.mass)
]

/** A planet, which leads to it on the map; empty where the row names none. */
export const place =
  (nameOf: Names) =>
  <R>(key: ColumnKey, of: (row: R) => number | undefined): ColumnOf<R> => [
    key,
    false,
    (row) => {
      const at = of(row)
      return at === undefined ? text(undefined) : { _tag: "planet", number: at, name: nameOf(at) }
    }
  ]

/** What ships carry. */
export const goods = <R extends { readonly goods: string }>(): ColumnOf<R> => [
  "goods",
  false,
  (row) => ({ _tag: "goods", goods: row.goods })
]
