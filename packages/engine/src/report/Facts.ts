/**
 * Facts that all reports of a turn draw on, gathered once: where ships are, how fast they are, and who gets which part
 * of the log. What a race may know of them is decided by `sight.ts`.
 */
import type {
  Change,
  ForeignClass,
  ForeignGroup,
  Report,
  UnidentifiedGroup,
  UnknownPlanet
} from "@galaxy/contract/engine/Report"
import { type Election, election } from "../formulas/votes.ts"
import { emptyMass, fullMass, speedOf } from "../formulas/ships.ts"
import { keyOf } from "../orders/keyOf.ts"
import { type Ruleset, rulesets } from "../rules/Ruleset.ts"
import { along, distance } from "../space/distance.ts"
import { Grid } from "../space/Grid.ts"
import type { Galaxy, Group, Planet } from "../state/Galaxy.ts"
import { holdings, type Holdings } from "../state/holdings.ts"
import { planetNumbered } from "../state/lookups.ts"
import type { BattleEvent, BombingEvent, ChangeEvent, TurnEvent } from "../turn/TurnEvent.ts"
import { toHundredths } from "./rounding.ts"

/** A group with its mass and speeds; speeds are in light years per turn. */
export interface Ships {
  readonly race: number
  readonly group: Group
  /** Of one ship with its load. */
  readonly mass: number
  /** The fleet's speed, where the group is in one. */
  readonly speed: number
  /** The group's speed outside of its fleet: what others see of ships at a planet must not reveal a fleet. */
  readonly ownSpeed: number
}

/** A group in space, with its present position and the planet it flies to. */
export interface Flight extends Ships {
  readonly x: number
  readonly y: number
  readonly to: number
  /** The position as reports show it. */
  readonly shown: UnidentifiedGroup
}

/** Facts of one turn about everybody. Lists of lists are by race index; only `sight.ts` and the sections read them. */
export interface Facts {
  readonly galaxy: Galaxy
  readonly ruleset: Ruleset
  readonly election: Election
  readonly holdings: ReadonlyArray<Holdings>
  /** By race, ascending by number. */
  readonly shipsOf: ReadonlyArray<ReadonlyArray<Ships>>
  /** Groups at planets, by the planet's number; at each planet by race and number. */
  readonly shipsAt: ReadonlyMap<number, ReadonlyArray<Ships>>
  readonly planetsOf: ReadonlyArray<ReadonlyArray<Planet>>
  /** All groups in space, found by position. They are sorted by the position that reports show. */
  readonly flights: Grid<Flight>
  /** Lines about ships at planets for readers other than their owner, each written when it is first needed. */
  readonly foreignLines: Map<Ships, ForeignGroup>
  /** The same for classes, by race. Which of them a reader may see is decided where they are read. */
  readonly foreignClasses: Map<number, ReadonlyArray<ForeignClass>>
  /** Each planet's line for readers that know no more of it. */
  readonly unknown: ReadonlyArray<UnknownPlanet>
  readonly battlesOf: ReadonlyArray<ReadonlyArray<BattleEvent>>
  readonly bombingsOf: ReadonlyArray<ReadonlyArray<BombingEvent>>
  readonly changesOf: ReadonlyArray<Report["changes"]>
  readonly ordersOf: ReadonlyArray<Report["orders"]>
}

const missing = (what: string): never => {
  throw new Error(`the state refers to ${what}, which does not exist`)
}

const shipsOfRace = (galaxy: Galaxy, ruleset: Ruleset, index: number): ReadonlyArray<Ships> => {
  const race = galaxy.races[index] ?? missing(`race ${index}`)
  const designs = new Map(race.classes.map((it) => [it.name, it]))
  const alone = race.groups.map((group): Ships => {
    const design = designs.get(group.class) ?? missing(`class ${group.class}`)
    const mass = fullMass(emptyMass(design), group.load, group.techs)
    const speed = speedOf(ruleset, design, group.techs, mass)
    return { race: index, group, mass, speed, ownSpeed: speed }
  })
  const slowest = new Map<string, number>()
  for (const { group, speed } of alone) {
    if (group.fleet === null) continue
    const key = keyOf(group.fleet)
    slowest.set(key, Math.min(slowest.get(key) ?? Number.POSITIVE_INFINITY, speed))
  }
  return alone.map((ships) =>
    ships.group.fleet === null ? ships : { ...ships, speed: slowest.get(keyOf(ships.group.fleet)) ?? ships.speed }
  )
}

const flightOf = (galaxy: Galaxy, ruleset: Ruleset, ships: Ships): ReadonlyArray<Flight> => {
  const { at, to, distance: left } = ships.group
  if (to === null) return []
  const from = planetNumbered(galaxy, at) ?? missing(`planet ${at}`)
  const end = planetNumbered(galaxy, to) ?? missing(`planet ${to}`)
  const whole = distance(ruleset.map, galaxy.size, from, end)
  const share = whole > 0 ? Math.max(0, Math.min(1, 1 - left / whole)) : 1
  const { x, y } = along(ruleset.map, galaxy.size, from, end, share)
  return [{ ...ships, x, y, to, shown: { x: toHundredths(x), y: toHundredths(y) } }]
}

/** For each race, the items that it reads. */
const byRace = <A, B>(
  races: number,
  items: ReadonlyArray<A>,
  readers: (item: A) => ReadonlyArray<number>,
  view: (item: A) => B
): ReadonlyArray<ReadonlyArray<B>> => {
  const lists = Array.from({ length: races }, (): Array<B> => [])
  for (const item of items) for (const reader of readers(item)) lists[reader]?.push(view(item))
  return lists
}

/** The events of a log that reports tell, by kind. */
const sorted = (log: ReadonlyArray<TurnEvent>) => {
  const battles: Array<BattleEvent> = []
  const bombings: Array<BombingEvent> = []
  const changes: Array<ChangeEvent> = []
  const orders: Array<Extract<TurnEvent, { readonly kind: "order" }>> = []
  for (const event of log) {
    switch (event.kind) {
      case "battle":
        battles.push(event)
        break
      case "bombing":
        bombings.push(event)
        break
      case "change":
        changes.push(event)
        break
      case "order":
        orders.push(event)
        break
      case "finished":
      case "removed":
        break
    }
  }
  return { battles, bombings, changes, orders }
}

const changeLine = ({ subject, number, what, before, after, cause }: ChangeEvent): Change =>
  number === undefined
    ? { subject, what, before: toHundredths(before), after: toHundredths(after), cause }
    : { subject, number, what, before: toHundredths(before), after: toHundredths(after), cause }

/**
 * Gathers the facts from the galaxy after a turn and the turn's log. Throws an `Error` when the galaxy refers to
 * something that doesn't exist.
 */
export const factsOf = (galaxy: Galaxy, log: ReadonlyArray<TurnEvent>): Facts => {
  const ruleset = rulesets[galaxy.ruleset]
  const races = galaxy.races.length
  const shipsOf = galaxy.races.map((_, index) => shipsOfRace(galaxy, ruleset, index))
  const shipsAt = new Map<number, Array<Ships>>()
  for (const ships of shipsOf.flat()) {
    if (ships.group.to !== null) continue
    const there = shipsAt.get(ships.group.at)
    if (there === undefined) shipsAt.set(ships.group.at, [ships])
    else there.push(ships)
  }
  const inSpace = shipsOf
    .flatMap((all) => all.flatMap((ships) => flightOf(galaxy, ruleset, ships)))
    .toSorted(({ shown: one }, { shown: other }) => one.x - other.x || one.y - other.y)
  const events = sorted(log)
  return {
    galaxy,
    ruleset,
    election: election(ruleset, galaxy),
    holdings: holdings(galaxy),
    shipsOf,
    shipsAt,
    planetsOf: byRace(
      races,
      galaxy.planets,
      ({ owner }) => (owner === null ? [] : [owner]),
      (planet) => planet
    ),
    flights: new Grid(ruleset.map, galaxy.size, inSpace),
    foreignLines: new Map(),
    foreignClasses: new Map(),
    unknown: galaxy.planets.map(({ number, x, y }) => ({ number, x: toHundredths(x), y: toHundredths(y) })),
    battlesOf: byRace(
      races,
      events.battles,
      (event) => event.witnesses,
      (event) => event
    ),
    bombingsOf: byRace(
      races,
      events.bombings,
      (event) => event.witnesses,
      (event) => event
    ),
    changesOf: byRace(races, events.changes, (event) => (event.race === null ? [] : [event.race]), changeLine),
    ordersOf: byRace(
      races,
      events.orders,
      (event) => [event.race],
      (event) => event.outcome
    )
  }
}
