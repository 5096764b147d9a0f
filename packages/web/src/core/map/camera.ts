/** What part of the map is looked at: a centre that never leaves the square, and how large a light year is. */
import { type Coordinates, type Space, wrap } from "./space.ts"

/** `x` and `y` are the centre in light years, `zoom` is pixels for each light year. */
export interface Camera extends Coordinates {
  readonly zoom: number
}

/** The size of the window in CSS pixels. */
export interface Viewport {
  readonly width: number
  readonly height: number
}

/** Pixels for a light year when one can't look closer. */
export const maxZoom = 40

/** Pixels for a light year when two squares fit along the shorter side of the window. */
export const minZoom = (space: Space, view: Viewport): number =>
  Math.min(maxZoom, Math.max(1, Math.min(view.width, view.height)) / (2 * space.side))

const clamped = (value: number, least: number, most: number) => Math.min(most, Math.max(least, value))

/** A camera within its bounds; on a map that isn't joined, the centre stays on it. */
export const settle = (space: Space, view: Viewport, { x, y, zoom }: Camera): Camera => {
  const centre = (at: number) => (space.joined ? wrap(space, at) : clamped(at, 0, space.side))
  return { x: centre(x), y: centre(y), zoom: clamped(zoom, minZoom(space, view), maxZoom) }
}

/** Where a place stands in the window: the copy of it in the square at `(0, 0)`. */
export const toScreen = (camera: Camera, view: Viewport, place: Coordinates): Coordinates => ({
  x: (place.x - camera.x) * camera.zoom + view.width / 2,
  y: (place.y - camera.y) * camera.zoom + view.height / 2
})

/** The place under a point of the window; it may lie outside of the square. */
export const toSpace = (camera: Camera, view: Viewport, point: Coordinates): Coordinates => ({
  x: camera.x + (point.x - view.width / 2) / camera.zoom,
  y: camera.y + (point.y - view.height / 2) / camera.zoom
})

/** Moves what is seen by so many pixels, as a hand does that drags the map. */
export const pan = (space: Space, view: Viewport, camera: Camera, dx: number, dy: number): Camera =>
  settle(space, view, { x: camera.x - dx / camera.zoom, y: camera.y - dy / camera.zoom, zoom: camera.zoom })

/** Makes everything `factor` times as large; what is under `point` stays there. */
export const zoomAbout = (space: Space, view: Viewport, camera: Camera, point: Coordinates, factor: number): Camera => {
  const zoom = clamped(camera.zoom * factor, minZoom(space, view), maxZoom)
  const under = toSpace(camera, view, point)
  return settle(space, view, {
    x: under.x - (point.x - view.width / 2) / zoom,
    y: under.y - (point.y - view.height / 2) / zoom,
    zoom
  })
}

/** The whole square once, as large as the window allows. */
export const whole = (space: Space, view: Viewport): Camera =>
  settle(space, view, {
    x: space.side / 2,
    y: space.side / 2,
    zoom: (Math.min(view.width, view.height) / space.side) * 0.96
  })

/**
 * Looks at a place from no further away than `least` pixels for a light year. It comes into the middle of what isn't
 * covered: `covered` is how many pixels at the lower edge are.
 */
export const lookAt = (
  space: Space,
  view: Viewport,
  camera: Camera,
  place: Coordinates,
  least = 0,
  covered = 0
): Camera => {
  const zoom = Math.max(camera.zoom, least)
  return settle(space, view, { x: place.x, y: place.y + covered / 2 / zoom, zoom })
}

/** The corners of the copies of the square that are in sight, in light years. */
export const copies = (space: Space, camera: Camera, view: Viewport): ReadonlyArray<Coordinates> => {
  if (!space.joined) return [{ x: 0, y: 0 }]
  const from = toSpace(camera, view, { x: 0, y: 0 })
  const to = toSpace(camera, view, { x: view.width, y: view.height })
  const found: Array<Coordinates> = []
  const { side } = space
  for (let y = Math.floor(from.y / side) * side; y < to.y; y += side) {
    for (let x = Math.floor(from.x / side) * side; x < to.x; x += side) found.push({ x, y })
  }
  return found
}

const rounded = (value: number) => String(Math.round(value * 10) / 10)

/** A camera as an address has it: `54,118,8`. */
export const cameraText = ({ x, y, zoom }: Camera): string => [x, y, zoom].map(rounded).join(",")

/** The camera of an address; undefined where it isn't one. */
export const cameraOf = (text: string | null): Camera | undefined => {
  const [x, y, zoom, more] = (text ?? "").split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)))
  if (x === undefined || y === undefined || zoom === undefined || more !== undefined) return undefined
  return Number.isFinite(x) && Number.isFinite(y) && Number.isFinite(zoom) && zoom > 0 ? { x, y, zoom } : undefined
}
