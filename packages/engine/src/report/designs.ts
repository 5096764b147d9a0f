/** Sections of ship classes and sciences: the reader's own, and those of others that it saw this turn. */
import type { ForeignClass, ForeignScience, OwnClass, OwnScience } from "@galaxy/contract/engine/Report"
import { emptyMass } from "../formulas/ships.ts"
import { raceAt } from "../state/lookups.ts"
import type { Science, ShipClass } from "../state/Galaxy.ts"
import type { Facts } from "./Facts.ts"
import { toHundredths } from "./rounding.ts"
import type { Sight } from "./sight.ts"

const classLine = (shipClass: ShipClass): OwnClass => ({
  name: shipClass.name,
  drive: toHundredths(shipClass.drive),
  armament: shipClass.armament,
  weapons: toHundredths(shipClass.weapons),
  shields: toHundredths(shipClass.shields),
  cargo: toHundredths(shipClass.cargo),
  mass: toHundredths(emptyMass(shipClass))
})

const scienceLine = ({ name, drive, weapons, shields, cargo }: Science): OwnScience => ({
  name,
  drive: toHundredths(drive),
  weapons: toHundredths(weapons),
  shields: toHundredths(shields),
  cargo: toHundredths(cargo)
})

const byName = (one: { readonly name: string }, other: { readonly name: string }): number =>
  one.name < other.name ? -1 : one.name > other.name ? 1 : 0

/** All classes of the race, sorted by name. */
export const ownClasses = ({ galaxy }: Facts, race: number): ReadonlyArray<OwnClass> =>
  raceAt(galaxy, race).classes.toSorted(byName).map(classLine)

/** All sciences of the race, sorted by name; rounded shares need not sum to 1. */
export const ownSciences = ({ galaxy }: Facts, race: number): ReadonlyArray<OwnScience> =>
  raceAt(galaxy, race).sciences.toSorted(byName).map(scienceLine)

/** Names of what was seen, by race. */
class Seen {
  readonly names = new Map<number, Set<string>>()
  add(race: number, name: string): void {
    const known = this.names.get(race)
    if (known === undefined) this.names.set(race, new Set([name]))
    else known.add(name)
  }
  has(race: number, name: string): boolean {
    return this.names.get(race)?.has(name) === true
  }
}

const visitedForeign = (facts: Facts, race: number, sight: Sight) =>
  [...sight.visited].flatMap((number) => {
    const planet = facts.galaxy.planets[number - 1]
    return planet === undefined || planet.owner === null || planet.owner === race
      ? []
      : [{ owner: planet.owner, production: planet.production }]
  })

/** All classes of a race as others see them, by name. */
const classLines = (facts: Facts, race: number): ReadonlyArray<ForeignClass> => {
  const known = facts.foreignClasses.get(race)
  if (known !== undefined) return known
  const { name, classes } = raceAt(facts.galaxy, race)
  const lines = classes.toSorted(byName).map((it) => ({ race: name, ...classLine(it) }))
  facts.foreignClasses.set(race, lines)
  return lines
}

/** Classes of others that the race saw this turn: in groups, battles, bombings, and yards of planets it visited. */
export const foreignClasses = (facts: Facts, race: number, sight: Sight): ReadonlyArray<ForeignClass> => {
  const seen = new Seen()
  for (const ships of sight.foreignShips) seen.add(ships.race, ships.group.class)
  for (const battle of facts.battlesOf[race] ?? []) for (const it of battle.groups) seen.add(it.race, it.class)
  for (const { bomber, classes } of facts.bombingsOf[race] ?? []) for (const name of classes) seen.add(bomber, name)
  for (const { owner, production } of visitedForeign(facts, race, sight)) {
    if (production?.kind === "ships") seen.add(owner, production.class)
  }
  return [...seen.names.keys()]
    .filter((other) => other !== race)
    .toSorted((a, b) => a - b)
    .flatMap((other) => classLines(facts, other).filter((it) => seen.has(other, it.name)))
}

/** Sciences that foreign planets work on while a ship of the race is there (rules, section 18). */
export const foreignSciences = (facts: Facts, race: number, sight: Sight): ReadonlyArray<ForeignScience> => {
  const seen = new Seen()
  for (const { owner, production } of visitedForeign(facts, race, sight)) {
    if (production?.kind === "science") seen.add(owner, production.science)
  }
  return [...seen.names.keys()]
    .toSorted((a, b) => a - b)
    .flatMap((other) => {
      const { name, sciences } = raceAt(facts.galaxy, other)
      return sciences
        .filter((it) => seen.has(other, it.name))
        .toSorted(byName)
        .map((it) => ({ race: name, ...scienceLine(it) }))
    })
}
