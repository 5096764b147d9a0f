/** The map's space: a square whose opposite edges are joined, unless the ruleset says otherwise. */
import type { Coordinates } from "@galaxy/engine/space/distance"
import { distance } from "@galaxy/engine/space/distance"

export type { Coordinates }

/** A square of `side` light years; where it is `joined`, who leaves it at one edge comes back at the opposite one. */
export interface Space {
  readonly side: number
  readonly joined: boolean
}

/** A coordinate brought into the square. On a map without joined edges it stays as it is. */
export const wrap = ({ side, joined }: Space, at: number): number => {
  if (!joined) return at
  const rest = at % side
  return rest < 0 ? rest + side : rest
}

/** The copy of `to` that lies nearest to `from`: lines run the short way round. */
export const near = ({ side, joined }: Space, from: number, to: number): number => {
  if (!joined) return to
  return to + Math.round((from - to) / side) * side
}

/** Light years between two places, by the engine's own measure. */
export const apart = ({ side, joined }: Space, from: Coordinates, to: Coordinates): number =>
  distance(joined ? "torus" : "flat", side, from, to)
