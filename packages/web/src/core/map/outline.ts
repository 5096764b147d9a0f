/** The outline of overlapping circles: the parts of their rims that lie in none of the others. */
import type { Coordinates } from "./space.ts"

/** A part of a rim, clockwise from `from` to `to` in radians. */
export interface Arc extends Coordinates {
  readonly from: number
  readonly to: number
}

const whole = 2 * Math.PI

/** The outline of circles with one radius. Circles in the same place count once. */
export const outline = (centres: ReadonlyArray<Coordinates>, radius: number): ReadonlyArray<Arc> => {
  const seen = new Set<string>()
  const own = centres.filter(({ x, y }) => {
    const key = `${x} ${y}`
    return !seen.has(key) && seen.add(key) !== undefined
  })
  return own.flatMap((centre) => {
    const covered: Array<readonly [number, number]> = []
    for (const other of own) {
      if (other === centre) continue
      const dx = other.x - centre.x
      const dy = other.y - centre.y
      const way = Math.hypot(dx, dy)
      if (way >= 2 * radius) continue
      const half = Math.acos(way / (2 * radius))
      const from = (Math.atan2(dy, dx) - half + 2 * whole) % whole
      const to = from + 2 * half
      if (to <= whole) covered.push([from, to])
      else covered.push([from, whole], [0, to - whole])
    }
    covered.sort((a, b) => a[0] - b[0])
    const free: Array<Arc> = []
    let at = 0
    for (const [from, to] of covered) {
      if (from > at) free.push({ x: centre.x, y: centre.y, from: at, to: from })
      at = Math.max(at, to)
    }
    if (at < whole) free.push({ x: centre.x, y: centre.y, from: at, to: whole })
    return free
  })
}
