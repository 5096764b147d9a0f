/**
 * The two canvases of the map. The chart is drawn once into a bitmap that is larger than the window; panning copies
 * another part of it, and zooming scales it until there is time to draw it sharp. The live layer lies above.
 */
import { type Camera, settle, type Viewport } from "../../core/map/camera.ts"
import { covers, type Drawn, placesOf, sheetFor } from "../../core/map/sheet.ts"
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

/** Milliseconds after the last step of a zoom until it is drawn sharp. */
const sharpAfter = 80
/** More device pixels than this for a CSS pixel show no difference. */
const maxDpr = 3

/** The map on these canvases, which cover each other. */
export const makeMapView = (chart: HTMLCanvasElement, live: HTMLCanvasElement, watch?: Watch): MapView => {
  const onChart = chart.getContext("2d", { alpha: false })
  const onLive = live.getContext("2d")
  const sheet = document.createElement("canvas")
  const onSheet = sheet.getContext("2d", { alpha: false })
  let dpr = 1
  let atlas = makeAtlas(dpr)
  let view: Viewport = { width: 0, height: 0 }
  let camera: Camera | undefined
  let content: Content | undefined
  let shown: Live | undefined
  /** What the bitmap shows; undefined where that isn't so any more. */
  let drawn: Drawn | undefined
  let frame = 0
  let sharpen: ReturnType<typeof setTimeout> | undefined

  const drawing = (c: CanvasRenderingContext2D, at: Camera, size: Viewport, what: Content): Drawing => {
    c.setTransform(dpr, 0, 0, dpr, 0, 0)
    return { c, dpr, atlas, camera: at, view: size, ...what }
  }

  const drawChart = (at: Camera, what: Content) => {
    if (onSheet === null) return
    const started = performance.now()
    drawn = sheetFor(what.scene.space, at, view)
    // Whole pixels, so that copies of the square meet: it is drawn a hair larger or smaller, and laid out as it should be.
    sheet.width = Math.max(1, Math.round(drawn.width * dpr))
    sheet.height = Math.max(1, Math.round(drawn.height * dpr))
    const zoom = drawn.tile ? sheet.width / dpr / what.scene.space.side : drawn.camera.zoom
    const size = { width: sheet.width / dpr, height: sheet.height / dpr }
    const on = drawing(onSheet, { ...drawn.camera, zoom }, size, what)
    const projection = project(on)
    drawGround(on, projection)
    drawShips(on, projection)
    drawPlanets(on, projection)
    watch?.("chart", performance.now() - started)
  }

  /** Copies the bitmap to where it belongs now. */
  const blit = (now: Camera, from: Drawn, { scene, theme }: Content) => {
    if (onChart === null) return
    onChart.setTransform(1, 0, 0, 1, 0, 0)
    const places = placesOf(scene.space, now, view, from)
    if (now.zoom !== from.camera.zoom) {
      onChart.fillStyle = theme.get("--space")
      onChart.fillRect(0, 0, chart.width, chart.height)
    }
    for (const { left, top, right, bottom } of places) {
      const x = Math.round(left * dpr)
      const y = Math.round(top * dpr)
      onChart.drawImage(sheet, x, y, Math.round(right * dpr) - x, Math.round(bottom * dpr) - y)
    }
  }

  const paint = () => {
    frame = 0
    if (camera === undefined || content === undefined || onLive === null || view.width === 0) return
    const started = performance.now()
    const zooming = drawn !== undefined && drawn.camera.zoom !== camera.zoom
    if (drawn === undefined || (!zooming && !covers(content.scene.space, camera, view, drawn)))
      drawChart(camera, content)
    if (drawn !== undefined) blit(camera, drawn, content)
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
