/** Planets with their marks, badges and names. */
import { type Box, type LabelWish, placeLabels } from "../../core/map/labels.ts"
import { paintOf } from "../../core/map/paint.ts"
import type { Spot } from "../../core/map/scene.ts"
import { type Drawing, markRadius, type Projection } from "./drawing.ts"
import { colourAt, colourOf, faded } from "./colours.ts"

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

const drawMark = (drawing: Drawing, seen: Seen) => {
  const { c, atlas, theme, scene, choice } = drawing
  const { spot, x, y, r } = seen
  const colour = colourOf(theme, paintOf(scene, spot, choice.colouring))
  const old = spot.seen !== undefined && spot.seen < scene.turn
  if (old) c.globalAlpha = 0.62
  switch (spot.kind) {
    case "unknown":
      atlas.draw(c, "full", "circle", colour, x, y, r)
      break
    case "empty":
      atlas.draw(c, "ring", "circle", colour, x, y, r)
      break
    case "mine":
      drawFilled(drawing, seen, colour)
      atlas.draw(c, "full", "circle", colour, x, y, r)
      break
    case "foreign":
      atlas.draw(c, "full", spot.style?.shape ?? "square", colour, x, y, r)
      break
  }
  if (old) ring(drawing, seen, r + 4, faded(colourAt(theme, "--faint"), 0.9), 1, [2, 3])
  c.globalAlpha = 1
  if (spot.fight) ring(drawing, seen, r + 11, colourAt(theme, "--bad"), 1.5, [3, 3])
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
    c.fillStyle = colourAt(theme, "--mine")
    c.fillText(text, end, y + 0.5)
    end += c.measureText(text).width + 6
  }
  for (const { style, stance, armed } of guests) {
    const colour =
      choice.colouring === "stance"
        ? colourAt(theme, stance === "war" ? "--bad" : "--info")
        : colourAt(theme, `--r${style?.colour ?? 1}`)
    c.globalAlpha = armed ? 1 : 0.5
    atlas.draw(c, "full", style?.shape ?? "square", colour, end + 3.5, y, 3.5)
    c.globalAlpha = 1
    end += 10.5
  }
  return { left, top: y - 7, width: end - left, height: 14 }
}

/** A planet from afar: a dot in its owner's colour. */
const drawDot = (drawing: Drawing, { spot, x, y, r }: Seen) => {
  const { c, theme, scene, choice } = drawing
  c.fillStyle = colourOf(theme, paintOf(scene, spot, choice.colouring))
  c.fillRect(x - r, y - r, r * 2, r * 2)
}

/** Widths of names that were measured, by font and text. */
const widths = new Map<string, number>()

/** Measures names anew, since their font has changed. */
export const forgetWidths = (): void => widths.clear()

const widthOf = (drawing: Drawing, font: string, text: string): number => {
  const key = `${font} ${text}`
  const known = widths.get(key)
  if (known !== undefined) return known
  const { c } = drawing
  c.font = font
  const width = c.measureText(text).width
  if (widths.size > 20_000) widths.clear()
  widths.set(key, width)
  return width
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
    const gap = r + (mine ? 9 : spot.kind === "unknown" ? 3 : 5)
    const width = widthOf(drawing, mine ? fonts.mine : fonts.other, text) + 4
    const rank = kinds[spot.kind] + spot.size + (drawing.scene.home === spot ? 1e6 : 0)
    wishes.push({ x, y, gap, width, height: 15, rank, text, mine, faint: text.startsWith("#") })
  }
  c.textAlign = "center"
  c.textBaseline = "middle"
  c.lineJoin = "round"
  c.lineWidth = 3
  c.strokeStyle = colourAt(theme, "--space")
  let font = ""
  // One's own come first, so the font changes once.
  for (const { wish, left, top, width, height } of placeLabels(wishes, taken)) {
    const it = wishes[wish]
    if (it === undefined) continue
    const wanted = it.mine ? fonts.mine : fonts.other
    if (wanted !== font) {
      font = wanted
      c.font = font
    }
    c.strokeText(it.text, left + width / 2, top + height / 2)
    c.fillStyle = colourAt(theme, it.mine ? "--text" : it.faint ? "--faint" : "--muted")
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
      if (at.isSeen(x, y, 80)) all.push({ spot, x: Math.round(x), y: Math.round(y), r })
    }
  }
  if (at.level === "far") {
    for (const seen of all) drawDot(drawing, seen)
    return
  }
  for (const seen of all) drawMark(drawing, seen)
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
