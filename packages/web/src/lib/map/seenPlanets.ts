/** The planets that are in sight, where they are drawn. */
import type { Box } from "../../core/map/labels.ts"
import type { Spot } from "../../core/map/scene.ts"
import { type Drawing, markRadius, type Projection } from "./drawing.ts"

/** A planet where it is drawn. */
export interface Seen {
  readonly spot: Spot
  readonly x: number
  readonly y: number
  readonly r: number
}

/** Pixels beside the window at which a planet is drawn, since its name or badge may be in it. */
const margin = 80

/** Every copy of a planet that is in sight. */
export const seenPlanets = ({ scene }: Drawing, at: Projection): ReadonlyArray<Seen> => {
  const all: Array<Seen> = []
  for (const spot of scene.spots) {
    const r = markRadius(spot, at.zoom)
    for (const corner of at.corners) {
      const x = at.x(spot.x + corner.x)
      const y = at.y(spot.y + corner.y)
      if (at.isSeen(x, y, margin)) all.push({ spot, x: Math.round(x), y: Math.round(y), r })
    }
  }
  return all
}

/** The area that a planet's mark takes. */
export const boxOf = ({ spot, x, y, r }: Seen): Box => {
  const reach = r + (spot.kind === "mine" ? 5 : 1)
  return { left: x - reach, top: y - reach, width: reach * 2, height: reach * 2 }
}
