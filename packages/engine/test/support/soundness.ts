/** What must be so in every galaxy, and between a galaxy, its log and the next one. */
import { Galaxy } from "@galaxy/engine/state/Galaxy"
import { raceAt } from "@galaxy/engine/state/lookups"
import { rulesets } from "@galaxy/engine/rules/Ruleset"
import { holdOf } from "@galaxy/engine/formulas/ships"
import { distance } from "@galaxy/engine/space/distance"
import type { TurnEvent } from "@galaxy/engine/turn/TurnEvent"
import { assert } from "@effect/vitest"
import { Schema } from "effect"

const slack = 1e-6

const isGalaxy = Schema.is(Galaxy)

export const assertSound = (galaxy: Galaxy): void => {
  assert.isTrue(isGalaxy(galaxy), "the galaxy doesn't fit its schema")
  const ruleset = rulesets[galaxy.ruleset]
  const taken = galaxy.planets.map((planet) => planet.name.toLowerCase())
  assert.strictEqual(new Set(taken).size, taken.length, "two planets share a name")
  for (const planet of galaxy.planets) {
    const { number, owner, population, industry, size, production, routes } = planet
    const what = `planet ${number}`
    assert.isAtMost(industry, population, `${what}: industry without people`)
    assert.isAtMost(population, size, `${what}: more people than room`)
    assert.strictEqual(owner === null, production === null, `${what}: production without an owner, or none with one`)
    if (owner === null) {
      assert.strictEqual(population + industry + planet.colonists, 0, `${what}: people without an owner`)
      assert.deepStrictEqual(routes, {}, `${what}: routes without an owner`)
      continue
    }
    const race = raceAt(galaxy, owner)
    assert.isNull(race.removed, `${what} belongs to a race that has left`)
    assert.isAbove(population, 0, `${what} has an owner but nobody lives there`)
    if (production?.kind === "ships")
      assert.include(
        race.classes.map((it) => it.name),
        production.class
      )
    if (production?.kind === "science")
      assert.include(
        race.sciences.map((it) => it.name),
        production.science
      )
    for (const to of Object.values(routes)) assert.isDefined(galaxy.planets[to - 1], `${what}: route to nowhere`)
  }
  for (const race of galaxy.races) {
    const numbers = race.groups.map((it) => it.number)
    assert.deepStrictEqual(
      numbers,
      numbers.toSorted((a, b) => a - b),
      "groups are not in order"
    )
    assert.strictEqual(new Set(numbers).size, numbers.length)
    if (race.removed !== null) assert.strictEqual(race.groups.length, 0)
    const fleets = new Map<string, string>()
    for (const group of race.groups) {
      const design = race.classes.find((it) => it.name === group.class)
      if (design === undefined) return assert.fail(`group of unknown class ${group.class}`)
      assert.isAbove(group.ships, 0)
      assert.strictEqual(group.goods === null, group.load === 0)
      assert.isAtMost(group.load, holdOf(ruleset, design, group.techs) * (1 + slack) + slack)
      const at = galaxy.planets[group.at - 1]
      if (at === undefined) return assert.fail(`a group is at planet ${group.at}`)
      if (group.to === null) assert.strictEqual(group.distance, 0)
      else {
        const to = galaxy.planets[group.to - 1]
        if (to === undefined) return assert.fail(`a group flies to planet ${group.to}`)
        assert.isAbove(group.distance, 0)
        assert.isAtMost(group.distance, distance(ruleset.map, galaxy.size, at, to))
      }
      if (group.fleet !== null) {
        const place = `${group.at} ${group.to} ${group.distance}`
        const key = group.fleet.toLowerCase()
        assert.strictEqual(fleets.get(key) ?? place, place, `fleet ${group.fleet} is in two places`)
        fleets.set(key, place)
      }
    }
  }
}

type Numbers = ReadonlyMap<string, number>

/** Every number that the log must explain, by what it is of. */
const numbersOf = (galaxy: Galaxy): Numbers => {
  const all = new Map<string, number>()
  for (const planet of galaxy.planets) {
    const of = (what: string) => `planet ${planet.number} ${what}`
    for (const what of ["population", "industry", "capital", "materials", "colonists"] as const) {
      all.set(of(what), planet[what])
    }
    all.set(of("banked"), planet.production?.kind === "ships" ? planet.production.banked : 0)
  }
  for (const [index, race] of galaxy.races.entries()) {
    for (const what of ["drive", "weapons", "shields", "cargo"] as const)
      all.set(`race ${index} ${what}`, race.techs[what])
    for (const group of race.groups) {
      all.set(`group ${index}/${group.number} ships`, group.ships)
    }
  }
  return all
}

/** Goes through the log from the numbers before; what is left unexplained is a fault. */
export const assertExplained = (before: Galaxy, log: ReadonlyArray<TurnEvent>, after: Galaxy): void => {
  const numbers = new Map(numbersOf(before))
  for (const event of log) {
    if (event.kind !== "change") continue
    const { race, subject, number, what } = event
    const key =
      subject === "planet"
        ? `planet ${number} ${what}`
        : subject === "race"
          ? `race ${race} ${what}`
          : `group ${race}/${number} ${what}`
    // Loads and levels of a group go with it when it is split or merged.
    if (subject === "group" && what !== "ships") continue
    assert.strictEqual(
      numbers.get(key) ?? 0,
      event.before,
      `${key} is said to be ${event.before} before ${event.cause}`
    )
    numbers.set(key, event.after)
  }
  const reached = numbersOf(after)
  for (const key of new Set([...numbers.keys(), ...reached.keys()])) {
    assert.strictEqual(numbers.get(key) ?? 0, reached.get(key) ?? 0, `${key} isn't what the log says`)
  }
}
