/** What the live layer shows, and what it is drawn with. */
import type { Intents } from "../../core/map/intents.ts"
import type { Zone } from "../../core/map/reach.ts"
import type { Scene, Spot } from "../../core/map/scene.ts"
import type { Coordinates } from "../../core/map/space.ts"
import type { Drawing, Projection } from "./drawing.ts"

/** A canvas with what is drawn on it, and where planets are by their numbers. */
export interface LiveDrawing extends Drawing {
  readonly scene: Scene
  /** Numbers of the planets whose names are on the chart. */
  readonly named: ReadonlySet<number>
}

/** What the live layer shows besides the chart. */
export interface Live {
  readonly selected: number | undefined
  readonly also: ReadonlySet<number>
  readonly hovered: number | undefined
  /** True while the keyboard works on the map: its choice is outlined more strongly. */
  readonly focused: boolean
  readonly intents: Intents
  /** Light years of the rings around the chosen planet. */
  readonly rings: ReadonlyArray<number>
  /** Where something is being sent from, with the zone in which its end may lie. */
  readonly aim: { readonly from: number; readonly zone: Zone; readonly route: boolean } | undefined
  /** True where the chosen planet shows tags of goods, to drag a route from. */
  readonly tags: boolean
  readonly measure: { readonly from: Coordinates; readonly to: Coordinates; readonly text: string } | undefined
}

/** Calls `run` for every copy of a planet that is in sight. */
export const eachCopy = (at: Projection, spot: Spot, run: (x: number, y: number) => void) => {
  for (const corner of at.corners) {
    const x = at.x(spot.x + corner.x)
    const y = at.y(spot.y + corner.y)
    if (at.isSeen(x, y, 60)) run(x, y)
  }
}
