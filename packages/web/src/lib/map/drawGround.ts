/** What lies under everything else: grid, seam, zones and territories. */
import { outline } from "../../core/map/outline.ts"
import { paintOf } from "../../core/map/paint.ts"
import type { Zone } from "../../core/map/reach.ts"
import type { Drawing, Projection } from "./drawing.ts"
import { colourAt, colourOf, faded } from "./colours.ts"

/** Light years between two lines of the grid. */
const gridStep = 10
/** Light years around a planet that count as its owner's when one looks from afar. */
const territory = 9

const lines = ({ c, view }: Drawing, at: Projection, step: number) => {
  c.beginPath()
  const left = -at.x(0) / at.zoom
  const top = -at.y(0) / at.zoom
  for (let x = Math.ceil(left / step) * step; at.x(x) < view.width; x += step) {
    const px = Math.round(at.x(x)) + 0.5
    c.moveTo(px, 0)
    c.lineTo(px, view.height)
  }
  for (let y = Math.ceil(top / step) * step; at.y(y) < view.height; y += step) {
    const py = Math.round(at.y(y)) + 0.5
    c.moveTo(0, py)
    c.lineTo(view.width, py)
  }
  c.stroke()
}

const drawGrid = (drawing: Drawing, at: Projection) => {
  const { c, theme, scene, choice } = drawing
  c.lineWidth = 1
  if (choice.layers.grid && at.level !== "far") {
    c.strokeStyle = faded(colourAt(theme, "--line"), 0.42)
    lines(drawing, at, gridStep)
  }
  // The seam, where the edges of the square are joined.
  c.strokeStyle = faded(colourAt(theme, "--strong"), 0.9)
  c.setLineDash([2, 6])
  lines(drawing, at, scene.space.side)
  c.setLineDash([])
}

/** Colours a zone and draws its rim. */
const drawZone = ({ c, theme }: Drawing, at: Projection, zone: Zone, token: string, dash: ReadonlyArray<number>) => {
  const { radius } = zone
  if (radius === null || zone.centres.length === 0) return
  const colour = colourAt(theme, token)
  const centres = at.corners.flatMap((corner) => zone.centres.map(({ x, y }) => ({ x: x + corner.x, y: y + corner.y })))
  c.beginPath()
  for (const { x, y } of centres) {
    c.moveTo(at.x(x) + radius * at.zoom, at.y(y))
    c.arc(at.x(x), at.y(y), radius * at.zoom, 0, 2 * Math.PI)
  }
  c.fillStyle = faded(colour, 0.035)
  c.fill()
  c.beginPath()
  for (const { x, y, from, to } of outline(centres, radius)) {
    c.moveTo(at.x(x) + Math.cos(from) * radius * at.zoom, at.y(y) + Math.sin(from) * radius * at.zoom)
    c.arc(at.x(x), at.y(y), radius * at.zoom, from, to)
  }
  c.strokeStyle = faded(colour, 0.55)
  c.lineWidth = 1.2
  c.setLineDash([...dash])
  c.stroke()
  c.setLineDash([])
}

/** Territories have no sharp edge, so they are drawn small and enlarged. */
const coarse = 4

const drawTerritories = (drawing: Drawing, at: Projection) => {
  const { scene, theme, choice, view } = drawing
  const small = new OffscreenCanvas(Math.ceil(view.width / coarse), Math.ceil(view.height / coarse))
  const c = small.getContext("2d")
  if (c === null) return
  c.scale(1 / coarse, 1 / coarse)
  const reach = territory * at.zoom
  const byColour = new Map<string, Array<readonly [number, number]>>()
  for (const spot of scene.spots) {
    if (spot.owner === undefined) continue
    const colour = colourOf(theme, paintOf(scene, spot, choice.colouring))
    for (const corner of at.corners) {
      const x = at.x(spot.x + corner.x)
      const y = at.y(spot.y + corner.y)
      if (x < -reach || y < -reach || x > view.width + reach || y > view.height + reach) continue
      const there = byColour.get(colour)
      if (there === undefined) byColour.set(colour, [[x, y]])
      else there.push([x, y])
    }
  }
  for (const [colour, places] of byColour) {
    c.beginPath()
    for (const [x, y] of places) {
      c.moveTo(x + reach, y)
      c.arc(x, y, reach, 0, 2 * Math.PI)
    }
    c.fillStyle = faded(colour, 0.13)
    c.fill()
  }
  drawing.c.drawImage(small, 0, 0, small.width * coarse, small.height * coarse)
}

/** Draws the ground. */
export const drawGround = (drawing: Drawing, at: Projection): void => {
  const { c, theme, view, choice } = drawing
  c.fillStyle = colourAt(theme, "--space")
  c.fillRect(0, 0, view.width, view.height)
  if (at.level === "far") drawTerritories(drawing, at)
  drawGrid(drawing, at)
  if (choice.layers.detectionZone) drawZone(drawing, at, drawing.detection, "--info", [2, 5])
  if (choice.layers.flightZone) drawZone(drawing, at, drawing.flight, "--mine", [6, 4])
}
