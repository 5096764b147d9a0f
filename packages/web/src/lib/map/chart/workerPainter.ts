/**
 * Has the chart drawn by a worker. Where there is none, or it fails or says nothing for too long, the page draws: what was
 * asked for is then drawn there.
 */
import type { ChartLook, ChartScene } from "../../../core/map/chartScene.ts"
import { makePatience } from "../../../core/map/patience.ts"
import type { Drawn } from "../../../core/map/sheet.ts"
import { startWorker } from "../../../platform/startWorker.ts"
import { systemTimer } from "../../../platform/systemTimer.ts"
import type { ChartPainter, Painted } from "./ChartPainter.ts"
// oxlint-disable-next-line import/default -- the bundler makes it: the address of the worker's own bundle
import script from "./chart.worker.ts?worker&url"
import { fontSources } from "./fonts.ts"
import type { FromWorker, ToWorker } from "./messages.ts"

/** Milliseconds after which a worker that doesn't answer a page in sight counts as dead; it has to be fetched first. */
const patienceMs = 10_000

interface Asked {
  readonly id: number
  readonly drawn: Drawn
  readonly dpr: number
  readonly done: (painted: Painted | undefined) => void
}

/** A painter whose worker is on its way. `onFonts` is called when charts are to be drawn anew, since a font has come. */
export const makeWorkerPainter = (onFonts: () => void): ChartPainter => {
  let worker = startWorker(script)
  let page: ChartPainter | undefined
  let scene: ChartScene | undefined
  let look: ChartLook | undefined
  let asked: Asked | undefined
  let id = 0
  let families = ""
  let closed = false

  const tell = (message: ToWorker) => worker?.postMessage(message)

  const drawOnPage = async () => {
    patience.end()
    worker?.terminate()
    worker = undefined
    const made = (page ??= (await import("./pagePainter.ts")).makePagePainter(onFonts))
    if (closed) return
    if (scene !== undefined) made.setScene(scene)
    if (look !== undefined) made.setLook(look)
    const was = asked
    asked = undefined
    if (was !== undefined) made.draw(was.drawn, was.dpr, was.done)
  }
  /** Without a chunk of the program the map stays as it is; the next draw tries again. */
  const giveUp = () =>
    void drawOnPage().catch(() => {
      const was = asked
      asked = undefined
      was?.done(undefined)
    })

  const ask = () => {
    if (asked !== undefined) tell({ _tag: "draw", id: asked.id, drawn: asked.drawn, dpr: asked.dpr })
  }
  const patience = makePatience({
    ms: patienceMs,
    timer: systemTimer,
    isHidden: () => document.hidden,
    again: ask,
    giveUp
  })
  const onSight = () => {
    if (document.hidden) patience.hidden()
  }
  document.addEventListener("visibilitychange", onSight)

  worker?.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => {
    if (data._tag === "fonts") return onFonts()
    if (data._tag === "unable") return giveUp()
    const was = asked
    if (was?.id !== data.id) return data.bitmap.close()
    patience.end()
    asked = undefined
    was.done({ image: data.bitmap, named: data.named, took: data.took, close: () => data.bitmap.close() })
  })
  worker?.addEventListener("error", giveUp)
  worker?.addEventListener("messageerror", giveUp)

  return {
    beside: () => worker !== undefined,
    setScene: (next) => {
      scene = next
      page?.setScene(next)
      tell({ _tag: "scene", scene: next })
    },
    setLook: (next) => {
      look = next
      page?.setLook(next)
      if (next.theme.font !== families) {
        families = next.theme.font
        tell({ _tag: "fonts", fonts: fontSources(families) })
      }
      tell({ _tag: "look", look: next })
    },
    draw: (drawn, dpr, done) => {
      asked = { id: ++id, drawn, dpr, done }
      if (page !== undefined) {
        asked = undefined
        return page.draw(drawn, dpr, done)
      }
      if (worker === undefined) return giveUp()
      patience.begin()
      ask()
    },
    close: () => {
      closed = true
      document.removeEventListener("visibilitychange", onSight)
      patience.end()
      worker?.terminate()
      worker = undefined
      page?.close()
    }
  }
}
