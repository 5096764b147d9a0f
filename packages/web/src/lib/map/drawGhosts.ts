/** Ghosts of orders: flights and routes of the draft, and the one that is being aimed. */
import type { Intents } from "../../core/map/intents.ts"
import { near } from "../../core/map/space.ts"
import { colourAt } from "./colours.ts"
import { bend, drawTag, markRadius, type Projection } from "./drawing.ts"
import type { LiveDrawing } from "./liveDrawing.ts"
import { addArrow } from "./marks.ts"

/** A line from one planet to another that isn't there yet: dashed, in the colour of what it will be. */
export const drawGhost = (
  drawing: LiveDrawing,
  at: Projection,
  fromNumber: number,
  toNumber: number,
  tag: string | undefined
) => {
  const { c, theme, scene } = drawing
  const from = scene.byNumber.get(fromNumber)
  const to = scene.byNumber.get(toNumber)
  if (from === undefined || to === undefined || from === to) return
  const colour = colourAt(theme, tag === undefined ? "--mine" : "--route")
  for (const corner of at.corners) {
    const x1 = at.x(from.x + corner.x)
    const y1 = at.y(from.y + corner.y)
    const x2 = at.x(near(scene.space, from.x, to.x) + corner.x)
    const y2 = at.y(near(scene.space, from.y, to.y) + corner.y)
    const reach = Math.hypot(x2 - x1, y2 - y1)
    if (!at.isSeen((x1 + x2) / 2, (y1 + y2) / 2, reach)) continue
    c.strokeStyle = colour
    c.lineWidth = 2
    c.setLineDash([7, 5])
    c.beginPath()
    c.moveTo(x1, y1)
    const middle = bend(x1, y1, x2, y2)
    if (tag === undefined) c.lineTo(x2, y2)
    else c.quadraticCurveTo(middle.x, middle.y, x2, y2)
    c.stroke()
    c.setLineDash([])
    if (tag === undefined) {
      const r = markRadius(to, at.zoom) + 8
      const share = Math.max(0.5, 1 - r / Math.max(1, reach))
      c.fillStyle = colour
      c.beginPath()
      addArrow(c, x1 + (x2 - x1) * share, y1 + (y2 - y1) * share, x2 - x1, y2 - y1, 7)
      c.fill()
    } else drawTag(c, theme, tag, (x1 + 2 * middle.x + x2) / 4, (y1 + 2 * middle.y + y2) / 4, colour)
  }
}

/** Draws what the draft sends where, each way once, and its routes. */
export const drawGhosts = (drawing: LiveDrawing, at: Projection, { sendings, routes }: Intents) => {
  const drawn = new Set<string>()
  for (const { from, to } of sendings) {
    const key = `${from} ${to}`
    if (drawn.has(key)) continue
    drawn.add(key)
    drawGhost(drawing, at, from, to, undefined)
  }
  for (const { goods, from, to } of routes) if (to !== undefined) drawGhost(drawing, at, from, to, goods)
}
