/**
 * The galaxy while a turn is made: the same facts as in `Galaxy`, found by direct reference and changed in place.
 *
 * Every change of a number that a player owns goes through the setters here, which log it with its cause. So the log
 * explains every number, and a test checks that it does.
 */
import { keyOf } from "../orders/keyOf.ts"
import { emptyMass } from "../formulas/ships.ts"
import { type Ruleset, rulesets } from "../rules/Ruleset.ts"
import type { Cause, ChangedNumber, TurnEvent } from "../turn/TurnEvent.ts"
import type { Galaxy, Group, Levels, Planet, Product, Race, Routes, Science, ShipClass } from "./Galaxy.ts"
import type { Goods } from "./kinds.ts"
import type { Technology } from "./technologies.ts"

type Mutable<A> = { -readonly [Key in keyof A]: A[Key] }

/** A ship class with its empty mass. Ships and yards refer to it, so that it is renamed in one place. */
export type Design = Mutable<ShipClass> & { readonly mass: number }

/** What a group is doing. All states but the first two end with the turn. */
export type GroupState = "in_orbit" | "in_space" | "launched" | "upgrading" | "in_transfer"

/** A group that refers to its class directly, with a state for this turn. */
export interface DraftGroup extends Mutable<Omit<Group, "class">> {
  design: Design
  state: GroupState
}

/** Ships on their way from one race to another; `design` is a copy of the giver's class. */
export interface Gift extends Omit<DraftGroup, "number"> {
  /** Indices of races. */
  readonly giver: number
  readonly receiver: number
}

/** `Product` with direct references to the science or class. */
export type Production =
  | { readonly kind: "capital" | "materials" }
  | Extract<Product, { readonly kind: "research" }>
  | { readonly kind: "science"; readonly science: Science }
  | { readonly kind: "ships"; readonly design: Design; readonly banked: number }

/** A planet with facts that count only while the turn is made. */
export interface DraftPlanet extends Mutable<Omit<Planet, "production" | "routes">> {
  production: Production | null
  routes: Mutable<Routes>
  /** Points spent on upgrades this turn. */
  spent: number
  /** People died here this turn, so that there may be room for frozen ones. */
  bombed: boolean
}

/** A race whose classes, sciences and groups are found by key; `index` is its position in `Galaxy.races`. */
export interface DraftRace extends Mutable<Omit<Race, "classes" | "sciences" | "groups">> {
  readonly index: number
  /** By `keyOf` their names. */
  readonly designs: Map<string, Design>
  readonly sciences: Map<string, Science>
  /** By number, ascending: a new group has the highest. */
  readonly groups: Map<number, DraftGroup>
  /** Number of the newest group; 0 without any. */
  newest: number
}

/**
 * A turn in the making, changed by orders and phases: numbers through the setters below, or together with `explain`.
 */
export interface Draft {
  readonly ruleset: Ruleset
  /** The number of the turn that is being made. */
  readonly turn: number
  readonly size: number
  /** The galaxy as the last reports described it: whoever votes knows no more. */
  readonly before: Galaxy
  readonly races: ReadonlyArray<DraftRace>
  readonly planets: ReadonlyArray<DraftPlanet>
  finished: boolean
  winners: ReadonlyArray<number>
  readonly events: Array<TurnEvent>
  /** Ships given away this turn that have yet to reach their receivers. */
  readonly gifts: Array<Gift>
  /** Shots that the battles of this turn have fired. */
  fired: number
  /** Caches, filled when first needed and dropped on a change; read them by `planetsOf` and `planetNamed`. */
  readonly index: {
    owned: ReadonlyArray<ReadonlyArray<DraftPlanet>> | undefined
    named: Map<string, DraftPlanet> | undefined
  }
}

/** A new design, with its mass computed; nothing refers to it yet. */
export const designOf = (shipClass: ShipClass): Design => ({ ...shipClass, mass: emptyMass(shipClass) })

const missing = (what: string): never => {
  throw new Error(`the state refers to ${what}, which does not exist`)
}

// Copies are written out member by member: spreads and rests of so many objects took a tenth of a turn.

const draftGroup = (group: Group, design: Design): DraftGroup => ({
  number: group.number,
  ships: group.ships,
  techs: group.techs,
  goods: group.goods,
  load: group.load,
  at: group.at,
  to: group.to,
  distance: group.distance,
  fleet: group.fleet,
  design,
  state: group.to === null ? "in_orbit" : "in_space"
})

const draftRace = (race: Race, index: number): DraftRace => {
  const { classes, sciences, groups, ...rest } = race
  const designs = new Map(classes.map((it) => [keyOf(it.name), designOf(it)]))
  const byName = new Map([...designs.values()].map((it) => [it.name, it]))
  const drafted = new Map<number, DraftGroup>()
  for (const group of groups) {
    const { number, class: name } = group
    const design = byName.get(name) ?? designs.get(keyOf(name)) ?? missing(`class ${name} of ${race.name}`)
    drafted.set(number, draftGroup(group, design))
  }
  return {
    ...rest,
    index,
    designs,
    newest: groups.at(-1)?.number ?? 0,
    sciences: new Map(sciences.map((it) => [keyOf(it.name), it])),
    groups: drafted
  }
}

const productionOf = (planet: Planet, owner: DraftRace | undefined): Production | null => {
  const product = planet.production
  if (product === null || owner === undefined) return null
  if (product.kind === "science") {
    return {
      kind: "science",
      science: owner.sciences.get(keyOf(product.science)) ?? missing(`science ${product.science} of ${owner.name}`)
    }
  }
  if (product.kind !== "ships") return product
  const design = owner.designs.get(keyOf(product.class)) ?? missing(`class ${product.class} of ${owner.name}`)
  return { kind: "ships", design, banked: product.banked }
}

const draftPlanet = (planet: Planet, production: Production | null): DraftPlanet => ({
  number: planet.number,
  name: planet.name,
  x: planet.x,
  y: planet.y,
  size: planet.size,
  resources: planet.resources,
  owner: planet.owner,
  population: planet.population,
  industry: planet.industry,
  capital: planet.capital,
  materials: planet.materials,
  colonists: planet.colonists,
  routes: { ...planet.routes },
  production,
  spent: 0,
  bombed: false
})

/** A copy of the galaxy to make its next turn on, by its own ruleset unless another is given. */
export const draftOf = (galaxy: Galaxy, ruleset: Ruleset = rulesets[galaxy.ruleset]): Draft => {
  const races = galaxy.races.map(draftRace)
  return {
    ruleset,
    turn: galaxy.turn + 1,
    size: galaxy.size,
    before: galaxy,
    finished: galaxy.finished,
    winners: galaxy.winners,
    events: [],
    gifts: [],
    fired: 0,
    index: { owned: undefined, named: undefined },
    races,
    planets: galaxy.planets.map((planet) =>
      draftPlanet(planet, productionOf(planet, planet.owner === null ? undefined : races[planet.owner]))
    )
  }
}

/** A draft's product as the state stores it. */
export const productOf = (production: Production): Product => {
  switch (production.kind) {
    case "science":
      return { kind: "science", science: production.science.name }
    case "ships":
      return { kind: "ships", class: production.design.name, banked: production.banked }
    default:
      return production
  }
}

const groupOf = ({ design, number, ships, techs, goods, load, at, to, distance, fleet }: DraftGroup): Group => ({
  number,
  class: design.name,
  ships,
  techs,
  goods,
  load,
  at,
  to,
  distance,
  fleet
})

const planetAfter = (planet: DraftPlanet): Planet => ({
  number: planet.number,
  name: planet.name,
  x: planet.x,
  y: planet.y,
  size: planet.size,
  resources: planet.resources,
  owner: planet.owner,
  population: planet.population,
  industry: planet.industry,
  capital: planet.capital,
  materials: planet.materials,
  colonists: planet.colonists,
  routes: planet.routes,
  production: planet.production === null ? null : productOf(planet.production)
})

const classOf = ({ name, drive, armament, weapons, shields, cargo }: Design): ShipClass => ({
  name,
  drive,
  armament,
  weapons,
  shields,
  cargo
})

const raceAfter = ({ index: _index, newest: _newest, designs, sciences, groups, ...race }: DraftRace): Race => ({
  ...race,
  classes: Array.from(designs.values(), classOf),
  sciences: [...sciences.values()],
  groups: Array.from(groups.values(), groupOf)
})

/** The galaxy after the turn; facts that count only within the turn are left out. */
export const galaxyOf = (before: Galaxy, draft: Draft): Galaxy => ({
  ...before,
  turn: draft.turn,
  finished: draft.finished,
  winners: draft.winners,
  races: draft.races.map(raceAfter),
  planets: draft.planets.map(planetAfter)
})

/** The race at an index that is known to exist. */
export const raceOf = (draft: Draft, index: number): DraftRace => draft.races[index] ?? missing(`race ${index}`)

/** The planet of a number that is known to exist. */
export const planetOf = (draft: Draft, number: number): DraftPlanet =>
  draft.planets[number - 1] ?? missing(`planet ${number}`)

/** The race's planets, by number. */
export const planetsOf = (draft: Draft, race: number): ReadonlyArray<DraftPlanet> => {
  if (draft.index.owned === undefined) {
    const owned = draft.races.map((): Array<DraftPlanet> => [])
    for (const planet of draft.planets) if (planet.owner !== null) owned[planet.owner]?.push(planet)
    draft.index.owned = owned
  }
  return draft.index.owned[race] ?? []
}

/** The planet of that name, in any case. */
export const planetNamed = (draft: Draft, name: string): DraftPlanet | undefined => {
  draft.index.named ??= new Map(draft.planets.map((planet) => [keyOf(planet.name), planet]))
  return draft.index.named.get(keyOf(name))
}

/** Renames a planet; no other planet may have the name. */
export const namePlanet = (draft: Draft, planet: DraftPlanet, name: string): void => {
  draft.index.named?.delete(keyOf(planet.name))
  planet.name = name
  draft.index.named?.set(keyOf(name), planet)
}

/** Races still in the game, by index. */
export const activeRaces = (draft: Draft): ReadonlyArray<DraftRace> => draft.races.filter((it) => it.removed === null)

/** Whether `race` is at war with `other` from its own side; never in turns of forced peace. */
export const atWar = (draft: Draft, race: number, other: number): boolean =>
  race !== other && draft.turn > draft.ruleset.forcedPeaceTurns && !raceOf(draft, race).peace_with.includes(other)

/** Logs the change of a number; does nothing when it is the same. */
export const explain = (
  draft: Draft,
  race: number | null,
  subject: "planet" | "race" | "group",
  number: number | undefined,
  what: ChangedNumber,
  before: number,
  after: number,
  cause: Cause
): void => {
  if (before === after) return
  draft.events.push(
    number === undefined
      ? { kind: "change", race, subject, what, before, after, cause }
      : { kind: "change", race, subject, number, what, before, after, cause }
  )
}

/** Sets a number of a planet and logs it for its owner. */
export const setPlanet = (
  draft: Draft,
  planet: DraftPlanet,
  what: "population" | "industry" | Goods,
  value: number,
  cause: Cause
): void => {
  const before = planet[what]
  planet[what] = value
  explain(draft, planet.owner, "planet", planet.number, what, before, value, cause)
}

const removeGroup = (race: DraftRace, number: number): void => {
  race.groups.delete(number)
  if (number !== race.newest) return
  race.newest = 0
  for (const other of race.groups.keys()) race.newest = other
}

/** Changes how many ships a group has; a group without ships is removed together with its load. */
export const setShips = (draft: Draft, race: DraftRace, group: DraftGroup, ships: number, cause: Cause): void => {
  const before = group.ships
  group.ships = ships
  explain(draft, race.index, "group", group.number, "ships", before, ships, cause)
  if (ships > 0) return
  removeGroup(race, group.number)
  // Another group may get the number, so this one's load must end in the log.
  explain(draft, race.index, "group", group.number, "load", group.load, 0, cause)
}

/** Adds a group of the race under the next number. */
export const addGroup = (
  draft: Draft,
  race: DraftRace,
  group: Omit<DraftGroup, "number">,
  cause: Cause
): DraftGroup => {
  const added = { ...group, number: race.newest + 1 }
  race.newest = added.number
  race.groups.set(added.number, added)
  explain(draft, race.index, "group", added.number, "ships", 0, added.ships, cause)
  return added
}

/** Sets the load of each ship of a group. */
export const setLoad = (
  draft: Draft,
  race: DraftRace,
  group: DraftGroup,
  goods: Goods | null,
  load: number,
  cause: Cause
): void => {
  const before = group.load
  group.goods = load > 0 ? goods : null
  group.load = load
  explain(draft, race.index, "group", group.number, "load", before, load, cause)
}

/** Sets a race's level of a technology; research is the only cause. */
export const setTech = (draft: Draft, race: DraftRace, technology: Technology, level: number): void => {
  const before = race.techs[technology]
  race.techs = { ...race.techs, [technology]: level }
  explain(draft, race.index, "race", undefined, technology, before, level, "research")
}

/** Gives a planet to a race, where it begins to make capital, or to nobody. Its routes are deleted; stocks stay. */
export const setOwner = (draft: Draft, planet: DraftPlanet, owner: number | null): void => {
  planet.owner = owner
  planet.production = owner === null ? null : { kind: "capital" }
  planet.routes = {}
  draft.index.owned = undefined
}

/** Levels of a new ship: 0 for blocks that it doesn't have. */
export const blockTechs = (design: Design, techs: Levels): Levels => ({
  drive: design.drive > 0 ? techs.drive : 0,
  weapons: design.armament > 0 ? techs.weapons : 0,
  shields: design.shields > 0 ? techs.shields : 0,
  cargo: design.cargo > 0 ? techs.cargo : 0
})
