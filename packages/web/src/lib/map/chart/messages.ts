/** What the page and the worker that draws the chart say to each other. */
import type { ChartLook, ChartScene } from "../../../core/map/chartScene.ts"
import type { Drawn } from "../../../core/map/sheet.ts"
import type { FontSource } from "./fonts.ts"

/** From the page. A drawing shows what was told before it. */
export type ToWorker =
  | { readonly _tag: "fonts"; readonly fonts: ReadonlyArray<FontSource> }
  | { readonly _tag: "scene"; readonly scene: ChartScene }
  | { readonly _tag: "look"; readonly look: ChartLook }
  | { readonly _tag: "draw"; readonly id: number; readonly drawn: Drawn; readonly dpr: number }

/** From the worker. */
export type FromWorker =
  | {
      readonly _tag: "drawn"
      readonly id: number
      readonly bitmap: ImageBitmap
      readonly named: ReadonlyArray<number>
      readonly took: number
    }
  /** It can't draw here, and never will. */
  | { readonly _tag: "unable" }
  /** A font has come after something was drawn without it. */
  | { readonly _tag: "fonts" }
