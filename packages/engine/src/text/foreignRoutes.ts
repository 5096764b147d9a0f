/** Routes that end at planets of others, as far as a report shows whose planets are. */
import type { CargoRoutes, Report } from "@galaxy/contract/engine/Report"
import type { PlaceOf } from "./Section.ts"
import { plain } from "./table.ts"

/** The kinds of routes by their goods in orders, in the sequence of the columns of a report. */
const routeKinds = {
  CAP: "capital",
  MAT: "materials",
  COL: "colonists",
  EMP: "empty"
} as const satisfies Record<string, keyof CargoRoutes>

const consequences: Record<keyof typeof routeKinds, string> = {
  CAP: ": what is unloaded there becomes theirs",
  MAT: ": what is unloaded there becomes theirs",
  COL: ": your colonists can't land there",
  EMP: ""
}

type Goods = keyof typeof routeKinds
const isGoods = (text: string): text is Goods => Object.hasOwn(routeKinds, text)

/** A sentence about a route that ends at a planet which the report shows as another race's; undefined for any other. */
export const foreignRoute = (
  report: Report,
  place: PlaceOf,
  planet: number,
  typed: string,
  to: number
): string | undefined => {
  const owner = report.foreign_planets.find(({ number }) => number === to)?.owner
  const goods = typed.toUpperCase()
  if (owner === undefined || !isGoods(goods)) return undefined
  return `${goods} from ${place(planet)} goes to ${place(to)} of ${plain(owner)}${consequences[goods]}`
}

/** Such sentences about all routes of the reader. */
export const foreignRoutes = (report: Report, place: PlaceOf): ReadonlyArray<string> =>
  report.routes.flatMap((route) =>
    Object.entries(routeKinds).flatMap(([goods, kind]) => {
      const to = route[kind]
      return (to === undefined ? undefined : foreignRoute(report, place, route.planet, goods, to)) ?? []
    })
  )
