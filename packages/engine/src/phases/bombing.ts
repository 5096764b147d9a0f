/** Phase 8: armed ships bomb the planets of races that they are at war with (rules, section 17). */
import { bombingPower } from "../formulas/ships.ts"
import { productName } from "../orders/products.ts"
import {
  atWar,
  type Draft,
  type DraftGroup,
  type DraftPlanet,
  type DraftRace,
  explain,
  planetOf,
  productOf,
  raceOf,
  setOwner,
  setPlanet
} from "../state/Draft.ts"
import { groupsByPlanet } from "../state/groups.ts"
import type { Phase } from "../turn/Phase.ts"
import { thawOn } from "./growth.ts"

interface Bomber {
  readonly race: DraftRace
  readonly groups: ReadonlyArray<DraftGroup>
}

/** What the bombs of one race destroy on a planet. */
interface Damage {
  readonly population: number
  readonly industry: number
  readonly colonists: number
  readonly wiped: boolean
  readonly capturedBy: number | null
}

const byPower = (draft: Draft, planet: DraftPlanet, power: number): Damage => {
  const population = Math.min(planet.population, power)
  const wiped = planet.population - power <= draft.ruleset.epsilon
  const all = wiped && !draft.ruleset.colonistsOutlastWipe
  return {
    population: wiped ? planet.population : population,
    industry: wiped ? planet.industry : Math.min(planet.industry, power),
    colonists: all ? planet.colonists : Math.min(planet.colonists, power),
    wiped,
    capturedBy: null
  }
}

const damageOf = (draft: Draft, planet: DraftPlanet, power: number, bomber: number): Damage => {
  const { population, industry, colonists } = planet
  switch (draft.ruleset.bombing) {
    case "power":
      return byPower(draft, planet, power)
    case "capture":
      return {
        population: 0.75 * population,
        industry: 0.75 * industry,
        colonists,
        wiped: false,
        capturedBy: bomber
      }
    case "wipe":
      return { population, industry, colonists, wiped: true, capturedBy: null }
  }
}

const strike = (
  draft: Draft,
  planet: DraftPlanet,
  owner: DraftRace,
  bomber: Bomber,
  witnesses: ReadonlyArray<number>
) => {
  const { ruleset } = draft
  const power = bomber.groups.reduce((sum, { design, techs, ships }) => sum + bombingPower(design, techs) * ships, 0)
  const damage = damageOf(draft, planet, power, bomber.race.index)
  const { population, industry, colonists, capital, materials, production } = planet
  const everything = ruleset.bombing === "wipe"
  setPlanet(draft, planet, "industry", industry - damage.industry, "bombing")
  setPlanet(draft, planet, "population", population - damage.population, "bombing")
  setPlanet(draft, planet, "colonists", colonists - damage.colonists, "bombing")
  if (ruleset.bombing === "power") setPlanet(draft, planet, "materials", materials + damage.industry, "bombing")
  if (everything) for (const what of ["capital", "materials"] as const) setPlanet(draft, planet, what, 0, "bombing")
  if (planet.production?.kind === "ships" && (damage.wiped || damage.capturedBy !== null)) {
    explain(draft, owner.index, "planet", planet.number, "banked", planet.production.banked, 0, "bombing")
  }
  planet.bombed = true
  if (damage.wiped) setOwner(draft, planet, null)
  if (damage.capturedBy !== null) setOwner(draft, planet, damage.capturedBy)
  draft.events.push({
    kind: "bombing",
    bomber: bomber.race.index,
    owner: owner.index,
    planet: planet.number,
    name: planet.name,
    witnesses,
    classes: [...new Set(bomber.groups.map(({ design }) => design.name))],
    power,
    population,
    industry,
    production: production === null ? "-" : productName(productOf(production), owner.sciences),
    capital,
    materials,
    colonists,
    destroyed_population: damage.population,
    destroyed_industry: damage.industry,
    destroyed_colonists: damage.colonists,
    wiped: damage.wiped,
    new_owner: planet.owner
  })
}

/** Whether a group at a planet bombs it. */
const bombs = (draft: Draft, race: DraftRace, { design, state }: DraftGroup, owner: number): boolean =>
  design.armament > 0 && state !== "upgrading" && atWar(draft, race.index, owner)

/** Numbers of the planets that somebody bombs. */
const targetsIn = (draft: Draft): ReadonlySet<number> => {
  const targets = new Set<number>()
  for (const race of draft.races) {
    for (const group of race.groups.values()) {
      if (group.state === "in_space") continue
      const { owner } = planetOf(draft, group.at)
      if (owner !== null && bombs(draft, race, group, owner)) targets.add(group.at)
    }
  }
  return targets
}

/**
 * Bombs each planet with all armed ships there whose race is at war with its owner. What is destroyed, and whether the
 * planet is captured, follows the ruleset's `bombing`.
 */
export const bombing: Phase = {
  name: "bombing",
  run: ({ draft }) => {
    const targets = targetsIn(draft)
    const there = groupsByPlanet(draft, ({ at }) => targets.has(at))
    for (const [number, present] of there) {
      const planet = planetOf(draft, number)
      if (planet.owner === null) continue
      const owner = raceOf(draft, planet.owner)
      const bombers = new Map<DraftRace, Array<DraftGroup>>()
      for (const { race, group } of present) {
        if (!bombs(draft, race, group, owner.index)) continue
        const others = bombers.get(race)
        if (others === undefined) bombers.set(race, [group])
        else others.push(group)
      }
      const defended = present.some(({ race, group }) => race === owner && group.design.armament > 0)
      if (bombers.size === 0 || (defended && !draft.ruleset.bombsDespiteDefenders)) continue
      const witnesses = [...new Set([owner.index, ...present.map(({ race }) => race.index)])].toSorted((a, b) => a - b)
      for (const [race, groups] of bombers) {
        // One wave after another, in the order of races, until the planet's owner has lost it.
        if (planet.owner !== owner.index) break
        strike(draft, planet, owner, { race, groups }, witnesses)
      }
      if (draft.ruleset.thaw === "after_bombing" && planet.owner !== null) thawOn(draft, planet)
    }
  }
}
