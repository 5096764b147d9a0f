/**
 * Where planets stand: each is thrown at random until it keeps all its distances. When one finds no place, the whole
 * map is thrown again.
 *
 * Both are bounded: a planet is given up after `triesPerPlanet` throws, a game after `triesPerMap` maps.
 */
import type { Random } from "../random/Random.ts"
import { toHundredths } from "../report/rounding.ts"
import type { Ruleset } from "../rules/Ruleset.ts"
import { distance, type Coordinates } from "../space/distance.ts"
import { type FreeKind, freeKinds, quotas, spacing, startingWorlds } from "./kinds.ts"

const triesPerPlanet = 400
/** Maps that `generate` tries before it fails with `NoRoom`. */
export const triesPerMap = 50

/** Where all planets of one map stand; coordinates are rounded to hundredths. */
export interface Placed {
  /** Home world first, then its daughters; one list per race. */
  readonly starts: ReadonlyArray<ReadonlyArray<Coordinates>>
  /** One list per kind of free planet. */
  readonly free: ReadonlyArray<ReadonlyArray<Coordinates>>
}

/** One attempt at the whole map; undefined when a planet found no place. */
export const place = (
  random: Random,
  { map, bigPlanetsApart }: Pick<Ruleset, "map" | "bigPlanetsApart">,
  side: number,
  races: number,
  freePlanets: number
): Placed | undefined => {
  const all: Array<Coordinates> = []
  const homes: Array<Coordinates> = []
  const apart = (from: Coordinates, others: ReadonlyArray<Coordinates>, least: number): boolean =>
    others.every((other) => distance(map, side, from, other) >= least)

  const settle = (draw: () => Coordinates | undefined, fits: (at: Coordinates) => boolean): Coordinates | undefined => {
    for (let attempt = 0; attempt < triesPerPlanet; attempt++) {
      const at = draw()
      if (at !== undefined && apart(at, all, spacing.anyTwo) && fits(at)) {
        all.push(at)
        return at
      }
    }
    return undefined
  }
  /** Rounds a coordinate; one that is rounded up to the map's edge becomes 0. */
  const onMap = (coordinate: number): number => {
    const rounded = toHundredths(coordinate)
    return rounded >= side ? 0 : rounded
  }
  const anywhere = (): Coordinates => ({ x: onMap(random.between(0, side)), y: onMap(random.between(0, side)) })

  for (let race = 0; race < races; race++) {
    const home = settle(anywhere, (at) => apart(at, homes, spacing.homes))
    if (home === undefined) return undefined
    homes.push(home)
  }

  /** Super-big planets keep apart in any case. */
  const keepsApart = (kind: FreeKind): boolean => bigPlanetsApart || kind.apart === spacing.superBig

  const starts: Array<ReadonlyArray<Coordinates>> = []
  const ring = spacing.daughterFromHome
  for (const home of homes) {
    const around = (): Coordinates | undefined => {
      const x = home.x + random.between(-ring.high, ring.high)
      const y = home.y + random.between(-ring.high, ring.high)
      const within = x >= 0 && x < side && y >= 0 && y < side
      if (!within && map === "flat") return undefined
      return { x: onMap((x + side) % side), y: onMap((y + side) % side) }
    }
    const worlds = [home]
    for (const _ of startingWorlds.daughters) {
      const daughter = settle(around, (at) => {
        const far = distance(map, side, at, home)
        return far >= ring.low && far <= ring.high
      })
      if (daughter === undefined) return undefined
      worlds.push(daughter)
    }
    starts.push(worlds)
  }

  const free: Array<ReadonlyArray<Coordinates>> = []
  const counts = quotas(freePlanets)
  for (const [index, kind] of freeKinds.entries()) {
    const placed: Array<Coordinates> = []
    for (let number = 0; number < (counts[index] ?? 0); number++) {
      const at = settle(
        anywhere,
        (at) => apart(at, homes, kind.apart) && (!keepsApart(kind) || apart(at, placed, kind.apart))
      )
      if (at === undefined) return undefined
      placed.push(at)
    }
    free.push(placed)
  }
  return { starts, free }
}
