/** What changes while one looks: choice, hover, ghosts of orders, range, measure. Drawn anew in every frame that needs it. */
import type { Intents } from "../../core/map/intents.ts"
import type { Zone } from "../../core/map/reach.ts"
import type { Scene, Spot } from "../../core/map/scene.ts"
import { type Coordinates, near } from "../../core/map/space.ts"
import { bend, type Drawing, drawTag, markRadius, type Projection } from "./drawing.ts"
import { addArrow } from "./marks.ts"
import { colourAt, faded } from "./colours.ts"

/** A canvas with what is drawn on it, and where planets are by their numbers. */
export interface LiveDrawing extends Drawing {
  readonly scene: Scene
}

/** What the live layer shows besides the chart. */
export interface Live {
  readonly selected: number | undefined
  readonly also: ReadonlySet<number>
  readonly hovered: number | undefined
  /** True while the keyboard works on the map: its choice is outlined more strongly. */
  readonly focused: boolean
  readonly intents: Intents
  /** Light years of the rings around the chosen planet. */
  readonly rings: ReadonlyArray<number>
  /** Where something is being sent from, with the zone in which its end may lie. */
  readonly aim: { readonly from: number; readonly zone: Zone; readonly route: boolean } | undefined
  readonly measure: { readonly from: Coordinates; readonly to: Coordinates; readonly text: string } | undefined
}

const circle = ({ c }: LiveDrawing, x: number, y: number, r: number) => {
  c.beginPath()
  c.arc(x, y, r, 0, 2 * Math.PI)
  c.stroke()
}

/** Calls `run` for every copy of a planet that is in sight. */
const eachCopy = (at: Projection, spot: Spot, run: (x: number, y: number) => void) => {
  for (const corner of at.corners) {
    const x = at.x(spot.x + corner.x)
    const y = at.y(spot.y + corner.y)
    if (at.isSeen(x, y, 60)) run(x, y)
  }
}

/** Veils what lies outside of a zone, so that targets in it stay bright. */
const drawVeil = ({ c, theme, view }: LiveDrawing, at: Projection, { centres, radius }: Zone) => {
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

const drawRings = (drawing: LiveDrawing, at: Projection, spot: Spot | undefined, rings: ReadonlyArray<number>) => {
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

/** A line from one planet to another that isn't there yet: dashed, in the colour of what it will be. */
const drawGhost = (
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

const drawGhosts = (drawing: LiveDrawing, at: Projection, { sendings, routes }: Intents) => {
  const drawn = new Set<string>()
  for (const { from, to } of sendings) {
    const key = `${from} ${to}`
    if (drawn.has(key)) continue
    drawn.add(key)
    drawGhost(drawing, at, from, to, undefined)
  }
  for (const { goods, from, to } of routes) if (to !== undefined) drawGhost(drawing, at, from, to, goods)
}

const drawChoice = (drawing: LiveDrawing, at: Projection, live: Live) => {
  const { c, theme, scene } = drawing
  const mark = (number: number | undefined, colour: string, width: number, gap: number) => {
    const spot = number === undefined ? undefined : scene.byNumber.get(number)
    if (spot === undefined) return
    const r = Math.max(7, markRadius(spot, at.zoom) + gap)
    eachCopy(at, spot, (x, y) => {
      c.strokeStyle = colour
      c.lineWidth = width
      circle(drawing, x, y, r)
    })
  }
  for (const number of live.also) mark(number, colourAt(theme, "--text"), 1.4, 9)
  if (live.hovered !== live.selected) mark(live.hovered, faded(colourAt(theme, "--text"), 0.55), 1.4, 9)
  mark(live.selected, colourAt(theme, "--text"), 1.8, 9)
  if (live.focused) mark(live.selected, colourAt(theme, "--info"), 2, 13)
  nameOf(drawing, at, live.hovered ?? live.selected)
}

/** The name of what is pointed at, where the chart left it out. */
const nameOf = (drawing: LiveDrawing, at: Projection, number: number | undefined) => {
  const { c, theme, scene, choice } = drawing
  const spot = number === undefined ? undefined : scene.byNumber.get(number)
  if (spot === undefined || (at.level === "close" && choice.layers.names)) return
  const text = spot.name === "" ? `#${spot.number}` : spot.name
  c.font = `600 12px ${theme.font}`
  c.textAlign = "center"
  c.textBaseline = "middle"
  c.lineJoin = "round"
  eachCopy(at, spot, (x, y) => {
    const below = y + markRadius(spot, at.zoom) + (spot.kind === "mine" ? 16.5 : 20)
    c.lineWidth = 4
    c.strokeStyle = colourAt(theme, "--space")
    c.strokeText(text, x, below)
    c.fillStyle = colourAt(theme, "--text")
    c.fillText(text, x, below)
  })
}

const drawMeasure = (
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
  if (live.measure !== undefined) drawMeasure(drawing, at, live.measure)
}
