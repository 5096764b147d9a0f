/** The chart: planets, courses, routes and names, drawn into a bitmap that is larger than the window. */
import type { ChartLook, ChartScene } from "../../../core/map/chartScene.ts"
import type { Viewport } from "../../../core/map/camera.ts"
import type { Drawn } from "../../../core/map/sheet.ts"
import { project } from "../drawing.ts"
import { drawGround } from "../drawGround.ts"
import { drawPlanets } from "../drawPlanets.ts"
import { drawRoutes } from "../drawRoutes.ts"
import { drawShips } from "../drawShips.ts"
import { boxOf, seenPlanets } from "../seenPlanets.ts"
import type { Atlas, Context } from "../marks.ts"

/** What is drawn, and how. */
export interface ChartContent {
  readonly scene: ChartScene
  readonly look: ChartLook
}

/** The bitmap's size in device pixels, of which a CSS pixel has `dpr`. */
export const pixelsOf = ({ width, height }: Viewport, dpr: number): Viewport => ({
  width: Math.max(1, Math.round(width * dpr)),
  height: Math.max(1, Math.round(height * dpr))
})

/** Draws on a canvas of `pixelsOf(drawn, dpr)`; answers the numbers of the planets whose names are written. */
export const drawChart = (
  c: Context,
  { scene, look }: ChartContent,
  drawn: Drawn,
  dpr: number,
  atlas: Atlas
): ReadonlyArray<number> => {
  const pixels = pixelsOf(drawn, dpr)
  const view = { width: pixels.width / dpr, height: pixels.height / dpr }
  // Whole pixels, so that copies of the square meet: it is drawn a hair larger or smaller, and laid out as it should be.
  const zoom = drawn.tile ? view.width / scene.space.side : drawn.camera.zoom
  c.setTransform(dpr, 0, 0, dpr, 0, 0)
  const drawing = { c, dpr, atlas, scene, camera: { ...drawn.camera, zoom }, view, ...look }
  const projection = project(drawing)
  const planets = seenPlanets(drawing, projection)
  drawGround(drawing, projection)
  const tags = look.choice.layers.routes ? drawRoutes(drawing, projection, planets.map(boxOf)) : []
  drawShips(drawing, projection)
  return drawPlanets(drawing, projection, planets, tags)
}
