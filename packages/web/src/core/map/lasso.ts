/** What a rectangle drawn on the map encloses. */
import { type Camera, toSpace, type Viewport } from "./camera.ts"
import type { Scene } from "./scene.ts"
import { type Coordinates, near } from "./space.ts"

/** A rectangle in pixels of the window. */
export interface Lasso {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** The rectangle between two of its corners. */
export const lassoOf = (from: Coordinates, to: Coordinates): Lasso => ({
  x: Math.min(from.x, to.x),
  y: Math.min(from.y, to.y),
  width: Math.abs(from.x - to.x),
  height: Math.abs(from.y - to.y)
})

/** The numbers of the planets in a rectangle. */
export const enclosed = (
  { space, spots }: Pick<Scene, "space" | "spots">,
  camera: Camera,
  view: Viewport,
  { x, y, width, height }: Lasso
): ReadonlyArray<number> => {
  const centre = toSpace(camera, view, { x: x + width / 2, y: y + height / 2 })
  const [wide, high] = [width / 2 / camera.zoom, height / 2 / camera.zoom]
  return spots
    .filter(
      (spot) =>
        Math.abs(near(space, centre.x, spot.x) - centre.x) <= wide &&
        Math.abs(near(space, centre.y, spot.y) - centre.y) <= high
    )
    .map(({ number }) => number)
}
