/**
 * Characters on a grid that stands for a square of the map. A cell is twice as high as it is wide, as characters are,
 * so distances look the same in both directions.
 */
import type { Coordinates } from "../space/distance.ts"
import type { Chart } from "./chart.ts"

/** Cells in a line, which leaves room for coordinates on a screen of 80 columns. */
export const plotColumns = 72
/** Lines of cells. */
export const plotRows = plotColumns / 2

/** A square of the map: all of it, or a part. */
export interface Window {
  readonly centre: Coordinates
  readonly span: number
  /** Length that is joined at its ends; undefined where the map has an edge. */
  readonly round: number | undefined
}

/** A cell of the grid. */
export interface Cell {
  readonly column: number
  readonly row: number
}

/** The square around a place: `radius` to each side, and never more than the map. Without a place, from its corner on. */
export const windowOf = ({ map, side }: Chart, at: Coordinates | undefined, radius: number | undefined): Window => {
  const span = Math.min(side, radius === undefined ? side : 2 * radius)
  const middle = { x: side / 2, y: side / 2 }
  const round = map === "torus" ? side : undefined
  // A map with edges is shown from edge to edge when it is shown whole.
  return { centre: round === undefined && span === side ? middle : (at ?? middle), span, round }
}

const wrapped = (value: number, round: number | undefined): number =>
  round === undefined ? value : value - round * Math.floor(value / round)

const offset = ({ span, round }: Window, from: number, to: number): number => wrapped(to - from + span / 2, round)

/** The cell of a place; undefined when it lies outside of the window. */
export const cellAt = (window: Window, { x, y }: Coordinates): Cell | undefined => {
  const column = Math.floor((offset(window, window.centre.x, x) / window.span) * plotColumns)
  const row = Math.floor((offset(window, window.centre.y, y) / window.span) * plotRows)
  const isInside = column >= 0 && column < plotColumns && row >= 0 && row < plotRows
  return isInside ? { column, row } : undefined
}

/** The coordinate at the beginning of a cell, `share` of the way through the window, as it is written on its edge. */
const written = ({ span, round }: Window, centre: number, share: number): string =>
  String(Math.floor(wrapped(centre - span / 2 + share * span, round) * 10 + 0.5) / 10)

const every = { columns: 12, rows: 6 }
/** Columns of a coordinate; more only where a map is larger than any game's. */
const margin = 5

/** The grid with a border and coordinates. */
export const bordered = (window: Window, cells: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> => {
  const heads = Array.from({ length: plotColumns / every.columns }, (_, at) =>
    written(window, window.centre.x, (at * every.columns) / plotColumns).padEnd(every.columns)
  )
  const marks = cells.map((_, row) => (row % every.rows === 0 ? written(window, window.centre.y, row / plotRows) : ""))
  const width = marks.reduce((most, { length }) => Math.max(most, length), margin)
  const edge = `${" ".repeat(width + 1)}+${"-".repeat(plotColumns)}+`
  return [
    `${" ".repeat(width + 2)}${heads.join("").trimEnd()}`,
    edge,
    ...cells.map((line, row) => `${(marks[row] ?? "").padStart(width)} |${line.join("")}|`),
    edge
  ]
}
