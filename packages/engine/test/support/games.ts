/** Small games for tests: an init request for any number of races, and galaxies made to measure. */
import type { InitRequest } from "@galaxy/contract/engine/Admin"
import type { Order } from "@galaxy/contract/engine/Order"
import { EnginePlayerId, GameId } from "@galaxy/contract/ids/Ids"
import { generate } from "@galaxy/engine/generation/generate"
import type { Galaxy, Group, Levels, Planet, Race, ShipClass } from "@galaxy/engine/state/Galaxy"
import type { Decisions } from "@galaxy/engine/turn/Phase"
import { Result } from "effect"

const uuid = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`

export const gameId = GameId.make(uuid(4711))
export const raceName = (index: number): string => `Race_${String.fromCharCode(65 + (index % 26))}${index}`

export const initOf = (races: number, seed = "seed"): InitRequest => ({
  game_id: gameId,
  seed,
  races: Array.from({ length: races }, (_, index) => ({
    name: raceName(index),
    player_id: EnginePlayerId.make(uuid(index + 1))
  }))
})

export const gameOf = (races: number, seed?: string): Galaxy => Result.getOrThrow(generate(initOf(races, seed)))

export const nothing: Decisions = { orders: new Map(), banished: new Set() }

export const ordersOf = (lists: Readonly<Record<number, ReadonlyArray<Order>>>): Decisions => ({
  orders: new Map(Object.entries(lists).map(([race, list]) => [Number(race), list])),
  banished: new Set()
})

const race = (index: number): Race => ({
  name: raceName(index),
  player_id: EnginePlayerId.make(uuid(index + 1)),
  removed: null,
  techs: { drive: 1, weapons: 1, shields: 1, cargo: 1 },
  classes: [],
  sciences: [],
  groups: [],
  votes_for: index,
  peace_with: [],
  idle_turns: 0,
  quitting: false,
  initial_planets: 1,
  initial_population: 1000,
  max_planets: 1,
  max_population: 1000
})

/** A ship class from its five numbers, written as players do: "15 1 15 15 0". */
export const classOf = (name: string, numbers: string): ShipClass => {
  const [drive = 0, armament = 0, weapons = 0, shields = 0, cargo = 0] = numbers.split(" ").map(Number)
  return { name, drive, armament, weapons, shields, cargo }
}

export const levels = (drive: number, weapons = drive, shields = drive, cargo = drive): Levels => ({
  drive,
  weapons,
  shields,
  cargo
})

/** What a group is where nothing else is said: one empty ship at planet 1. */
export const lone = {
  number: 1,
  ships: 1,
  goods: null,
  load: 0,
  at: 1,
  to: null,
  distance: 0,
  fleet: null
} as const

/** Ships in orbit of planet 1 unless told otherwise; without the technology of blocks that they don't have. */
export const groupOf = (shipClass: ShipClass, change: Partial<Group> = {}): Group => {
  const { drive, weapons, shields, cargo } = change.techs ?? levels(1)
  return {
    ...lone,
    class: shipClass.name,
    ...change,
    techs: {
      drive: shipClass.drive > 0 ? drive : 0,
      weapons: shipClass.armament > 0 ? weapons : 0,
      shields: shipClass.shields > 0 ? shields : 0,
      cargo: shipClass.cargo > 0 ? cargo : 0
    }
  }
}

/** A galaxy of the given planets; owners are numbered from 0 without gaps. `races` says what is special of each. */
export const galaxyOf = (
  planets: ReadonlyArray<Partial<Planet>>,
  change: Partial<Galaxy> = {},
  races: ReadonlyArray<Partial<Race>> = []
): Galaxy => {
  const owners = Math.max(races.length, Math.max(0, ...planets.map((planet) => planet.owner ?? -1)) + 1)
  return {
    game_id: gameId,
    ruleset: "plus",
    seed: "made to measure",
    turn: 0,
    size: 100,
    finished: false,
    winners: [],
    races: Array.from({ length: owners }, (_, index) => ({ ...race(index), ...races[index] })),
    planets: planets.map((planet, index) => ({
      number: index + 1,
      name: String(index + 1),
      x: index,
      y: 0,
      size: 1000,
      resources: 10,
      owner: 0,
      population: 1000,
      industry: 1000,
      capital: 0,
      materials: 0,
      colonists: 0,
      production: planet.owner === null ? null : { kind: "capital" },
      routes: {},
      ...planet
    })),
    ...change
  }
}
