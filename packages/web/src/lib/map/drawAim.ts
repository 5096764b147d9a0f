/** What helps to aim: the veil outside of the flight zone, rings of range, and the measured line. */
import type { Zone } from "../../core/map/reach.ts"
import type { Spot } from "../../core/map/scene.ts"
import { near } from "../../core/map/space.ts"
import { colourAt, faded } from "./colours.ts"
import { drawTag, type Projection } from "./drawing.ts"
import type { Live, LiveDrawing } from "./liveDrawing.ts"

/** Veils what lies outside of a zone, so that targets in it stay bright. */
export const drawVeil = ({ c, theme, view }: LiveDrawing, at: Projection, { centres, radius }: Zone) => {
  if (radius === null) return
  c.fillStyle = faded(colourAt(theme, "--space"), 0.68)
  c.fillRect(0, 0, view.width, view.height)
  c.globalCompositeOperation = "destination-out"
  c.fillStyle = "#000"
  c.beginPath()
  for (const corner of at.corners) {
    for (const centre of centres) {
      const x = at.x(centre.x + corner.x)
      const y = at.y(centre.y + corner.y)
      c.moveTo(x + radius * at.zoom, y)
      c.arc(x, y, radius * at.zoom, 0, 2 * Math.PI)
    }
  }
  c.fill()
  c.globalCompositeOperation = "source-over"
}

/** Draws how far ships get in one, two and three turns. */
export const drawRings = (
  drawing: LiveDrawing,
  at: Projection,
  spot: Spot | undefined,
  rings: ReadonlyArray<number>
) => {
  const { c, theme } = drawing
  const colour = colourAt(theme, "--mine")
  if (spot === undefined) return
  for (const corner of at.corners) {
    const x = at.x(spot.x + corner.x)
    const y = at.y(spot.y + corner.y)
    const most = (rings.at(-1) ?? 0) * at.zoom
    if (!at.isSeen(x, y, most)) continue
    c.lineWidth = 1
    for (const [index, reach] of rings.entries()) {
      const r = reach * at.zoom
      c.beginPath()
      c.arc(x, y, r, 0, 2 * Math.PI)
      c.fillStyle = faded(colour, 0.035)
      c.fill()
      c.strokeStyle = faded(colour, 0.5)
      c.setLineDash(index === 0 ? [] : [3, 5])
      c.stroke()
      c.setLineDash([])
      if (r < 26) continue
      c.font = `500 11px ${theme.font}`
      c.textAlign = "center"
      c.textBaseline = "middle"
      c.lineWidth = 3
      c.strokeStyle = colourAt(theme, "--space")
      c.strokeText(String(index + 1), x, y - r)
      c.fillStyle = colourAt(theme, "--muted")
      c.fillText(String(index + 1), x, y - r)
      c.lineWidth = 1
    }
  }
}

/** Draws the line between two points, with what it says. */
export const drawMeasure = (
  { c, theme, scene }: LiveDrawing,
  at: Projection,
  { from, to, text }: NonNullable<Live["measure"]>
) => {
  const colour = colourAt(theme, "--info")
  const end = { x: near(scene.space, from.x, to.x), y: near(scene.space, from.y, to.y) }
  for (const corner of at.corners) {
    const x1 = at.x(from.x + corner.x)
    const y1 = at.y(from.y + corner.y)
    const x2 = at.x(end.x + corner.x)
    const y2 = at.y(end.y + corner.y)
    if (!at.isSeen((x1 + x2) / 2, (y1 + y2) / 2, Math.hypot(x2 - x1, y2 - y1))) continue
    c.strokeStyle = colour
    c.lineWidth = 1.6
    c.beginPath()
    c.moveTo(x1, y1)
    c.lineTo(x2, y2)
    c.stroke()
    c.fillStyle = colour
    c.beginPath()
    c.arc(x1, y1, 3, 0, 2 * Math.PI)
    c.arc(x2, y2, 3, 0, 2 * Math.PI)
    c.fill()
    if (text !== "") drawTag(c, theme, text, (x1 + x2) / 2, (y1 + y2) / 2, colour)
  }
}
