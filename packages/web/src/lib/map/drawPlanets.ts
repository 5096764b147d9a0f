/** Planets with their marks, badges and names. */
import { type Box, type LabelWish, placeLabels } from "../../core/map/labels.ts"
import { paintOf } from "../../core/map/paint.ts"
import type { Spot } from "../../core/map/scene.ts"
import { type Drawing, markRadius, type Projection } from "./drawing.ts"
import { colourOf, faded } from "./theme.ts"

/** A planet where it is drawn. */
interface Seen {
  readonly spot: Spot
  readonly x: number
  readonly y: number
  readonly r: number
}

const ring = (
  drawing: Drawing,
  { x, y }: Seen,
  r: number,
  colour: string,
  width: number,
  dash: ReadonlyArray<number>
) => {
  const { c } = drawing
  c.beginPath()
  c.arc(x, y, r, 0, 2 * Math.PI)
  c.strokeStyle = colour
  c.lineWidth = width
  c.setLineDash([...dash])
  c.stroke()
  c.setLineDash([])
}

/** The arc around an own planet: people of what it can hold. */
const drawFilled = (drawing: Drawing, { spot, x, y, r }: Seen, colour: string) => {
  const { c } = drawing
  c.lineWidth = 2.6
  c.beginPath()
  c.arc(x, y, r + 4.5, 0, 2 * Math.PI)
  c.strokeStyle = faded(colour, 0.22)
  c.stroke()
  if (spot.filled <= 0) return
  c.beginPath()
  c.arc(x, y, r + 4.5, -Math.PI / 2, -Math.PI / 2 + 2 * Math.PI * spot.filled)
  c.strokeStyle = colour
  c.stroke()
}

const drawMark = (drawing: Drawing, at: Projection, seen: Seen) => {
  const { c, atlas, theme, scene, choice } = drawing
  const { spot, x, y, r } = seen
  const colour = colourOf(theme, paintOf(scene, spot, choice.colouring))
  const old = spot.seen !== undefined && spot.seen < scene.turn
  const far = at.level === "far"
  if (old) c.globalAlpha = 0.62
  switch (spot.kind) {
    case "unknown":
      atlas.draw(c, "full", "circle", colour, x, y, r)
      break
    case "empty":
      atlas.draw(c, "ring", "circle", colour, x, y, r)
      break
    case "mine":
      if (!far) drawFilled(drawing, seen, colour)
      atlas.draw(c, "full", "circle", colour, x, y, r)
      break
    case "foreign":
      atlas.draw(c, "full", far ? "circle" : (spot.style?.shape ?? "square"), colour, x, y, r)
      break
  }
  if (old && !far) ring(drawing, seen, r + 4, faded(theme.get("--faint"), 0.9), 1, [2, 3])
  c.globalAlpha = 1
  if (spot.fight && !far) ring(drawing, seen, r + 11, theme.get("--bad"), 1.5, [3, 3])
}

/** Draws own ships and guests to the right of a planet, and answers the area that they take. */
const drawBadge = (drawing: Drawing, { spot, x, y, r }: Seen): Box | undefined => {
  const { c, theme, atlas, choice } = drawing
  const ships = spot.ships + (choice.layers.scouts ? spot.scouts : 0)
  const guests = choice.layers.guests
    ? spot.guests.filter(({ scouts }) => !scouts || choice.layers.scouts).slice(0, 4)
    : []
  if (ships === 0 && guests.length === 0) return undefined
  const left = x + r + (spot.kind === "mine" ? 11 : 7)
  let end = left
  if (ships > 0) {
    const text = `▸${ships}`
    c.font = `600 10.5px ${theme.font}`
    c.textAlign = "left"
    c.textBaseline = "middle"
    c.fillStyle = theme.get("--mine")
    c.fillText(text, end, y + 0.5)
    end += c.measureText(text).width + 6
  }
  for (const { style, stance, armed } of guests) {
    const colour =
      choice.colouring === "stance"
        ? theme.get(stance === "war" ? "--bad" : "--info")
        : theme.get(`--r${style?.colour ?? 1}`)
    c.globalAlpha = armed ? 1 : 0.5
    atlas.draw(c, "full", style?.shape ?? "square", colour, end + 3.5, y, 3.5)
    c.globalAlpha = 1
    end += 10.5
  }
  return { left, top: y - 7, width: end - left, height: 14 }
}

const isNamed = (at: Projection, spot: Spot): string => {
  const near = at.level === "near" || at.level === "close"
  if (spot.name !== "" && (spot.kind === "mine" || near || spot.style?.ambiguous === true)) return spot.name
  return at.level === "close" || spot.kind === "mine" ? `#${spot.number}` : ""
}

const kinds: Readonly<Record<Spot["kind"], number>> = { mine: 3e6, foreign: 2e6, empty: 1e6, unknown: 0 }

const drawNames = (drawing: Drawing, at: Projection, all: ReadonlyArray<Seen>, taken: ReadonlyArray<Box>) => {
  const { c, theme } = drawing
  const fonts = { mine: `600 12px ${theme.font}`, other: `500 11px ${theme.font}` }
  const wishes: Array<LabelWish & { readonly text: string; readonly mine: boolean; readonly faint: boolean }> = []
  for (const { spot, x, y, r } of all) {
    const text = isNamed(at, spot)
    if (text === "") continue
    const mine = spot.kind === "mine"
    c.font = mine ? fonts.mine : fonts.other
    const gap = r + (mine ? 9 : spot.kind === "unknown" ? 3 : 5)
    const width = c.measureText(text).width + 4
    const rank = kinds[spot.kind] + spot.size + (drawing.scene.home === spot ? 1e6 : 0)
    wishes.push({ x, y, gap, width, height: 15, rank, text, mine, faint: text.startsWith("#") })
  }
  c.textAlign = "center"
  c.textBaseline = "middle"
  c.lineJoin = "round"
  c.lineWidth = 3
  c.strokeStyle = theme.get("--space")
  for (const { wish, left, top, width, height } of placeLabels(wishes, taken)) {
    const it = wishes[wish]
    if (it === undefined) continue
    c.font = it.mine ? fonts.mine : fonts.other
    c.strokeText(it.text, left + width / 2, top + height / 2)
    c.fillStyle = theme.get(it.mine ? "--text" : it.faint ? "--faint" : "--muted")
    c.fillText(it.text, left + width / 2, top + height / 2)
  }
}

/** Draws all planets that are in sight. */
export const drawPlanets = (drawing: Drawing, at: Projection): void => {
  const { scene, choice } = drawing
  const all: Array<Seen> = []
  for (const spot of scene.spots) {
    const r = markRadius(spot, at.zoom)
    for (const corner of at.corners) {
      const x = at.x(spot.x + corner.x)
      const y = at.y(spot.y + corner.y)
      if (at.isSeen(x, y, 40)) all.push({ spot, x, y, r })
    }
  }
  for (const seen of all) drawMark(drawing, at, seen)
  if (at.level === "far") return
  const taken: Array<Box> = []
  const badges = at.level === "near" || at.level === "close"
  for (const seen of all) {
    const reach = seen.r + (seen.spot.kind === "mine" ? 5 : 1)
    if (seen.spot.kind !== "unknown") {
      taken.push({ left: seen.x - reach, top: seen.y - reach, width: reach * 2, height: reach * 2 })
    }
    const badge = badges ? drawBadge(drawing, seen) : undefined
    if (badge !== undefined) taken.push(badge)
  }
  if (choice.layers.names) drawNames(drawing, at, all, taken)
}
