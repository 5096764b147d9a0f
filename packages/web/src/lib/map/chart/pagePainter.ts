/** Draws the chart on the page's own thread, for browsers that can't do it beside it. */
import type { ChartLook, ChartScene } from "../../../core/map/chartScene.ts"
import { forgetWidths } from "../drawNames.ts"
import { makeAtlas } from "../marks.ts"
import type { ChartPainter } from "./ChartPainter.ts"
import { drawChart, pixelsOf } from "./drawChart.ts"

/** A painter that answers before `draw` returns. `onFonts` is called when charts are to be drawn anew: a font has come. */
export const makePagePainter = (onFonts: () => void): ChartPainter => {
  const canvas = document.createElement("canvas")
  const c = canvas.getContext("2d", { alpha: false })
  let scene: ChartScene | undefined
  let look: ChartLook | undefined
  let atlas = { of: 1, marks: makeAtlas(1) }
  let closed = false
  if (document.fonts.status !== "loaded") {
    void document.fonts.ready.then(() => {
      forgetWidths()
      if (!closed) onFonts()
    })
  }
  return {
    beside: () => false,
    setScene: (next) => {
      scene = next
    },
    setLook: (next) => {
      look = next
    },
    draw: (drawn, dpr, done) => {
      if (c === null || scene === undefined || look === undefined) return done(undefined)
      if (atlas.of !== dpr) atlas = { of: dpr, marks: makeAtlas(dpr) }
      const started = performance.now()
      Object.assign(canvas, pixelsOf(drawn, dpr))
      const named = drawChart(c, { scene, look }, drawn, dpr, atlas.marks)
      done({ image: canvas, named, took: performance.now() - started, close: () => undefined })
    },
    close: () => {
      closed = true
    }
  }
}
