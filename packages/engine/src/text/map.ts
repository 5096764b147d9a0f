/**
 * A map of what a report shows, in characters: a mark for each planet by who owns it, and its number where there is
 * room. It fits into 80 columns.
 */
import type { Report } from "@galaxy/contract/engine/Report"
import { grouped } from "../report/grouped.ts"
import { plus, type Ruleset } from "../rules/Ruleset.ts"
import { chartOf, type ChartedPlanet } from "./chart.ts"
import { bordered, cellAt, plotColumns, plotRows, windowOf } from "./plot.ts"
import { indented, namesIn, type PlaceOf, placeIn } from "./Section.ts"
import { distancesSection } from "./sections/nearest.ts"
import { decimal, plain } from "./table.ts"

/** Which part of the map is shown. */
export interface MapView {
  /** The planet in the middle; distances from it are listed below the map. */
  readonly at?: number
  /** Light years from the middle to each side; all of the map when left out. */
  readonly radius?: number
}

/** Marks of planets that more than one race could own: `o` and `x` are left out, since they stand for something else. */
const letters = Array.from("ABCDEFGHIJKLMNPQRSTUVWYZabcdefghijklmnpqrstuvwyz")
/** For the races after the last letter. */
const others = "&"
const crowd = "+"
const ships = "x"

/** The mark of each race whose planets are seen, in the sequence of the races. */
const marksOf = (report: Report): ReadonlyMap<string, string> => {
  const seen = new Set(report.foreign_planets.map(({ owner }) => owner))
  const races = report.players.map(({ name }) => name).filter((name) => seen.has(name))
  return new Map(races.map((name, at) => [name, letters[at] ?? others]))
}

const fixed: Record<ChartedPlanet["kind"], readonly [mark: string, meaning: string]> = {
  own: ["*", "yours"],
  foreign: [others, "another race's"],
  empty: ["o", "nobody's"],
  unknown: [".", "unknown"]
}

/** A planet or several of them in one cell. */
interface Spot {
  readonly column: number
  readonly row: number
  readonly planets: ReadonlyArray<ChartedPlanet>
}

/** Writes the number of a planet after its mark, at the right edge before it; returns whether there is room. */
const label = (line: Array<string>, { column, planets }: Spot): boolean => {
  const digits = Array.from(String(planets[0]?.number))
  const isAtEdge = column + digits.length >= plotColumns
  const from = isAtEdge ? column - digits.length : column + 1
  // Before a mark there must be a space too, so that the number can't belong to the mark on the left.
  const needed = isAtEdge ? [from - 1, ...digits.map((_, at) => from + at)] : digits.map((_, at) => from + at)
  const isFree = needed.every((at) => line[at] === " ")
  if (isFree) line.splice(from, digits.length, ...digits)
  return isFree
}

const crowdLines = (spots: ReadonlyArray<Spot>, place: PlaceOf): ReadonlyArray<string> =>
  spots
    .filter(({ planets }) => planets.length > 1)
    .map(({ planets }) => `${crowd} ${planets.map(({ number }) => place(number)).join(", ")}`)

/** The map as text. What doesn't fit on it is told below it. */
export const renderMap = (report: Report, { at, radius }: MapView = {}, ruleset: Ruleset = plus): string => {
  const chart = chartOf(report, ruleset)
  const place = placeIn(namesIn(report))
  const middle = chart.planets.find(({ number }) => number === at)
  const window = windowOf(chart, middle, radius)
  const marks = marksOf(report)
  const markOf = ({ kind, owner }: ChartedPlanet): string => marks.get(owner ?? "") ?? fixed[kind][0]

  const located = chart.planets.flatMap((planet) => {
    const cell = cellAt(window, planet)
    return cell === undefined ? [] : [{ planet, key: cell.row * plotColumns + cell.column }]
  })
  const spots: ReadonlyArray<Spot> = [...grouped(located, ({ key }) => key)].map(([key, there]) => ({
    column: key % plotColumns,
    row: Math.floor(key / plotColumns),
    planets: there.map(({ planet }) => planet)
  }))
  const cells = Array.from({ length: plotRows }, () => Array.from({ length: plotColumns }, () => " "))
  const unidentified = report.unidentified_groups.flatMap((it) => cellAt(window, it) ?? [])
  for (const { column, row } of unidentified) cells[row]?.splice(column, 1, ships)
  for (const { column, row, planets } of spots) {
    const [first] = planets
    cells[row]?.splice(column, 1, planets.length > 1 || first === undefined ? crowd : markOf(first))
  }
  const single = spots.filter(({ planets }) => planets.length === 1)
  const unlabelled = single.filter((spot) => !label(cells[spot.row] ?? [], spot)).length

  const shown = located.map(({ planet }) => planet)
  const kinds = Object.entries(fixed).filter(([kind]) => shown.some((it) => it.kind === kind && it.kind !== "foreign"))
  const wide = window.span / plotColumns
  const legend = [
    `A character is ${decimal(wide)} light years wide and ${decimal(2 * wide)} high.`,
    ...kinds.map(([, [mark, meaning]]) => `${mark} ${meaning}`),
    ...[...marks]
      .filter(([race]) => shown.some(({ owner }) => owner === race))
      .map(([race, mark]) => `${mark} ${plain(race)}`),
    ...(unidentified.length === 0 ? [] : [`${ships} unidentified ships`]),
    ...(single.length === spots.length ? [] : [`${crowd} several planets`])
  ]
  const distances = middle === undefined ? undefined : distancesSection(chart, place, middle, shown)
  return [
    ...bordered(window, cells),
    ...indented(legend),
    ...indented(crowdLines(spots, place)),
    ...(unlabelled === 0
      ? []
      : [`  There is no room for ${unlabelled} number${unlabelled === 1 ? "" : "s"}: look at a part of the map.`]),
    ...(distances === undefined ? [] : ["", distances.title, ...indented(distances.lines)])
  ]
    .map((line) => `${line.trimEnd()}\n`)
    .join("")
}
