/** Planets with their marks and badges. */
import { type Box, makeTaken } from "../../core/map/labels.ts"
import { paintOf } from "../../core/map/paint.ts"
import type { Drawing, Projection } from "./drawing.ts"
import { drawNames } from "./drawNames.ts"
import { boxOf, type Seen } from "./seenPlanets.ts"
import { colourAt, colourOf, faded } from "./colours.ts"

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

/** Races whose marks stand at a planet; where there are more, a number stands for the last ones. */
const mostGuests = 4
/** Pixels of a guest's mark with the air beside it. */
const guestWidth = 10.5

/**
 * Draws own ships and guests to the right of a planet, or to the left where that alone is free, and answers the area that
 * they take.
 */
const drawBadge = (drawing: Drawing, { spot, x, y, r }: Seen, isFree: (box: Box) => boolean): Box | undefined => {
  const { c, theme, atlas, choice } = drawing
  const ships = spot.ships + (choice.layers.scouts ? spot.scouts : 0)
  const all = choice.layers.guests
    ? spot.guests.filter(({ armed, scouts }) => (scouts ? choice.layers.scouts : armed || choice.layers.unarmed))
    : []
  const guests = all.length > mostGuests ? all.slice(0, mostGuests - 1) : all
  const more = all.length > guests.length ? `+${all.length - guests.length}` : ""
  if (ships === 0 && guests.length === 0) return undefined
  const text = ships > 0 ? `▸${ships}` : ""
  c.font = `600 10.5px ${theme.font}`
  const wide = text === "" ? 0 : c.measureText(text).width + 6
  const width = wide + guests.length * guestWidth + (more === "" ? 0 : c.measureText(more).width)
  const beside = r + (spot.kind === "mine" ? 11 : 7)
  const place = (left: number): Box => ({ left, top: y - 7, width, height: 14 })
  const [right, other] = [place(x + beside), place(x - beside - width - 2)]
  const box = isFree(right) || !isFree(other) ? right : other
  let end = box.left
  if (ships > 0) {
    c.textAlign = "left"
    c.textBaseline = "middle"
    c.fillStyle = colourAt(theme, "--mine")
    c.fillText(text, end, y + 0.5)
    end += wide
  }
  for (const { style, stance, armed } of guests) {
    const colour =
      choice.colouring === "stance"
        ? colourAt(theme, stance === "war" ? "--bad" : "--info")
        : colourAt(theme, `--r${style?.colour ?? 1}`)
    c.globalAlpha = armed ? 1 : 0.5
    atlas.draw(c, "full", style?.shape ?? "square", colour, end + 3.5, y, 3.5)
    c.globalAlpha = 1
    end += guestWidth
  }
  if (more !== "") {
    c.textAlign = "left"
    c.textBaseline = "middle"
    c.fillStyle = colourAt(theme, "--faint")
    c.fillText(more, end, y + 0.5)
  }
  return box
}

/** A planet from afar: a dot in its owner's colour. */
const drawDot = (drawing: Drawing, { spot, x, y, r }: Seen) => {
  const { c, theme, scene, choice } = drawing
  c.fillStyle = colourOf(theme, paintOf(scene, spot, choice.colouring))
  c.fillRect(x - r, y - r, r * 2, r * 2)
}

/** Draws planets; names keep clear of what is in `taken`. Answers which planets have got their names. */
export const drawPlanets = (
  drawing: Drawing,
  at: Projection,
  all: ReadonlyArray<Seen>,
  taken: ReadonlyArray<Box>
): ReadonlyArray<number> => {
  if (at.level === "far") {
    for (const seen of all) drawDot(drawing, seen)
    return []
  }
  for (const seen of all) drawMark(drawing, seen)
  const boxes = [...taken]
  for (const seen of all) if (seen.spot.kind !== "unknown") boxes.push(boxOf(seen))
  if (at.level === "near" || at.level === "close") {
    const area = makeTaken()
    for (const box of boxes) area.take(box)
    for (const seen of all) {
      const badge = drawBadge(drawing, seen, area.isFree)
      if (badge === undefined) continue
      area.take(badge)
      boxes.push(badge)
    }
  }
  return drawing.choice.layers.names ? drawNames(drawing, at, all, boxes) : []
}
