/**
 * The galaxy as far as a report shows it, in the form that the engine's orders are carried out on. What isn't in the
 * report is blank, as it is in the view by which the server judges, so both come to the same verdicts. Only numbers that
 * reports round to two decimals can differ by that.
 */
import type { OwnPlanet, Report } from "@galaxy/contract/engine/Report"
import type { Galaxy, Group, Levels, Planet, Product, Race, Routes } from "@galaxy/engine/state/Galaxy"
import { technologies } from "@galaxy/engine/state/technologies"

/** A galaxy without what only the engine needs: the seed and who plays for whom. */
type Ruleset = Galaxy["ruleset"]

const goodsOf = { COL: "colonists", CAP: "capital", MAT: "materials" } as const

const productOf = (report: Report, planet: OwnPlanet): Product => {
  const named = planet.production
  if (named === "CAP") return { kind: "capital" }
  if (named === "MAT") return { kind: "materials" }
  const technology = technologies.find((it) => it.toUpperCase() === named)
  if (technology !== undefined) return { kind: "research", technology }
  const key = named.toLowerCase()
  const science = report.my_sciences.find((it) => it.name.toLowerCase() === key)
  if (science !== undefined) return { kind: "science", science: science.name }
  const name = named.replace(/^SHIP /i, "")
  const known = report.my_classes.find((it) => it.name.toLowerCase() === name.toLowerCase())
  if (known === undefined) return { kind: "capital" }
  const banked = report.yards.find((it) => it.planet === planet.number)?.banked ?? 0
  return { kind: "ships", class: known.name, banked }
}

const blank = (number: number, x: number, y: number): Planet => ({
  number,
  name: String(number),
  x,
  y,
  size: 0,
  resources: 0,
  owner: null,
  population: 0,
  industry: 0,
  capital: 0,
  materials: 0,
  colonists: 0,
  production: null,
  routes: {}
})

const levelsOf = ({ drive, weapons, shields, cargo }: Levels): Levels => ({ drive, weapons, shields, cargo })

const routesOf = (report: Report, planet: number): Routes => {
  const found = report.routes.find((it) => it.planet === planet)
  if (found === undefined) return {}
  const { planet: _planet, name: _name, ...routes } = found
  return routes
}

const groupsOf = (report: Report): ReadonlyArray<Group> =>
  report.my_groups
    .map((it) => ({
      number: it.number,
      class: it.class,
      ships: it.ships,
      techs: levelsOf(it),
      goods: Object.hasOwn(goodsOf, it.goods) ? goodsOf[it.goods as keyof typeof goodsOf] : null,
      load: it.load,
      at: it.origin ?? it.destination,
      to: it.origin === undefined ? null : it.destination,
      distance: it.distance ?? 0,
      fleet: it.fleet ?? null
    }))
    .toSorted((one, other) => one.number - other.number)

const racesOf = (report: Report, own: number): ReadonlyArray<Race> => {
  const index = new Map(report.players.map(({ name }, at) => [name, at]))
  return report.players.map(
    (it, at): Race => ({
      name: it.name,
      player_id: "" as Race["player_id"],
      removed: it.extinct ? { turn: 0, reason: "extinct" } : null,
      techs: levelsOf(it),
      classes: at === own ? report.my_classes.map(({ mass: _mass, ...shipClass }) => shipClass) : [],
      sciences: at === own ? report.my_sciences : [],
      groups: at === own ? groupsOf(report) : [],
      votes_for: at === own ? (index.get(report.votes.voting_for) ?? own) : at,
      peace_with:
        at === own ? report.players.flatMap(({ relation }, other) => (relation === "peace" ? [other] : [])) : [],
      idle_turns: 0,
      quitting: false,
      initial_planets: 0,
      initial_population: 0,
      max_planets: 0,
      max_population: 0
    })
  )
}

/** The galaxy that a report shows, and the position of its race in it; undefined when the race isn't listed. */
export const galaxyOfReport = (
  report: Report,
  ruleset: Ruleset
): { readonly galaxy: Galaxy; readonly race: number } | undefined => {
  const race = report.players.findIndex(({ name }) => name === report.race)
  if (race < 0) return undefined
  const index = new Map(report.players.map(({ name }, at) => [name, at]))
  const planets = [
    ...report.my_planets.map(
      (it): Planet => ({
        ...blank(it.number, it.x, it.y),
        name: it.name,
        size: it.size,
        resources: it.resources,
        owner: race,
        population: it.population,
        industry: it.industry,
        capital: it.capital,
        materials: it.materials,
        colonists: it.colonists,
        production: productOf(report, it),
        routes: routesOf(report, it.number)
      })
    ),
    ...report.foreign_planets.map(
      (it): Planet => ({
        ...blank(it.number, it.x, it.y),
        name: it.name,
        size: it.size,
        resources: it.resources,
        owner: index.get(it.owner) ?? null,
        population: it.population,
        industry: it.industry,
        capital: it.capital,
        materials: it.materials,
        colonists: it.colonists
      })
    ),
    ...report.uninhabited_planets.map(
      (it): Planet => ({
        ...blank(it.number, it.x, it.y),
        name: it.name,
        size: it.size,
        resources: it.resources,
        capital: it.capital,
        materials: it.materials
      })
    ),
    ...report.unknown_planets.map((it) => blank(it.number, it.x, it.y))
  ].toSorted((one, other) => one.number - other.number)
  return {
    race,
    galaxy: {
      game_id: report.game_id,
      ruleset,
      seed: "",
      turn: report.turn,
      size: report.summary.size,
      finished: report.finished,
      winners: [],
      races: racesOf(report, race),
      planets
    }
  }
}
