/** Planets by how much is known of them, ships in production, and cargo routes. */
import type {
  CargoRoutes,
  OwnPlanet,
  Report,
  UninhabitedPlanet,
  UnknownPlanet,
  Yard
} from "@galaxy/contract/engine/Report"
import { foreignRoutes } from "../foreignRoutes.ts"
import { type PlaceOf, type Section, tabled, tabledBy } from "../Section.ts"
import { amount, type Column, count, table, words } from "../table.ts"

const planet: ReadonlyArray<Column<OwnPlanet>> = [
  count("#", (it) => it.number),
  amount("X", (it) => it.x),
  amount("Y", (it) => it.y),
  words("N", (it) => it.name),
  amount("S", (it) => it.size),
  amount("P", (it) => it.population),
  amount("I", (it) => it.industry),
  amount("R", (it) => it.resources),
  words("P", (it) => it.production),
  amount("$", (it) => it.capital),
  amount("M", (it) => it.materials),
  amount("C", (it) => it.colonists),
  amount("L", (it) => it.free_points)
]

const yard: ReadonlyArray<Column<Yard>> = [
  count("#", (it) => it.planet),
  words("N", (it) => it.name),
  words("S", (it) => it.class),
  amount("C", (it) => it.price),
  amount("P", (it) => it.banked),
  amount("L", (it) => it.free_points)
]

const routeColumns = (place: PlaceOf): ReadonlyArray<Column<CargoRoutes>> => {
  const end = (to: number | undefined): string | undefined => (to === undefined ? undefined : place(to))
  return [
    count("#", (it) => it.planet),
    words("N", (it) => it.name),
    words("$", (it) => end(it.capital)),
    words("M", (it) => end(it.materials)),
    words("C", (it) => end(it.colonists)),
    words("E", (it) => end(it.empty))
  ]
}

const uninhabited: ReadonlyArray<Column<UninhabitedPlanet>> = [
  count("#", (it) => it.number),
  amount("X", (it) => it.x),
  amount("Y", (it) => it.y),
  words("N", (it) => it.name),
  amount("S", (it) => it.size),
  amount("R", (it) => it.resources),
  amount("$", (it) => it.capital),
  amount("M", (it) => it.materials)
]

const unknown: ReadonlyArray<Column<UnknownPlanet>> = [
  count("#", (it) => it.number),
  amount("X", (it) => it.x),
  amount("Y", (it) => it.y)
]

/** Where routes go, and which of them end at planets of others. */
const routesSection = (report: Report, place: PlaceOf): Section => ({
  title: "Cargo routes",
  lines: [
    ...table(routeColumns(place), report.routes),
    ...foreignRoutes(report, place).map((sentence) => `${sentence}.`)
  ]
})

/** Own planets with yards and routes, then foreign planets by owner, uninhabited ones and unknown ones. */
export const planetSections = (report: Report, place: PlaceOf): ReadonlyArray<Section> => [
  tabled("Your planets", planet, report.my_planets),
  tabled("Ships in production", yard, report.yards),
  routesSection(report, place),
  ...tabledBy(
    (it) => it.owner,
    (owner) => `Planets of ${owner}`,
    planet,
    report.foreign_planets
  ),
  tabled("Uninhabited planets", uninhabited, report.uninhabited_planets),
  tabled("Unknown planets", unknown, report.unknown_planets)
]
