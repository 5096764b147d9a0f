/** Kinds of planets in a galaxy, and how far apart they stand (rules, section 4). */

import { plus, type Ruleset } from "../rules/Ruleset.ts"

/** Planets per race, starting worlds included. */
export const planetsPerRace = 10

/** Starting worlds of a race: one home world and its daughters. */
export const startingWorlds = {
  resources: 10,
  home: 1000,
  daughters: [500, 500]
} as const

/** Bounds of a number that is drawn uniformly, or of a distance. */
export interface Range {
  readonly low: number
  readonly high: number
}

/** Least distances, in light years. */
export const spacing = {
  homes: 30,
  daughterFromHome: { low: 5, high: 15 } satisfies Range,
  superBig: 20,
  anyTwo: 1
} as const

/** A kind of planet that nobody owns when the game begins. */
export interface FreeKind {
  readonly size: Range
  readonly resources: Range
  /** Share of the free planets; the one kind without a share takes the rest. */
  readonly share?: number
  /** Least distance from every home world, and from others of the same kind. */
  readonly apart: number
}

/** Kinds in the order in which they are placed: those that need most room come first. */
export const freeKinds: ReadonlyArray<FreeKind> = [
  { size: { low: 1500, high: 2500 }, resources: { low: 0, high: 3 }, share: 0.06, apart: spacing.superBig },
  { size: { low: 1000, high: 2000 }, resources: { low: 1, high: 10 }, share: 0.18, apart: 10 },
  { size: { low: 0, high: 1000 }, resources: { low: 0, high: 10 }, apart: 0 },
  { size: { low: 0, high: 500 }, resources: { low: 5, high: 25 }, share: 0.18, apart: 0 },
  { size: { low: 0, high: 0 }, resources: { low: 0, high: 0 }, share: 0.08, apart: 0 }
]

/** How many of each kind there are among `free` planets: exact quotas, so that games are even. */
export const quotas = (free: number): ReadonlyArray<number> => {
  const shared = freeKinds.map((kind) => (kind.share === undefined ? 0 : Math.floor(kind.share * free + 0.5)))
  const left = free - shared.reduce((sum, it) => sum + it, 0)
  return freeKinds.map((kind, index) => (kind.share === undefined ? left : (shared[index] ?? 0)))
}

/** Side of the map for a number of races, in light years. */
export const sideFor = (races: number, ruleset: Ruleset = plus): number =>
  Math.ceil(ruleset.mapSideFactor * Math.sqrt(races))
