/** How much is drawn at which zoom. */

/** From dots and territories to everything with its number. */
export const levels = ["far", "shapes", "near", "close"] as const
/** One of `levels`. */
export type Level = (typeof levels)[number]

/** Pixels for a light year from which a level begins. */
const begins = { shapes: 2.2, near: 6, close: 9 } as const

/** The level of a zoom in pixels for a light year. */
export const levelOf = (zoom: number): Level => {
  if (zoom < begins.shapes) return "far"
  if (zoom < begins.near) return "shapes"
  return zoom < begins.close ? "near" : "close"
}

/** Radius in pixels of a planet's mark, by its size and the zoom: the area grows with the size. */
export const radiusOf = (size: number, known: boolean, zoom: number): number => {
  const base = known ? 2.2 + Math.sqrt(Math.max(size, 20)) / 6.5 : 1.8
  if (zoom < begins.shapes) return Math.max(known ? 1.6 : 1, base * 0.5)
  return known ? base * Math.min(1.7, 0.62 + zoom / 14) : base
}
