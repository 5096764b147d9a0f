/** Cargo routes: curves with a tag of their goods, where it covers no planet and no other tag. */
import type { Box } from "../../core/map/labels.ts"
import { makeTaken } from "../../core/map/labels.ts"
import { colourAt, faded } from "./colours.ts"
import { bend, crosses, type Drawing, drawTag, type Projection, tagHeight } from "./drawing.ts"

/** Places of a route's tag along its curve, the best first. */
const tagPlaces = [0.5, 0.62, 0.38, 0.74, 0.26]
/** Width of a tag with three letters, with some air around it. */
const tagWidth = 42

/** Draws all routes, and answers the areas of their tags. `marks` are those of planets. */
export const drawRoutes = (drawing: Drawing, at: Projection, marks: ReadonlyArray<Box>): ReadonlyArray<Box> => {
  const { c, theme, scene, view } = drawing
  const colour = colourAt(theme, "--route")
  const isTagged = at.level === "near" || at.level === "close"
  const area = makeTaken()
  if (isTagged) for (const mark of marks) area.take(mark)
  const tags: Array<Box & { readonly goods: string }> = []
  c.beginPath()
  for (const { goods, from, to } of scene.routes) {
    for (const corner of at.corners) {
      const x1 = at.x(from.x + corner.x)
      const y1 = at.y(from.y + corner.y)
      const x2 = at.x(to.x + corner.x)
      const y2 = at.y(to.y + corner.y)
      if (!crosses(view, x1, y1, x2, y2)) continue
      const middle = bend(x1, y1, x2, y2)
      c.moveTo(x1, y1)
      c.quadraticCurveTo(middle.x, middle.y, x2, y2)
      if (!isTagged) continue
      const free = tagPlaces
        .map((t): Box => {
          const along = (a: number, b: number, z: number) => (1 - t) * (1 - t) * a + 2 * t * (1 - t) * b + t * t * z
          const left = along(x1, middle.x, x2) - tagWidth / 2
          return { left, top: along(y1, middle.y, y2) - tagHeight / 2, width: tagWidth, height: tagHeight }
        })
        .find(area.isFree)
      if (free === undefined) continue
      area.take(free)
      tags.push({ ...free, goods })
    }
  }
  c.strokeStyle = faded(colour, at.level === "far" ? 0.5 : 0.8)
  c.lineWidth = at.level === "far" ? 1 : 1.6
  c.stroke()
  for (const { goods, left, top } of tags) drawTag(c, theme, goods, left + tagWidth / 2, top + tagHeight / 2, colour)
  return tags
}
