/** A section of a report in plain text: a title and what is under it. One without lines is left out. */
import type { Report } from "@galaxy/contract/engine/Report"
import { grouped } from "../report/grouped.ts"
import { type Column, none, plain, table } from "./table.ts"

export interface Section {
  readonly title: string
  readonly lines: ReadonlyArray<string>
}

/** How a planet is called: its number, and its name where the report has one. */
export type PlaceOf = (planet: number) => string

export const indented = (lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines.map((line) => (line === "" ? "" : `  ${line}`))

/** A part with a title of its own, if there is anything in it. */
export const under = (title: string, lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines.length === 0 ? [] : [title, ...indented(lines)]

export const tabled = <Row>(title: string, columns: ReadonlyArray<Column<Row>>, rows: ReadonlyArray<Row>): Section => ({
  title,
  lines: table(columns, rows)
})

/** One section for each owner, in the order in which they come up. */
export const tabledBy = <Row>(
  ownerOf: (row: Row) => string,
  title: (owner: string) => string,
  columns: ReadonlyArray<Column<Row>>,
  rows: ReadonlyArray<Row>
): ReadonlyArray<Section> =>
  [...grouped(rows, ownerOf)].map(([owner, theirs]) => tabled(title(plain(owner)), columns, theirs))

/** Names of planets that the report has: those seen now before those of where something happened. */
export const namesIn = (report: Report): ReadonlyMap<number, string> =>
  new Map([
    ...report.battles.map(({ planet, name }) => [planet, name] as const),
    ...report.bombings.map(({ planet, name }) => [planet, name] as const),
    ...[...report.uninhabited_planets, ...report.foreign_planets, ...report.my_planets].map(
      ({ number, name }) => [number, name] as const
    )
  ])

export const placeIn = (names: ReadonlyMap<number, string>): PlaceOf => {
  return (planet) => {
    const name = plain(names.get(planet))
    return name === none || name === String(planet) ? `#${planet}` : `#${planet} ${name}`
  }
}
