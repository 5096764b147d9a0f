/** What changes while one looks: choice, hover, ghosts of orders, range, measure. Drawn anew in every frame that needs it. */
import type { Projection } from "./drawing.ts"
import { drawMeasure, drawRings, drawVeil } from "./drawAim.ts"
import { drawChoice, drawGoodsTags } from "./drawChoice.ts"
import { drawGhost, drawGhosts } from "./drawGhosts.ts"
import type { Live, LiveDrawing } from "./liveDrawing.ts"

/** Draws the live layer on a canvas that is clear. */
export const drawLive = (drawing: LiveDrawing, at: Projection, live: Live): void => {
  const { scene } = drawing
  if (live.aim !== undefined) drawVeil(drawing, at, live.aim.zone)
  const selected = live.selected === undefined ? undefined : scene.byNumber.get(live.selected)
  drawRings(drawing, at, selected, live.rings)
  drawGhosts(drawing, at, live.intents)
  if (live.aim !== undefined && live.hovered !== undefined) {
    drawGhost(drawing, at, live.aim.from, live.hovered, live.aim.route ? "→" : undefined)
  }
  drawChoice(drawing, at, live)
  if (live.tags) drawGoodsTags(drawing, at, live.selected)
  if (live.measure !== undefined) drawMeasure(drawing, at, live.measure)
}
