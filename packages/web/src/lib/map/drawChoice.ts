/** What is chosen and pointed at, with its name, and the tags of goods from which routes begin. */
import { goodsTags } from "../../core/map/goodsTags.ts"
import { colourAt, faded } from "./colours.ts"
import { drawPill, markRadius, type Projection } from "./drawing.ts"
import { eachCopy, type Live, type LiveDrawing } from "./liveDrawing.ts"

const circle = ({ c }: LiveDrawing, x: number, y: number, r: number) => {
  c.beginPath()
  c.arc(x, y, r, 0, 2 * Math.PI)
  c.stroke()
}

/** Draws rings around what is chosen and pointed at. */
export const drawChoice = (drawing: LiveDrawing, at: Projection, live: Live) => {
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
  nameOf(drawing, at, live.selected)
  if (live.hovered !== live.selected) nameOf(drawing, at, live.hovered)
}

/** The name of what is pointed at, where the chart left it out. */
const nameOf = (drawing: LiveDrawing, at: Projection, number: number | undefined) => {
  const { c, theme, scene, named } = drawing
  const spot = number === undefined ? undefined : scene.byNumber.get(number)
  if (spot === undefined || named.has(spot.number)) return
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

/** Draws the tags below a planet. */
export const drawGoodsTags = (drawing: LiveDrawing, at: Projection, number: number | undefined): void => {
  const { c, theme, scene } = drawing
  const spot = number === undefined ? undefined : scene.byNumber.get(number)
  if (spot === undefined) return
  const tags = goodsTags(markRadius(spot, at.zoom))
  eachCopy(at, spot, (x, y) => {
    for (const { goods, left, top, width, height } of tags) {
      const box = { left: x + left, top: y + top, width, height }
      drawPill(c, theme, goods, box, colourAt(theme, "--route"), colourAt(theme, "--surface"))
    }
  })
}
