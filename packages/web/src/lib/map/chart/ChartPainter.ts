/** Whoever draws the chart: the page itself, or a worker beside it. */
import type { ChartLook, ChartScene } from "../../../core/map/chartScene.ts"
import type { Drawn } from "../../../core/map/sheet.ts"

/** A chart that has been drawn. */
export interface Painted {
  readonly image: CanvasImageSource
  /** Numbers of the planets whose names are written. */
  readonly named: ReadonlyArray<number>
  /** How long it took, in milliseconds. */
  readonly took: number
  /** Gives up its memory; it is called once another one is shown. */
  readonly close: () => void
}

/** Draws the chart, one at a time. */
export interface ChartPainter {
  /** True where drawing leaves the page free. */
  readonly beside: () => boolean
  readonly setScene: (scene: ChartScene) => void
  readonly setLook: (look: ChartLook) => void
  /** Asks for a chart of what was set last. `done` is called once, with nothing where it can't be drawn. */
  readonly draw: (drawn: Drawn, dpr: number, done: (painted: Painted | undefined) => void) => void
  readonly close: () => void
}
