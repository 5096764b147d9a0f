/**
 * When the chart is drawn anew, and which drawings count. One is made at a time, wherever that is; what was drawn of a
 * content that has changed since is dropped, and so is what would cover the window worse than what is there.
 */
import type { Camera, Viewport } from "./camera.ts"
import { covers, type Drawn, sheetFor } from "./sheet.ts"
import type { Space } from "./space.ts"

/** What is looked at. */
export interface Sight {
  readonly space: Space
  readonly camera: Camera
  readonly view: Viewport
}

/** The order of the chart's drawings. */
export interface Redraws {
  /** What is drawn has changed. The bitmap of before is shown until there is a new one. */
  readonly changed: () => void
  /**
   * What to draw now; undefined for nothing. `still` is true once the zoom has rested: until then a bitmap is scaled.
   * Whoever draws beside the page is asked before the window leaves the bitmap, by a `spare` of so many pixels.
   */
  readonly next: (sight: Sight, still: boolean, spare: number | undefined) => Drawn | undefined
  /** What was asked for has been drawn; returns whether it is to be shown. */
  readonly arrived: (sight: Sight) => boolean
  /** What was asked for will not come. */
  readonly failed: () => void
  /** What the bitmap shows. */
  readonly shown: () => Drawn | undefined
}

interface Sheet {
  readonly version: number
  readonly drawn: Drawn
}

/** An order in which nothing has been drawn yet. */
export const makeRedraws = (): Redraws => {
  let version = 0
  let shown: Sheet | undefined
  let asked: Sheet | undefined

  const isWanted = ({ space, camera, view }: Sight, still: boolean, spare: number | undefined): boolean => {
    if (shown?.version !== version) return true
    const { drawn } = shown
    if (drawn.camera.zoom === camera.zoom) return !covers(space, camera, view, drawn, spare)
    return still || (spare !== undefined && !covers(space, camera, view, drawn))
  }

  return {
    changed: () => {
      version++
    },
    next: (sight, still, spare) => {
      if (asked !== undefined || !isWanted(sight, still, spare)) return undefined
      asked = { version, drawn: sheetFor(sight.space, sight.camera, sight.view) }
      return asked.drawn
    },
    arrived: ({ space, camera, view }) => {
      const came = asked
      asked = undefined
      if (came === undefined || came.version !== version) return false
      const fits = ({ drawn }: Sheet) => covers(space, camera, view, drawn)
      const isSharp = ({ drawn }: Sheet) => drawn.camera.zoom === camera.zoom
      if (shown?.version === version && fits(shown) && isSharp(shown) && !(fits(came) && isSharp(came))) return false
      shown = came
      return true
    },
    failed: () => {
      asked = undefined
    },
    shown: () => shown?.drawn
  }
}
