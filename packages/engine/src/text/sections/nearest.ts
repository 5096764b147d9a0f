/** How far planets are from another one, and how long the fastest ship that the reader could build takes. */
import { distance } from "../../space/distance.ts"
import type { Chart, ChartedPlanet } from "../chart.ts"
import type { PlaceOf, Section } from "../Section.ts"
import { amount, type Column, count, decimal, table, words } from "../table.ts"

/** How many planets are listed for each of the reader's. */
export const nearestListed = 5

/** A planet as seen from another one. */
interface Neighbour extends ChartedPlanet {
  readonly from: number
  readonly distance: number
  readonly turns: number | undefined
}

/** Whole turns for a distance in light years; none without a speed. */
const turnsFor = ({ speed, tolerance }: Chart, far: number): number | undefined =>
  speed > 0 ? Math.max(1, Math.ceil((far - tolerance) / speed)) : undefined

/** The `most` planets that are nearest to one, by distance and then by number. */
const nearestTo = (
  chart: Chart,
  from: ChartedPlanet,
  planets: ReadonlyArray<ChartedPlanet>,
  most: number
): ReadonlyArray<Neighbour> => {
  const best: Array<{ readonly planet: ChartedPlanet; readonly far: number }> = []
  for (const planet of planets) {
    if (planet.number === from.number) continue
    const far = distance(chart.map, chart.side, from, planet)
    const last = best[most - 1]
    // Few of many are wanted, so most planets end here.
    if (last !== undefined && far > last.far) continue
    const before = best.findLastIndex((it) => it.far < far || (it.far === far && it.planet.number < planet.number))
    best.splice(before + 1, 0, { planet, far })
    if (best.length > most) best.pop()
  }
  return best.map(({ planet, far }) => ({
    ...planet,
    from: from.number,
    distance: far,
    turns: turnsFor(chart, far)
  }))
}

const columns = (place: PlaceOf): ReadonlyArray<Column<Neighbour>> => [
  words("To", (it) => place(it.number)),
  words("O", (it) => it.owner),
  amount("R", (it) => it.distance),
  count("Turns", (it) => it.turns)
]

const withTurns = ({ drive, speed }: Chart, title: string, lines: ReadonlyArray<string>): Section => ({
  title,
  lines:
    lines.length === 0
      ? []
      : [
          ...lines,
          `Turns of a ship that is nothing but drive: ${decimal(speed)} light years a turn at level ${decimal(drive)}.`
        ]
})

/** The planets nearest to each of the reader's own. */
export const nearestSection = (chart: Chart, place: PlaceOf): Section => {
  const rows = chart.planets
    .filter(({ kind }) => kind === "own")
    .flatMap((from) => nearestTo(chart, from, chart.planets, nearestListed))
  return withTurns(
    chart,
    "Nearest planets",
    table([words("From", (it: Neighbour) => place(it.from)), ...columns(place)], rows)
  )
}

/** All of these planets as seen from one. */
export const distancesSection = (
  chart: Chart,
  place: PlaceOf,
  from: ChartedPlanet,
  planets: ReadonlyArray<ChartedPlanet>
): Section =>
  withTurns(chart, `From ${place(from.number)}`, table(columns(place), nearestTo(chart, from, planets, planets.length)))
