/** Draws the chart beside the page, and hands each one over as a bitmap. */
import type { ChartLook, ChartScene } from "../../../core/map/chartScene.ts"
import { forgetWidths } from "../drawNames.ts"
import { makeAtlas } from "../marks.ts"
import { drawChart, pixelsOf } from "./drawChart.ts"
import { addFonts, type Fonts, loadFor } from "./fonts.ts"
import type { FromWorker, ToWorker } from "./messages.ts"

interface Scope {
  readonly fonts: Fonts
  readonly postMessage: (message: FromWorker, transfer?: ReadonlyArray<Transferable>) => void
  readonly addEventListener: (type: "message", listen: (event: MessageEvent<ToWorker>) => void) => void
}
const scope = globalThis as unknown as Scope

/** Milliseconds that a drawing waits for fonts; without them it is made anew as soon as they are there. */
const fontsMs = 400

const canvas = new OffscreenCanvas(1, 1)
const c = canvas.getContext("2d", { alpha: false })
let scene: ChartScene | undefined
let look: ChartLook | undefined
let atlas = { of: 1, marks: makeAtlas(1) }
/** Undefined where another scene or font needs letters that may not be there. */
let letters: Promise<void> | undefined

/** Whether all letters are there; what comes later is told. */
const loaded = async (spots: ChartScene["spots"], font: string): Promise<void> => {
  let late = false
  letters ??= loadFor(
    scope.fonts,
    font,
    spots.flatMap(({ name, owner = "" }) => [name, owner])
  ).then(() => {
    if (!late) return
    forgetWidths()
    scope.postMessage({ _tag: "fonts" })
  })
  let timer: ReturnType<typeof setTimeout> | undefined
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      late = true
      resolve()
    }, fontsMs)
  })
  await Promise.race([letters, patience])
  clearTimeout(timer)
}

const draw = async ({ id, drawn, dpr }: ToWorker & { readonly _tag: "draw" }): Promise<void> => {
  // Without an answer the page would wait in vain.
  if (c === null || scene === undefined || look === undefined) return scope.postMessage({ _tag: "unable" })
  await loaded(scene.spots, look.theme.font)
  const started = performance.now()
  if (atlas.of !== dpr) atlas = { of: dpr, marks: makeAtlas(dpr) }
  Object.assign(canvas, pixelsOf(drawn, dpr))
  const named = drawChart(c, { scene, look }, drawn, dpr, atlas.marks)
  const bitmap = canvas.transferToImageBitmap()
  scope.postMessage({ _tag: "drawn", id, bitmap, named, took: performance.now() - started }, [bitmap])
}

scope.addEventListener("message", ({ data }) => {
  switch (data._tag) {
    case "fonts":
      addFonts(scope.fonts, data.fonts)
      letters = undefined
      return
    case "scene":
      scene = data.scene
      letters = undefined
      return
    case "look":
      if (look?.theme.font !== data.look.theme.font) letters = undefined
      look = data.look
      return
    case "draw":
      // A canvas that can't be had this large makes the worker useless; the page draws then.
      void draw(data).catch(() => scope.postMessage({ _tag: "unable" }))
      return
  }
})
