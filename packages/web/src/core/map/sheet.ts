/**
 * The bitmap that the chart is drawn into, and where it belongs in the window. From near it shows the window and a margin
 * around it; from afar it shows the square once, and the window is laid out with copies of it.
 */
import type { Camera, Viewport } from "./camera.ts"
import { near, type Space } from "./space.ts"

/** A bitmap's content: its size in CSS pixels, what it was drawn with, and whether it is the whole square. */
export interface Drawn extends Viewport {
  readonly camera: Camera
  readonly tile: boolean
}

/** An area of the window in CSS pixels. */
export interface Place {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** So much wider and higher than the window is a bitmap that doesn't show the whole square. */
const margin = 1.5

/** The bitmap for a camera: the smaller of both kinds. */
export const sheetFor = (space: Space, camera: Camera, view: Viewport): Drawn => {
  const size = space.side * camera.zoom
  const wide = view.width * margin
  const high = view.height * margin
  if (!space.joined || size * size >= wide * high) return { camera, width: wide, height: high, tile: false }
  return {
    camera: { x: space.side / 2, y: space.side / 2, zoom: camera.zoom },
    width: size,
    height: size,
    tile: true
  }
}

/** Where a bitmap belongs: once, or for a square as often as it takes to fill the window. */
export const placesOf = (space: Space, now: Camera, view: Viewport, drawn: Drawn): ReadonlyArray<Place> => {
  const scale = now.zoom / drawn.camera.zoom
  const width = drawn.width * scale
  const height = drawn.height * scale
  const x = view.width / 2 + (near(space, now.x, drawn.camera.x) - now.x) * now.zoom - width / 2
  const y = view.height / 2 + (near(space, now.y, drawn.camera.y) - now.y) * now.zoom - height / 2
  if (!drawn.tile) return [{ left: x, top: y, right: x + width, bottom: y + height }]
  const places: Array<Place> = []
  for (let top = y - Math.ceil(y / height) * height; top < view.height; top += height) {
    for (let left = x - Math.ceil(x / width) * width; left < view.width; left += width) {
      places.push({ left, top, right: left + width, bottom: top + height })
    }
  }
  return places
}

/** Whether the bitmap still covers the window, and `spare` pixels on each of its sides. */
export const covers = (space: Space, now: Camera, view: Viewport, drawn: Drawn, spare = 0): boolean => {
  if (drawn.tile) return true
  const [place] = placesOf(space, now, view, drawn)
  const slack = 0.5 - spare
  return (
    place !== undefined &&
    place.left <= slack &&
    place.top <= slack &&
    place.right >= view.width - slack &&
    place.bottom >= view.height - slack
  )
}
