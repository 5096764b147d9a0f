/** Marks of planets and ships, drawn once for each look and copied from then on. */
import type { Shape } from "../../core/map/raceStyle.ts"

/** A canvas to draw on, in a window or in a worker. */
export type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D

const polygon = (c: Context, x: number, y: number, r: number, corners: number, turn: number, inner = 1) => {
  for (let i = 0; i < corners; i++) {
    const angle = turn + (i * 2 * Math.PI) / corners
    const reach = i % 2 === 0 ? r : r * inner
    if (i === 0) c.moveTo(x + reach * Math.cos(angle), y + reach * Math.sin(angle))
    else c.lineTo(x + reach * Math.cos(angle), y + reach * Math.sin(angle))
  }
  c.closePath()
}

const cross = (c: Context, x: number, y: number, r: number) => {
  const w = r * 0.38
  const corners = [-w, -r, w, -r, w, -w, r, -w, r, w, w, w, w, r, -w, r, -w, w, -r, w, -r, -w, -w, -w]
  for (let i = 0; i < corners.length; i += 2) {
    const [dx = 0, dy = 0] = corners.slice(i, i + 2)
    if (i === 0) c.moveTo(x + dx, y + dy)
    else c.lineTo(x + dx, y + dy)
  }
  c.closePath()
}

/** Adds a shape to the path that is begun; all shapes look equally large. */
export const addShape = (c: Context, shape: Shape, x: number, y: number, r: number): void => {
  switch (shape) {
    case "square":
      return c.rect(x - r * 0.86, y - r * 0.86, r * 1.72, r * 1.72)
    case "diamond":
      return polygon(c, x, y, r * 1.18, 4, 0)
    case "triangle":
      return polygon(c, x, y + r * 0.14, r * 1.18, 3, -Math.PI / 2)
    case "hexagon":
      return polygon(c, x, y, r * 1.06, 6, 0)
    case "cross":
      return cross(c, x, y, r * 1.06)
    case "star":
      return polygon(c, x, y, r * 1.24, 10, -Math.PI / 2, 0.46)
    case "pentagon":
      return polygon(c, x, y, r * 1.1, 5, -Math.PI / 2)
    case "drop":
      c.moveTo(x, y - r * 1.25)
      c.arc(x, y + r * 0.15, r * 0.86, -0.7, Math.PI + 0.7)
      return c.closePath()
    case "circle":
      c.moveTo(x + r, y)
      return c.arc(x, y, r, 0, 2 * Math.PI)
  }
}

type Look = "full" | "ring"

/** Copies of marks by shape, colour and radius. */
export interface Atlas {
  /** Draws a mark; `dpr` is device pixels for a CSS pixel. */
  readonly draw: (c: Context, look: Look, shape: Shape, colour: string, x: number, y: number, r: number) => void
}

/** Half pixels are near enough for a radius. */
const rounded = (r: number) => Math.max(1, Math.round(r * 2) / 2)

/** An atlas that has drawn nothing yet, for one density of pixels. */
export const makeAtlas = (dpr: number): Atlas => {
  const sprites = new Map<string, ImageBitmap>()
  const sprite = (look: Look, shape: Shape, colour: string, r: number): ImageBitmap => {
    const key = `${look} ${shape} ${colour} ${r}`
    const there = sprites.get(key)
    if (there !== undefined) return there
    const half = Math.ceil(r * 1.3 + 2)
    const canvas = new OffscreenCanvas(Math.ceil(half * 2 * dpr), Math.ceil(half * 2 * dpr))
    const c = canvas.getContext("2d")
    if (c !== null) {
      c.scale(dpr, dpr)
      c.beginPath()
      addShape(c, shape, half, half, r)
      if (look === "full") {
        c.fillStyle = colour
        c.fill()
      } else {
        c.strokeStyle = colour
        c.lineWidth = 1.4
        c.stroke()
      }
    }
    const bitmap = canvas.transferToImageBitmap()
    sprites.set(key, bitmap)
    return bitmap
  }
  return {
    draw: (c, look, shape, colour, x, y, radius) => {
      const r = rounded(radius)
      const bitmap = sprite(look, shape, colour, r)
      const half = Math.ceil(r * 1.3 + 2)
      // On whole device pixels a copy needs no sampling, which takes half of the time.
      const onPixel = (at: number) => Math.round((at - half) * dpr) / dpr
      c.drawImage(bitmap, onPixel(x), onPixel(y), bitmap.width / dpr, bitmap.height / dpr)
    }
  }
}

/** Adds an arrowhead that flies in the direction of `(dx, dy)`. */
export const addArrow = (c: Context, x: number, y: number, dx: number, dy: number, size = 6): void => {
  const way = Math.hypot(dx, dy) || 1
  const ux = dx / way
  const uy = dy / way
  const point = (ahead: number, aside: number) => [x + ux * ahead - uy * aside, y + uy * ahead + ux * aside] as const
  c.moveTo(...point(size, 0))
  c.lineTo(...point(-size * 0.66, size * 0.6))
  c.lineTo(...point(-size * 0.33, 0))
  c.lineTo(...point(-size * 0.66, -size * 0.6))
  c.closePath()
}
