/** What lies under a point of the map: planets, places, and the tags of the chosen planet. */
import { toScreen, toSpace } from "../../core/map/camera.ts"
import { type GoodsTag, goodsTags, isAround, tagAt } from "../../core/map/goodsTags.ts"
import { hitRadius } from "../../core/map/hit.ts"
import type { Scene, Spot } from "../../core/map/scene.ts"
import { type Coordinates, near, wrap } from "../../core/map/space.ts"
import type { Cameraman } from "./cameraman.ts"
import { markRadius } from "./drawing.ts"

/** Pixels that a finger may miss a tag by. */
const touchSlack = 9

/** Answers for the map as it is seen at the moment. All points are pixels of the window. */
export const makePointing = (cameraman: Cameraman, scene: () => Scene) => {
  const placeAt = (point: Coordinates): Coordinates | undefined => {
    const camera = cameraman.camera()
    return camera === undefined ? undefined : toSpace(camera, cameraman.view(), point)
  }
  /** The tags of a planet, with the copy of it in the middle of the window. */
  const tagsOf = (number: number | undefined) => {
    const camera = cameraman.camera()
    const { byNumber, space } = scene()
    const spot = number === undefined ? undefined : byNumber.get(number)
    if (camera === undefined || spot === undefined) return undefined
    const copy = { x: near(space, camera.x, spot.x), y: near(space, camera.y, spot.y) }
    return { tags: goodsTags(markRadius(spot, camera.zoom)), centre: toScreen(camera, cameraman.view(), copy) }
  }

  return {
    /** The place at a point, inside of the square; undefined before the map is there. */
    placeAt: (point: Coordinates): Coordinates | undefined => {
      const place = placeAt(point)
      const { space } = scene()
      return place === undefined ? undefined : { x: wrap(space, place.x), y: wrap(space, place.y) }
    },
    /** Planets that a tap at a point may mean, the nearest first. */
    spotsAt: (point: Coordinates): ReadonlyArray<Spot> => {
      const camera = cameraman.camera()
      const place = placeAt(point)
      if (camera === undefined || place === undefined) return []
      const { hits, spots } = scene()
      return hits.within(place, hitRadius / camera.zoom).flatMap((index) => spots[index] ?? [])
    },
    /** The tag of a planet at a point. */
    tagAt: (number: number | undefined, point: Coordinates, touch: boolean): GoodsTag | undefined => {
      const here = tagsOf(number)
      return here === undefined ? undefined : tagAt(here.tags, here.centre, point, touch ? touchSlack : 0)
    },
    /** Whether a point is at a planet, at its tags, or between them. */
    isAround: (number: number | undefined, point: Coordinates): boolean => {
      const here = tagsOf(number)
      return here !== undefined && isAround(here.tags, here.centre, point)
    }
  }
}
