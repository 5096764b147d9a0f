/**
 * The vocabulary of the examples in the guide: each name is one of the engine's own functions, with the constants of
 * the ruleset that is played by default. `speed(design 8 0 0 2 10, load 15) = 4.57` is one example.
 */
import { sideFor } from "@galaxy/engine/generation/kinds"
import { grow } from "@galaxy/engine/formulas/growth"
import {
  capitalToIndustry,
  freePoints,
  makeCapital,
  makeMaterials,
  researched
} from "@galaxy/engine/formulas/production"
import { attackOf, bombingPower, defenceOf, emptyMass, fullMass, holdOf, speedOf } from "@galaxy/engine/formulas/ships"
import { killChance } from "@galaxy/engine/formulas/shot"
import { partial, payable, shipCost } from "@galaxy/engine/formulas/upgrade"
import { election } from "@galaxy/engine/formulas/votes"
import { build, oreReturned } from "@galaxy/engine/formulas/yard"
import { sharesOf } from "@galaxy/engine/orders/sciences"
import { plus } from "@galaxy/engine/rules/Ruleset"
import { distance } from "@galaxy/engine/space/distance"
import type { Galaxy } from "@galaxy/engine/state/Galaxy"
import { planetNumbered } from "@galaxy/engine/state/lookups"
import { technologies } from "@galaxy/engine/state/technologies"
import { makeTurn } from "@galaxy/engine/turn/makeTurn"
import type { Order } from "@galaxy/contract/engine/Order"
import { Result } from "effect"
import { classOf, galaxyOf, groupOf, levels, nothing, ordersOf } from "../support/games.ts"

/** Arguments by name, as they are written. Asking for one that isn't there fails, unless it has a default. */
class Arguments {
  readonly #given: ReadonlyMap<string, string>
  readonly #used = new Set<string>()
  constructor(given: ReadonlyMap<string, string>) {
    this.#given = given
  }
  word(name: string): string {
    this.#used.add(name)
    const value = this.#given.get(name)
    if (value === undefined) throw new Error(`the argument ${name} is missing`)
    return value
  }
  numbers(name: string): ReadonlyArray<number> {
    const numbers = this.word(name).split(" ").map(Number)
    if (numbers.some((it) => !Number.isFinite(it))) throw new Error(`${name} is no number`)
    return numbers
  }
  number(name: string, otherwise?: number): number {
    if (otherwise !== undefined && !this.#given.has(name)) return otherwise
    const [number, ...more] = this.numbers(name)
    if (number === undefined || more.length > 0) throw new Error(`${name} is not one number`)
    return number
  }
  design() {
    const numbers = this.numbers("design")
    if (numbers.length !== 5) throw new Error("a design is five numbers")
    return classOf("Example", numbers.join(" "))
  }
  techs() {
    return levels(this.number("level", 1))
  }
  place(name: string): { readonly x: number; readonly y: number } {
    const [x, y, ...more] = this.numbers(name)
    if (x === undefined || y === undefined || more.length > 0) throw new Error(`${name} is no place`)
    return { x, y }
  }
  unused(): ReadonlyArray<string> {
    return [...this.#given.keys()].filter((name) => !this.#used.has(name))
  }
}

const people = (it: Arguments) =>
  grow(plus, { size: it.number("size"), population: it.number("population"), colonists: 0 })

const converted = (it: Arguments) =>
  capitalToIndustry({
    population: it.number("population"),
    industry: it.number("industry"),
    capital: it.number("capital")
  })

const building = (it: Arguments) =>
  build(plus, emptyMass(it.design()), it.number("resources"), it.number("materials"), it.number("points"))

const made = (it: Arguments) =>
  makeCapital(plus, { capital: 0, materials: it.number("materials") }, it.number("resources"), it.number("points"))

const costOf = (it: Arguments): number => {
  const design = it.design()
  const { techs } = groupOf(design, { techs: levels(it.number("from")) })
  return shipCost(plus, design, techs, groupOf(design, { techs: levels(it.number("to")) }).techs)
}

/** Whether a ship may be sent over a distance: nothing else says how wide the flight zone is. */
const reaches = (level: number, far: number): boolean => {
  const design = classOf("Example", "1 0 0 0 0")
  const galaxy = galaxyOf([{ x: 0 }, { x: far, owner: null, population: 0, industry: 0 }], { size: 1000 }, [
    { techs: levels(level), classes: [design], groups: [groupOf(design)] }
  ])
  const { reports } = makeTurn(galaxy, ordersOf({ 0: [{ op: "send", group: 1, planet: 2 }] }))
  return reports[0]?.orders[0]?.accepted === true
}

/** Whether a foreign ship in space is seen at a distance from the only planet of a race. */
const detects = (level: number, far: number): boolean => {
  const design = classOf("Example", "1 0 0 0 0")
  // Both of the ship's planets lie in one place, so it is there wherever it is on its way.
  const galaxy = galaxyOf(
    [{ x: 0 }, { x: far, owner: 1 }, { x: far, owner: null, population: 0, industry: 0 }],
    { size: 1000 },
    [
      { techs: levels(level) },
      { classes: [design], groups: [groupOf(design, { at: 2, to: 3, distance: 900, techs: levels(1) })] }
    ]
  )
  return makeTurn(galaxy, nothing).reports[0]?.unidentified_groups.length === 1
}

/** The border of what holds up to it and not beyond: a whole number, or `undefined` when it isn't where it is said. */
const border = (holds: (far: number) => boolean): number => {
  let far = 1
  while (far < 400 && holds(far + 1)) far++
  if (!holds(far) || holds(far + 1e-3)) throw new Error("the border is no whole number")
  return far
}

/** Turns until a ship arrives. */
const turnsOf = (design: ReturnType<typeof classOf>, far: number): number => {
  const empty = { owner: null, population: 0, industry: 0 }
  let galaxy: Galaxy = galaxyOf([{ x: 0 }, { x: far, ...empty }], { size: 1000 }, [
    { classes: [design], groups: [groupOf(design)] },
    {}
  ])
  let orders: ReadonlyArray<Order> = [{ op: "send", group: 1, planet: 2 }]
  for (let turn = 1; turn <= 1000; turn++) {
    galaxy = makeTurn({ ...galaxy, finished: false }, ordersOf({ 0: orders })).galaxy
    orders = []
    if (galaxy.races[0]?.groups[0]?.at === 2) return turn
  }
  throw new Error("it never arrives")
}

/** A planet after colonists were put down on it. */
const landing = (it: Arguments) => {
  const design = classOf("Example", "1 0 0 0 100")
  const target = { size: it.number("size"), population: it.number("population") }
  const owner = target.population > 0 ? 0 : null
  const galaxy = galaxyOf([{}, { ...target, industry: 0, owner }], {}, [
    { classes: [design], groups: [groupOf(design, { at: 2, goods: "colonists", load: it.number("colonists") })] }
  ])
  // Landing is the last step of a turn that changes people, but orders come before growth: a route it is.
  const routed = {
    ...galaxy,
    planets: galaxy.planets.map((at) => (at.number === 1 ? { ...at, routes: { colonists: 2 } } : at))
  }
  const after = planetNumbered(makeTurn(routed, nothing).galaxy, 2)
  if (after === undefined) throw new Error("the planet is gone")
  return after
}

/** The election of two races, of which the first has all people. */
const polled = (population: number) =>
  election(plus, { races: [{ removed: null, votes_for: 0 }], planets: [{ owner: 0, population, industry: 0 }] })

const vocabulary: Readonly<Record<string, (it: Arguments) => number>> = {
  side: (it) => sideFor(it.number("races"), plus),
  distance: (it) => distance(plus.map, it.number("side"), it.place("from"), it.place("to")),
  points: (it) => freePoints(plus, { industry: it.number("industry"), population: it.number("population") }),
  ore: (it) => makeMaterials({ capital: 0, materials: 0 }, it.number("resources"), it.number("points")).materials,
  capital: (it) => made(it).capital,
  industry: (it) => converted(it).industry,
  boxes: (it) => converted(it).capital,
  people: (it) => people(it).population,
  colonists: (it) => people(it).colonists,
  landed: (it) => landing(it).population,
  stillFrozen: (it) => landing(it).colonists,
  levels: (it) => {
    const [level, ...others] = technologies.map((technology) => researched(plus, technology, it.number("points")))
    if (level === undefined || others.some((other) => other !== level)) throw new Error("technologies cost differently")
    return level
  },
  share: (it) => {
    const parts = Object.fromEntries(technologies.map((technology) => [technology, it.number(technology)]))
    const technology = technologies.find((name) => name === it.word("of"))
    if (technology === undefined) throw new Error("there is no such technology")
    return Result.getOrThrow(sharesOf(parts))[technology]
  },
  mass: (it) => emptyMass(it.design()),
  hold: (it) => holdOf(plus, it.design(), it.techs()),
  speed: (it) => {
    const design = it.design()
    return speedOf(plus, design, it.techs(), fullMass(emptyMass(design), it.number("load"), it.techs()))
  },
  attack: (it) => attackOf(it.design(), it.techs()),
  defence: (it) => {
    const design = it.design()
    return defenceOf(plus, design, it.techs(), fullMass(emptyMass(design), it.number("load"), it.techs()))
  },
  built: (it) => building(it).ships,
  kept: (it) => building(it).banked,
  oreLeft: (it) => building(it).materials,
  oreBack: (it) =>
    oreReturned(plus, emptyMass(it.design()), it.number("resources"), it.number("materials"), it.number("banked")),
  upgrade: costOf,
  upgraded: (it) => payable(plus, costOf(it), it.number("points")),
  partLevel: (it) => {
    const design = it.design()
    const from = groupOf(design, { techs: levels(it.number("from")) }).techs
    const to = groupOf(design, { techs: levels(it.number("to")) }).techs
    return partial(plus, design, from, to, it.number("points")).drive
  },
  zone: (it) => border((far) => reaches(it.number("level"), far)),
  detection: (it) => border((far) => detects(it.number("level"), far)),
  turns: (it) => turnsOf(it.design(), it.number("distance")),
  chance: (it) => killChance(plus, it.number("attack"), it.number("defence")),
  bombs: (it) => bombingPower(it.design(), it.techs()),
  votes: (it) => polled(it.number("population")).total,
  needed: (it) => polled(it.number("population")).needed
}

export interface Example {
  readonly line: string
  /** As it is written. */
  readonly number: string
  readonly compute: () => number
}

/** The example of a line; computing it fails when it can't be understood. */
export const exampleOf = (line: string): Example => {
  const [, name = "", given = "", number = ""] = /^(\w+)\((.*)\) = (-?\d+(?:\.\d+)?)$/.exec(line) ?? []
  const compute = (): number => {
    const formula = Object.hasOwn(vocabulary, name) ? vocabulary[name] : undefined
    if (formula === undefined) throw new Error(`not an example: ${line}`)
    const words = given.split(", ").map((argument) => argument.split(" "))
    const it = new Arguments(new Map(words.map(([key = "", ...value]) => [key, value.join(" ")])))
    const result = formula(it)
    const unused = it.unused()
    if (unused.length > 0) throw new Error(`nobody asked for ${unused.join(", ")}`)
    return result
  }
  return { line, number, compute }
}

/** Whether a number, written with so many decimals, is what was computed. */
export const isWrittenAs = (number: string, computed: number): boolean => {
  const decimals = number.split(".")[1]?.length ?? 0
  return Math.abs(computed - Number(number)) <= 0.5 * 10 ** -decimals + 1e-9 && (decimals > 0 || isWhole(computed))
}

/** A number that is written without decimals must have none. */
const isWhole = (number: number): boolean => Math.abs(number - Math.round(number)) < 1e-9
