/**
 * The two canvases of the map. The chart is drawn once into a bitmap that is larger than the window; panning copies
 * another part of it, and zooming scales it until there is time to draw it sharp. The live layer lies above.
 */
import { type Camera, settle, type Viewport } from "../../core/map/camera.ts"
import { near } from "../../core/map/space.ts"
import { type Drawing, project } from "./drawing.ts"
import { drawGround } from "./drawGround.ts"
import { drawLive, type Live } from "./drawLive.ts"
import { drawPlanets } from "./drawPlanets.ts"
import { drawShips } from "./drawShips.ts"
import { makeAtlas } from "./marks.ts"

/** What the chart shows: a change of it draws the chart anew. */
export type Content = Pick<Drawing, "theme" | "scene" | "choice" | "flight" | "detection">

/** How long a draw of the chart took, for whoever measures. */
export type Watch = (what: "chart" | "frame", milliseconds: number) => void

/** The map's canvases at work. */
export interface MapView {
  readonly setContent: (content: Content) => void
  readonly setLive: (live: Live) => void
  readonly setCamera: (camera: Camera) => void
  readonly resize: (view: Viewport) => void
  readonly close: () => void
}

/** The bitmap is so much wider and higher than the window. */
const margin = 1.5
/** Milliseconds after the last step of a zoom until it is drawn sharp. */
const sharpAfter = 80
/** More device pixels than this for a CSS pixel show no difference. */
const maxDpr = 3

/** The map on these canvases, which cover each other. */
export const makeMapView = (chart: HTMLCanvasElement, live: HTMLCanvasElement, watch?: Watch): MapView => {
  const onChart = chart.getContext("2d", { alpha: false })
  const onLive = live.getContext("2d")
  const buffer = document.createElement("canvas")
  const onBuffer = buffer.getContext("2d", { alpha: false })
  let dpr = 1
  let atlas = makeAtlas(dpr)
  let view: Viewport = { width: 0, height: 0 }
  let camera: Camera | undefined
  let content: Content | undefined
  let shown: Live | undefined
  /** The camera that the bitmap was drawn with; undefined where it shows something that isn't so any more. */
  let drawn: Camera | undefined
  let frame = 0
  let sharpen: ReturnType<typeof setTimeout> | undefined

  const wide = (): Viewport => ({ width: view.width * margin, height: view.height * margin })

  const drawing = (c: CanvasRenderingContext2D, at: Camera, size: Viewport, what: Content): Drawing => {
    c.setTransform(dpr, 0, 0, dpr, 0, 0)
    return { c, dpr, atlas, camera: at, view: size, ...what }
  }

  const drawChart = (at: Camera, what: Content) => {
    if (onBuffer === null) return
    const started = performance.now()
    const on = drawing(onBuffer, at, wide(), what)
    const projection = project(on)
    drawGround(on, projection)
    drawShips(on, projection)
    drawPlanets(on, projection)
    drawn = at
    watch?.("chart", performance.now() - started)
  }

  /** Where the bitmap's upper left corner is now, and how much larger than it was drawn. */
  const placement = (now: Camera, then: Camera, what: Content) => {
    const scale = now.zoom / then.zoom
    const size = wide()
    const dx = near(what.scene.space, now.x, then.x) - now.x
    const dy = near(what.scene.space, now.y, then.y) - now.y
    return {
      scale,
      left: view.width / 2 + dx * now.zoom - (size.width / 2) * scale,
      top: view.height / 2 + dy * now.zoom - (size.height / 2) * scale
    }
  }

  /** Whether the bitmap still covers the window. */
  const isCovered = ({ scale, left, top }: ReturnType<typeof placement>) => {
    const size = wide()
    return (
      left <= 0.5 &&
      top <= 0.5 &&
      left + size.width * scale >= view.width - 0.5 &&
      top + size.height * scale >= view.height - 0.5
    )
  }

  const paint = () => {
    frame = 0
    if (camera === undefined || content === undefined || onChart === null || onLive === null || view.width === 0) return
    const started = performance.now()
    const held = drawn === undefined ? undefined : placement(camera, drawn, content)
    const zooming = drawn !== undefined && drawn.zoom !== camera.zoom
    if (held === undefined || (!isCovered(held) && !zooming)) drawChart(camera, content)
    const { scale, left, top } = drawn === undefined ? { scale: 1, left: 0, top: 0 } : placement(camera, drawn, content)
    onChart.setTransform(1, 0, 0, 1, 0, 0)
    if (zooming) {
      onChart.fillStyle = content.theme.get("--space")
      onChart.fillRect(0, 0, chart.width, chart.height)
    }
    const whole = scale === 1
    const x = whole ? Math.round(left * dpr) : left * dpr
    const y = whole ? Math.round(top * dpr) : top * dpr
    onChart.drawImage(buffer, x, y, buffer.width * scale, buffer.height * scale)
    onLive.setTransform(1, 0, 0, 1, 0, 0)
    onLive.clearRect(0, 0, live.width, live.height)
    if (shown !== undefined) {
      const on = drawing(onLive, camera, view, content)
      drawLive(on, project(on), shown)
    }
    watch?.("frame", performance.now() - started)
    if (zooming) sharpenSoon()
  }

  const ask = () => {
    if (frame === 0) frame = requestAnimationFrame(paint)
  }

  const sharpenSoon = () => {
    clearTimeout(sharpen)
    sharpen = setTimeout(() => {
      drawn = undefined
      ask()
    }, sharpAfter)
  }

  return {
    setContent: (next) => {
      content = next
      drawn = undefined
      ask()
    },
    setLive: (next) => {
      shown = next
      ask()
    },
    setCamera: (next) => {
      camera = next
      ask()
    },
    resize: (next) => {
      const density = Math.min(maxDpr, Math.max(1, devicePixelRatio))
      if (density !== dpr) atlas = makeAtlas(density)
      dpr = density
      view = next
      for (const canvas of [chart, live]) {
        canvas.width = Math.round(view.width * dpr)
        canvas.height = Math.round(view.height * dpr)
      }
      buffer.width = Math.round(view.width * margin * dpr)
      buffer.height = Math.round(view.height * margin * dpr)
      drawn = undefined
      if (camera !== undefined && content !== undefined) camera = settle(content.scene.space, view, camera)
      // At once: a canvas that was resized is empty until it is drawn.
      cancelAnimationFrame(frame)
      paint()
    },
    close: () => {
      clearTimeout(sharpen)
      cancelAnimationFrame(frame)
    }
  }
}
