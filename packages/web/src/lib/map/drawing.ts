/** What drawing needs to know, and where things stand in the window that is drawn. */
import { type Camera, copies, type Viewport } from "../../core/map/camera.ts"
import type { ChartLook, ChartScene, ThemeTokens } from "../../core/map/chartScene.ts"
import type { Box } from "../../core/map/labels.ts"
import { type Level, levelOf, radiusOf } from "../../core/map/lod.ts"
import type { Spot } from "../../core/map/scene.ts"
import type { Coordinates } from "../../core/map/space.ts"
import { colourAt } from "./colours.ts"
import type { Atlas, Context } from "./marks.ts"

/** A canvas with all that is drawn on it. */
export interface Drawing extends ChartLook {
  readonly c: Context
  readonly dpr: number
  readonly atlas: Atlas
  readonly scene: ChartScene
  readonly camera: Camera
  readonly view: Viewport
}

/** Where things stand: a place of the square moved by a corner of one of its copies. */
export interface Projection {
  readonly level: Level
  readonly zoom: number
  readonly corners: ReadonlyArray<Coordinates>
  readonly x: (x: number) => number
  readonly y: (y: number) => number
  /** Whether a point is in the window, or no more than `margin` pixels beside it. */
  readonly isSeen: (x: number, y: number, margin: number) => boolean
}

/** The projection of a camera. Lines may reach in from a copy that is just out of sight, so those are there too. */
export const project = ({ scene, camera, view }: Pick<Drawing, "scene" | "camera" | "view">): Projection => {
  const { zoom } = camera
  const left = camera.x - view.width / 2 / zoom
  const top = camera.y - view.height / 2 / zoom
  const margin = (scene.space.side / 2) * zoom
  const corners = copies(scene.space, camera, { width: view.width + margin * 2, height: view.height + margin * 2 })
  return {
    level: levelOf(zoom),
    zoom,
    corners,
    x: (x) => (x - left) * zoom,
    y: (y) => (y - top) * zoom,
    isSeen: (x, y, margin) => x > -margin && y > -margin && x < view.width + margin && y < view.height + margin
  }
}

/** The radius of a planet's mark. */
export const markRadius = (spot: Spot, zoom: number): number => radiusOf(spot.size, spot.kind !== "unknown", zoom)

/** Whether a line can touch the window. */
export const crosses = (view: Viewport, x1: number, y1: number, x2: number, y2: number): boolean =>
  Math.max(x1, x2) > 0 && Math.min(x1, x2) < view.width && Math.max(y1, y2) > 0 && Math.min(y1, y2) < view.height

/** The control point of a route's curve: routes bend, so that those there and back are two lines. */
export const bend = (x1: number, y1: number, x2: number, y2: number): Coordinates => ({
  x: (x1 + x2) / 2 - (y2 - y1) * 0.16,
  y: (y1 + y2) / 2 + (x2 - x1) * 0.16
})

/** A text in a rounded box with a rim of its colour. */
export const drawPill = (
  c: Context,
  theme: ThemeTokens,
  text: string,
  { left, top, width, height }: Box,
  colour: string,
  ground: string
): void => {
  c.font = `600 10.5px ${theme.font}`
  c.textAlign = "center"
  c.textBaseline = "middle"
  c.beginPath()
  c.roundRect(left, top, width, height, height / 2)
  c.fillStyle = ground
  c.fill()
  c.strokeStyle = colour
  c.lineWidth = 1
  c.stroke()
  c.fillStyle = colour
  c.fillText(text, left + width / 2, top + height / 2 + 0.5)
}

/** Height of a tag on a line. */
export const tagHeight = 17

/** A tag with the letters of a route's goods, or with what is measured, around a point. */
export const drawTag = (c: Context, theme: ThemeTokens, text: string, x: number, y: number, colour: string): void => {
  c.font = `600 10.5px ${theme.font}`
  const width = c.measureText(text).width + 12
  const box = { left: x - width / 2, top: y - tagHeight / 2, width, height: tagHeight }
  drawPill(c, theme, text, box, colour, colourAt(theme, "--space"))
}
