/** Ships in space: courses, and what nobody knows more of than its place. */
import type { Course } from "../../core/map/scene.ts"
import { crosses, type Drawing, type Projection } from "./drawing.ts"
import { addArrow } from "./marks.ts"
import { colourAt, faded } from "./colours.ts"

/** All courses of a kind, in one style. */
const drawCourses = (drawing: Drawing, at: Projection, mine: boolean) => {
  const { c, theme, scene, view } = drawing
  const colour = colourAt(theme, mine ? "--mine" : "--bad")
  const each = (run: (course: Course, x1: number, y1: number, x2: number, y2: number) => void) => {
    for (const course of scene.courses) {
      if (course.mine !== mine) continue
      for (const corner of at.corners) {
        const x1 = at.x(course.at.x + corner.x)
        const y1 = at.y(course.at.y + corner.y)
        const x2 = at.x(course.to.x + corner.x)
        const y2 = at.y(course.to.y + corner.y)
        if (crosses(view, x1, y1, x2, y2)) run(course, x1, y1, x2, y2)
      }
    }
  }
  c.strokeStyle = faded(colour, mine ? 0.5 : 0.62)
  c.lineWidth = mine ? 1.1 : 1.4
  // Dashes cost more than lines, and from afar they can't be made out.
  if (!mine && at.level !== "far") c.setLineDash([5, 4])
  // Each line by itself: one path with all of them takes longer, since it is as large as the window.
  each((_, x1, y1, x2, y2) => {
    c.beginPath()
    c.moveTo(x1, y1)
    c.lineTo(x2, y2)
    c.stroke()
  })
  c.setLineDash([])
  if (at.level === "far") return
  c.fillStyle = colour
  each((_, x1, y1, x2, y2) => {
    c.beginPath()
    addArrow(c, x1, y1, x2 - x1, y2 - y1)
    c.fill()
  })
}

const drawBlips = ({ c, theme, scene, view, choice }: Drawing, at: Projection) => {
  for (const { age, places } of scene.blips) {
    if (age > 0 && !choice.layers.tracks) continue
    c.fillStyle = faded(colourAt(theme, "--bad"), 0.75 / (1 + age))
    const size = age > 0 ? 1.5 : 2
    for (const place of places) {
      for (const corner of at.corners) {
        const x = at.x(place.x + corner.x)
        const y = at.y(place.y + corner.y)
        if (x > -2 && y > -2 && x < view.width + 2 && y < view.height + 2)
          c.fillRect(x - size / 2, y - size / 2, size, size)
      }
    }
  }
}

/** Lines along which unidentified groups have flown: the older, the fainter. */
const drawTracks = ({ c, theme, tracks, view }: Drawing, at: Projection) => {
  c.lineWidth = 1
  c.strokeStyle = faded(colourAt(theme, "--bad"), 0.4)
  c.setLineDash([1, 3])
  for (const track of tracks) {
    const [first] = track
    const last = track.at(-1)
    if (first === undefined || last === undefined) continue
    for (const corner of at.corners) {
      const x1 = at.x(first.x + corner.x)
      const y1 = at.y(first.y + corner.y)
      const x2 = at.x(last.x + corner.x)
      const y2 = at.y(last.y + corner.y)
      if (!crosses(view, x1, y1, x2, y2)) continue
      c.beginPath()
      c.moveTo(x1, y1)
      c.lineTo(x2, y2)
      c.stroke()
    }
  }
  c.setLineDash([])
}

/** Draws what flies, as far as the layers show it. */
export const drawShips = (drawing: Drawing, at: Projection): void => {
  const { layers } = drawing.choice
  if (layers.courses) drawCourses(drawing, at, true)
  // A threat is never hidden by a layer.
  drawCourses(drawing, at, false)
  if (!layers.blips || at.level === "far") return
  if (layers.tracks) drawTracks(drawing, at)
  drawBlips(drawing, at)
}
