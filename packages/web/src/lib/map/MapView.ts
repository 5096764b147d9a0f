/**
 * The two canvases of the map. The chart is drawn into a bitmap that is larger than the window, beside the page where that
 * can be; panning copies another part of it, and zooming scales it until there is a sharp one. The live layer lies above.
 */
import { type Camera, settle, type Viewport } from "../../core/map/camera.ts"
import { type ChartLook, chartSceneOf } from "../../core/map/chartScene.ts"
import { makeRedraws } from "../../core/map/redraws.ts"
import type { Scene } from "../../core/map/scene.ts"
import { type Drawn, placesOf } from "../../core/map/sheet.ts"
import type { ChartPainter, Painted } from "./chart/ChartPainter.ts"
import { colourAt } from "./colours.ts"
import { project } from "./drawing.ts"
import { drawLive } from "./drawLive.ts"
import type { Live } from "./liveDrawing.ts"
import { makeAtlas } from "./marks.ts"

/** What the chart shows: a change of it draws the chart anew. */
export interface Content {
  readonly scene: Scene
  readonly look: ChartLook
}

/** How long a chart that is now shown, or the page's part of a frame, took to draw, for whoever measures. */
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
/** Pixels that a bitmap still reaches beyond the window when the next one is asked for, where that keeps nobody waiting. */
const spare = 60
/** More device pixels than this for a CSS pixel show no difference. */
const maxDpr = 3

/** The map on these canvases, which cover each other. `makePainter` is given what to call when fonts have come. */
export const makeMapView = (
  chart: HTMLCanvasElement,
  live: HTMLCanvasElement,
  makePainter: (onFonts: () => void) => ChartPainter,
  watch?: Watch
): MapView => {
  const onChart = chart.getContext("2d", { alpha: false })
  const onLive = live.getContext("2d")
  const redraws = makeRedraws()
  let dpr = 1
  let atlas = makeAtlas(dpr)
  let view: Viewport = { width: 0, height: 0 }
  let camera: Camera | undefined
  let content: Content | undefined
  let shown: Live | undefined
  let painted: Painted | undefined
  let named: ReadonlySet<number> = new Set()
  let frame = 0
  let zoom = 0
  let still = true
  let sharpen: ReturnType<typeof setTimeout> | undefined

  const ask = () => {
    if (frame === 0) frame = requestAnimationFrame(paint)
  }
  const redraw = () => {
    redraws.changed()
    ask()
  }
  const painter = makePainter(redraw)

  const onPainted = (next: Painted | undefined) => {
    if (next === undefined) return redraws.failed()
    if (
      camera !== undefined &&
      content !== undefined &&
      redraws.arrived({ space: content.scene.space, camera, view })
    ) {
      painted?.close()
      painted = next
      named = new Set(next.named)
      watch?.("chart", next.took)
    } else next.close()
    // It may be of another content, or not far enough by now.
    ask()
  }

  /** Copies the bitmap to where it belongs now. */
  const blit = (now: Camera, { scene, look }: Content) => {
    if (onChart === null) return
    onChart.setTransform(1, 0, 0, 1, 0, 0)
    const drawn: Drawn | undefined = redraws.shown()
    onChart.fillStyle = colourAt(look.theme, "--space")
    onChart.fillRect(0, 0, chart.width, chart.height)
    if (drawn === undefined || painted === undefined) return
    for (const { left, top, right, bottom } of placesOf(scene.space, now, view, drawn)) {
      const x = Math.round(left * dpr)
      const y = Math.round(top * dpr)
      onChart.drawImage(painted.image, x, y, Math.round(right * dpr) - x, Math.round(bottom * dpr) - y)
    }
  }

  const rest = (now: Camera) => {
    if (now.zoom === zoom) return
    zoom = now.zoom
    still = false
    clearTimeout(sharpen)
    sharpen = setTimeout(() => {
      still = true
      ask()
    }, sharpAfter)
  }

  const paint = () => {
    frame = 0
    if (camera === undefined || content === undefined || onLive === null || view.width === 0) return
    const started = performance.now()
    rest(camera)
    const { scene, look } = content
    const wanted = redraws.next({ space: scene.space, camera, view }, still, painter.beside() ? spare : undefined)
    if (wanted !== undefined) painter.draw(wanted, dpr, onPainted)
    blit(camera, content)
    onLive.setTransform(1, 0, 0, 1, 0, 0)
    onLive.clearRect(0, 0, live.width, live.height)
    if (shown !== undefined) {
      onLive.setTransform(dpr, 0, 0, dpr, 0, 0)
      const on = { c: onLive, dpr, atlas, camera, view, scene, named, ...look }
      drawLive(on, project(on), shown)
    }
    watch?.("frame", performance.now() - started)
  }

  // A browser short of memory takes canvases away, and gives them back empty.
  chart.addEventListener("contextrestored", ask)
  live.addEventListener("contextrestored", ask)

  return {
    setContent: (next) => {
      if (content?.scene !== next.scene) painter.setScene(chartSceneOf(next.scene))
      painter.setLook(next.look)
      content = next
      redraw()
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
      if (density !== dpr) {
        atlas = makeAtlas(density)
        redraws.changed()
      }
      dpr = density
      view = next
      for (const canvas of [chart, live]) {
        canvas.width = Math.round(view.width * dpr)
        canvas.height = Math.round(view.height * dpr)
      }
      if (camera !== undefined && content !== undefined) camera = settle(content.scene.space, view, camera)
      // At once: a canvas that was resized is empty until it is drawn.
      cancelAnimationFrame(frame)
      paint()
    },
    close: () => {
      clearTimeout(sharpen)
      cancelAnimationFrame(frame)
      chart.removeEventListener("contextrestored", ask)
      live.removeEventListener("contextrestored", ask)
      painter.close()
      painted?.close()
    }
  }
}
