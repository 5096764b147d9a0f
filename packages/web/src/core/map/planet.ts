/** All that the inspector shows of a planet. */
import type { ForeignPlanet, OwnPlanet, Report } from "@galaxy/contract/engine/Report"
import type { Ruleset } from "@galaxy/engine/rules/Ruleset"
import type { GivenUp } from "../report/givenUp.ts"
import type { Intents } from "./intents.ts"
import { lossOf, type Option, optionOf, optionsOf, type Outcome, outcomeOf } from "./production.ts"
import { turnsFor } from "../report/turnsFor.ts"
import { type RouteGoods, routeFields, type Scene, type Spot } from "./scene.ts"
import { type GuestRow, guestRows, type OwnRow, ownRows } from "./ships.ts"

/** Figures of a planet, by the report's names. */
export const factNames = [
  "population",
  "industry",
  "resources",
  "free_points",
  "capital",
  "materials",
  "colonists"
] as const
/** One of `factNames`. */
export type FactName = (typeof factNames)[number]

/** What a planet makes, and what it will make by the draft. */
export interface Production {
  /** As the report names it; `-` for nothing. */
  readonly before: string
  /** As the draft changes it; the same as `before` where it doesn't. */
  readonly now: string
  readonly option: Option | undefined
  readonly outcome: Outcome | undefined
  readonly loss: GivenUp | undefined
  readonly options: ReadonlyArray<Option>
}

/** Ships on their way to a planet. */
export interface Arrival {
  readonly mine: boolean
  /** Of its course. */
  readonly id: number
  readonly origin: number
  readonly ships: number
  readonly distance: number
  readonly turns: number | undefined
}

/** A route that begins or ends here. */
export interface RouteRow {
  readonly goods: RouteGoods
  readonly from: number
  readonly to: number
  /** Set or moved by the draft. */
  readonly drafted: boolean
}

/** A planet, as far as the reader knows it. */
export interface PlanetView {
  readonly spot: Spot
  readonly home: boolean
  /** The draft's new name, or its own. */
  readonly name: string
  readonly renamed: boolean
  readonly facts: ReadonlyArray<{ readonly name: FactName; readonly value: number }>
  readonly production: Production | undefined
  /** What a foreign planet makes, as its owner sees it. */
  readonly foreignProduction: string | undefined
  readonly own: ReadonlyArray<OwnRow>
  readonly guests: ReadonlyArray<GuestRow>
  readonly arrivals: ReadonlyArray<Arrival>
  readonly routes: ReadonlyArray<RouteRow>
}

const factsOf = (planet: Partial<OwnPlanet | ForeignPlanet>): PlanetView["facts"] =>
  factNames.flatMap((name) => {
    const value = planet[name]
    return value === undefined ? [] : [{ name, value }]
  })

const productionOf = (ruleset: Ruleset, report: Report, planet: OwnPlanet, intents: Intents): Production => {
  const options = optionsOf(report, intents)
  const before = planet.production
  const now = intents.products.get(planet.number) ?? before
  const option = optionOf(options, now)
  return {
    before,
    now,
    option,
    outcome: option === undefined ? undefined : outcomeOf(ruleset, report, planet, option),
    loss: option === undefined || now === before ? undefined : lossOf(ruleset, report, planet, option),
    options
  }
}

/** Every route of the race with the draft's changes. */
export const routesOf = (report: Report, intents: Intents): ReadonlyArray<RouteRow> => {
  const rows = new Map<string, RouteRow>()
  for (const it of report.routes) {
    for (const [goods, field] of routeFields) {
      const to = it[field]
      if (to !== undefined) rows.set(`${it.planet} ${goods}`, { goods, from: it.planet, to, drafted: false })
    }
  }
  for (const { goods, from, to } of intents.routes) {
    const key = `${from} ${goods}`
    if (to === undefined) rows.delete(key)
    else rows.set(key, { goods, from, to, drafted: rows.get(key)?.to !== to })
  }
  return [...rows.values()]
}

/** The view of a planet; undefined where there is none of this number. */
export const planetView = (
  ruleset: Ruleset,
  report: Report,
  scene: Scene,
  intents: Intents,
  number: number
): PlanetView | undefined => {
  const spot = scene.byNumber.get(number)
  if (spot === undefined) return undefined
  const own = report.my_planets.find((it) => it.number === number)
  const foreign = report.foreign_planets.find((it) => it.number === number)
  const empty = report.uninhabited_planets.find((it) => it.number === number)
  const name = intents.names.get(number) ?? spot.name
  return {
    spot,
    home: scene.home?.number === number,
    name,
    renamed: name !== spot.name,
    facts: factsOf(own ?? foreign ?? empty ?? {}),
    production: own === undefined ? undefined : productionOf(ruleset, report, own, intents),
    foreignProduction: foreign?.production,
    own: ownRows(report, scene.classes, number, intents),
    guests: guestRows(report, scene.classes, scene.styles, number),
    arrivals: scene.courses
      .filter(({ destination }) => destination === number)
      .map(({ mine, id, origin, ships, distance, speed }) => ({
        mine,
        id,
        origin,
        ships,
        distance,
        turns: turnsFor(ruleset, distance, speed)
      }))
      .toSorted((a, b) => Number(a.mine) - Number(b.mine) || (a.turns ?? 0) - (b.turns ?? 0)),
    routes: routesOf(report, intents).filter(({ from, to }) => from === number || to === number)
  }
}
