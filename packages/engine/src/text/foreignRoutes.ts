/** Routes that end at planets of others, as far as a report shows whose planets are. */
import type { CargoRoutes, Report } from "@galaxy/contract/engine/Report"
import type { PlaceOf } from "./Section.ts"
import { plain } from "./table.ts"

/** The kinds of routes by their goods in orders, in the sequence of the columns of a report. */
export const routeKinds = {
  CAP: "capital",
  MAT: "materials",
  COL: "colonists",
  EMP: "empty"
} as const satisfies Record<string, keyof CargoRoutes>

/** A route that ends at a planet of another race, and what that means. */
export interface ForeignRoute {
  readonly planet: number
  readonly goods: string
  readonly to: number
  readonly message: string
}

const consequences: Record<keyof typeof routeKinds, string> = {
  CAP: ": what is unloaded there becomes theirs",
  MAT: ": what is unloaded there becomes theirs",
  COL: ": your colonists can't land there",
  EMP: ""
}

/** All routes of the reader that end at a planet which the report shows as another race's. */
export const foreignRoutes = (report: Report, place: PlaceOf): ReadonlyArray<ForeignRoute> => {
  const owners = new Map(report.foreign_planets.map(({ number, owner }) => [number, owner]))
  return report.routes.flatMap((route) =>
    Object.entries(routeKinds).flatMap(([goods, kind]) => {
      const to = route[kind]
      const owner = to === undefined ? undefined : owners.get(to)
      if (to === undefined || owner === undefined) return []
      const consequence = consequences[goods as keyof typeof routeKinds]
      const message = `${goods} from ${place(route.planet)} goes to ${place(to)} of ${plain(owner)}${consequence}`
      return [{ planet: route.planet, goods, to, message }]
    })
  )
}
