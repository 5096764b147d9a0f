/** Distances on the map, whose opposite edges are joined unless the ruleset says otherwise. */
import type { Ruleset } from "../rules/Ruleset.ts"

/** A place on the map, in light years from a corner. */
export interface Coordinates {
  readonly x: number
  readonly y: number
}

/** Length of the shortest line between two places on a square of the given side. */
export const distance = (map: Ruleset["map"], side: number, from: Coordinates, to: Coordinates): number => {
  let dx = Math.abs(from.x - to.x)
  let dy = Math.abs(from.y - to.y)
  if (map === "torus") {
    dx = Math.min(dx, side - dx)
    dy = Math.min(dy, side - dy)
  }
  return Math.sqrt(dx * dx + dy * dy)
}

/** The place `share` of the way (0 to 1) along the shortest line from one place to another. */
export const along = (
  map: Ruleset["map"],
  side: number,
  from: Coordinates,
  to: Coordinates,
  share: number
): Coordinates => {
  const at = (a: number, b: number): number => {
    const straight = b - a
    const shortest =
      map === "torus" && Math.abs(straight) > side / 2 ? straight - (straight > 0 ? side : -side) : straight
    const reached = a + shortest * share
    if (map === "flat") return reached
    return reached < 0 ? reached + side : reached >= side ? reached - side : reached
  }
  return { x: at(from.x, to.x), y: at(from.y, to.y) }
}
