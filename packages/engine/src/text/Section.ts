/** A section of a report in plain text: a title and the lines below it. A section without lines is left out. */
import type { Report } from "@galaxy/contract/engine/Report"
import { grouped } from "../report/grouped.ts"
import { type Column, none, plain, table } from "./table.ts"

/** One titled part of a report; its lines are indented only when the report is put together. */
export interface Section {
  readonly title: string
  readonly lines: ReadonlyArray<string>
}

/** Writes a planet: its number, and its name where the report has one. */
export type PlaceOf = (planet: number) => string

/** Lines moved right by two spaces; empty lines stay empty. */
export const indented = (lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines.map((line) => (line === "" ? "" : `  ${line}`))

/** Indented lines under a title; nothing when there are no lines. */
export const under = (title: string, lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines.length === 0 ? [] : [title, ...indented(lines)]

/** A section with one table, which has no lines when there are no rows. */
export const tabled = <Row>(title: string, columns: ReadonlyArray<Column<Row>>, rows: ReadonlyArray<Row>): Section => ({
  title,
  lines: table(columns, rows)
})

/** One section for each owner, in the order of their first rows. */
export const tabledBy = <Row>(
  ownerOf: (row: Row) => string,
  title: (owner: string) => string,
  columns: ReadonlyArray<Column<Row>>,
  rows: ReadonlyArray<Row>
): ReadonlyArray<Section> =>
  [...grouped(rows, ownerOf)].map(([owner, theirs]) => tabled(title(plain(owner)), columns, theirs))

/** Names of planets in a report. Names of planets seen now win over those that battles and bombings give. */
export const namesIn = (report: Report): ReadonlyMap<number, string> =>
  new Map([
    ...report.battles.map(({ planet, name }) => [planet, name] as const),
    ...report.bombings.map(({ planet, name }) => [planet, name] as const),
    ...[...report.uninhabited_planets, ...report.foreign_planets, ...report.my_planets].map(
      ({ number, name }) => [number, name] as const
    )
  ])

/** Writes `#7 Earth`, or only `#7` where the name is unknown or just the number. */
export const placeIn = (names: ReadonlyMap<number, string>): PlaceOf => {
  return (planet) => {
    const name = plain(names.get(planet))
    return name === none || name === String(planet) ? `#${planet}` : `#${planet} ${name}`
  }
}
