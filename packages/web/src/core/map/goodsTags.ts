/** Tags of goods below the chosen planet, from which a route is dragged to its end. All numbers are pixels. */
import type { RouteGoods } from "./scene.ts"
import { routeFields } from "./scene.ts"
import type { Coordinates } from "./space.ts"

/** A tag, by its place relative to the planet's centre. */
export interface GoodsTag {
  readonly goods: RouteGoods
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

const width = 44
const height = 26
const gap = 4
/** From a planet's rim to its tags, so that its name has room between them. */
const below = 32

/** The tags of a planet whose mark has this radius. */
export const goodsTags = (radius: number): ReadonlyArray<GoodsTag> => {
  const all = routeFields.length * (width + gap) - gap
  return routeFields.map(([goods], index) => ({
    goods,
    left: index * (width + gap) - all / 2,
    top: radius + below,
    width,
    height
  }))
}

/** The tag at a point; a finger may miss by `slack`. */
export const tagAt = (
  tags: ReadonlyArray<GoodsTag>,
  centre: Coordinates,
  point: Coordinates,
  slack = 0
): GoodsTag | undefined => {
  const x = point.x - centre.x
  const y = point.y - centre.y
  return tags.find(
    (tag) => x >= tag.left && x <= tag.left + tag.width && y >= tag.top - slack && y <= tag.top + tag.height + slack
  )
}

/** Whether a point is at a planet or at its tags, or on the way from one to the others. */
export const isAround = (tags: ReadonlyArray<GoodsTag>, centre: Coordinates, point: Coordinates): boolean => {
  const left = Math.min(...tags.map((tag) => tag.left))
  const right = Math.max(...tags.map((tag) => tag.left + tag.width))
  const bottom = Math.max(...tags.map((tag) => tag.top + tag.height))
  const x = point.x - centre.x
  const y = point.y - centre.y
  return x >= left - gap && x <= right + gap && y >= -height && y <= bottom + gap
}
