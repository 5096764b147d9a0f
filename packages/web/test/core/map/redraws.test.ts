import type { Camera } from "@galaxy/web/core/map/camera"
import { makeRedraws } from "@galaxy/web/core/map/redraws"
import { covers } from "@galaxy/web/core/map/sheet"
import { describe, expect, it } from "vitest"
import { numbers } from "./numbers.ts"

const space = { side: 1_000, joined: true }
const view = { width: 800, height: 600 }
const at = (x: number, y: number, zoom = 10) => ({ space, view, camera: { x, y, zoom } })

/** An order whose first chart is drawn at (100, 100). */
const begun = () => {
  const redraws = makeRedraws()
  expect(redraws.next(at(100, 100), true, 60)?.camera).toMatchObject({ x: 100, y: 100 })
  expect(redraws.arrived(at(100, 100))).toBe(true)
  return redraws
}

describe("the chart's redraws", () => {
  it("are asked for one at a time, and none where the bitmap still covers the window", () => {
    const redraws = makeRedraws()
    expect(redraws.next(at(100, 100), true, 60)).toBeDefined()
    expect(redraws.next(at(200, 100), true, 60)).toBeUndefined()
    expect(redraws.arrived(at(100, 100))).toBe(true)
    expect(redraws.next(at(100, 100), true, 60)).toBeUndefined()
  })

  it("come before the window leaves the bitmap, where nobody waits for them", () => {
    // The bitmap reaches 200 pixels beyond the window on the left and right.
    expect(begun().next(at(100 + 15, 100), true, undefined)).toBeUndefined()
    expect(begun().next(at(100 + 15, 100), true, 60)).toBeDefined()
    expect(begun().next(at(100 + 21, 100), true, undefined)).toBeDefined()
  })

  it("wait for a zoom to rest, unless the window would be empty at its edges", () => {
    expect(begun().next(at(100, 100, 12), false, 60)).toBeUndefined()
    expect(begun().next(at(100, 100, 12), true, 60)).toBeDefined()
    expect(begun().next(at(100, 100, 4), false, 60)).toBeDefined()
    expect(begun().next(at(100, 100, 4), false, undefined)).toBeUndefined()
  })

  it("are dropped where the content has changed since, and what was there stays until there is a new one", () => {
    const redraws = begun()
    const before = redraws.shown()
    redraws.changed()
    expect(redraws.next(at(100, 100), true, 60)).toBeDefined()
    redraws.changed()
    expect(redraws.arrived(at(100, 100))).toBe(false)
    expect(redraws.shown()).toBe(before)
    expect(redraws.next(at(100, 100), true, 60)).toBeDefined()
    expect(redraws.arrived(at(100, 100))).toBe(true)
    expect(redraws.shown()).not.toBe(before)
  })

  it("don't replace a bitmap that covers the window by one that doesn't", () => {
    const redraws = begun()
    expect(redraws.next(at(300, 100), true, 60)).toBeDefined()
    expect(redraws.arrived(at(101, 100))).toBe(false)
    expect(redraws.shown()?.camera.x).toBe(100)
  })

  it("go on after one that failed", () => {
    const redraws = makeRedraws()
    expect(redraws.next(at(100, 100), true, 60)).toBeDefined()
    redraws.failed()
    expect(redraws.next(at(100, 100), true, 60)).toBeDefined()
  })

  it("end with a sharp bitmap of the window, whatever was panned and zoomed meanwhile", () => {
    const next = numbers(7)
    for (let game = 0; game < 50; game++) {
      const redraws = makeRedraws()
      let camera: Camera = { x: 500, y: 500, zoom: 5 }
      let busy = false
      for (let step = 0; step < 60; step++) {
        camera = { x: next() * 1_000, y: next() * 1_000, zoom: 1 + next() * 30 }
        if (next() < 0.2) redraws.changed()
        if (busy && next() < 0.5) {
          redraws.arrived({ space, view, camera })
          busy = false
        }
        busy = redraws.next({ space, view, camera }, next() < 0.5, 60) !== undefined || busy
      }
      for (let left = 0; left < 3; left++) {
        if (busy) redraws.arrived({ space, view, camera })
        busy = redraws.next({ space, view, camera }, true, 60) !== undefined
      }
      expect(busy).toBe(false)
      expect(redraws.shown()?.camera.zoom).toBe(camera.zoom)
      expect(covers(space, camera, view, redraws.shown()!)).toBe(true)
    }
  })
})
