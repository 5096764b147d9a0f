import * as Camera from "@galaxy/web/core/map/camera"
import { covers, type Place, placesOf, sheetFor } from "@galaxy/web/core/map/sheet"
import { apart, near, type Space, wrap } from "@galaxy/web/core/map/space"
import { describe, expect, it } from "vitest"
import { numbers } from "./numbers.ts"

const space: Space = { side: 128, joined: true }
const view = { width: 900, height: 600 }

describe("a joined map", () => {
  it("brings coordinates into the square", () => {
    expect([wrap(space, -1), wrap(space, 128), wrap(space, 300), wrap(space, 5)]).toEqual([127, 0, 44, 5])
    expect(wrap({ side: 128, joined: false }, -1)).toBe(-1)
  })

  it("measures the same there and back, never over half of the side", () => {
    const next = numbers(1)
    for (let i = 0; i < 2_000; i++) {
      const a = next() * 128
      const b = next() * 128
      const there = Math.abs(near(space, a, b) - a)
      expect(Math.abs(near(space, b, a) - b)).toBeCloseTo(there, 9)
      expect(there).toBeLessThanOrEqual(64)
      expect(wrap(space, near(space, a, b))).toBeCloseTo(b, 9)
    }
  })

  it("measures as the engine does", () => {
    const a = { x: 2, y: 3 }
    const b = { x: 126, y: 120 }
    expect(apart(space, a, b)).toBeCloseTo(Math.hypot(near(space, 2, 126) - 2, near(space, 3, 120) - 3), 9)
  })
})

describe("the camera", () => {
  it("keeps the place under the pointer where it is", () => {
    const next = numbers(2)
    for (let i = 0; i < 500; i++) {
      const before = { x: next() * 128, y: next() * 128, zoom: 3 + next() * 30 }
      const point = { x: next() * view.width, y: next() * view.height }
      const after = Camera.zoomAbout(space, view, before, point, 0.3 + next() * 3)
      const was = Camera.toSpace(before, view, point)
      const is = Camera.toSpace(after, view, point)
      expect(
        apart(space, { x: wrap(space, was.x), y: wrap(space, was.y) }, { x: wrap(space, is.x), y: wrap(space, is.y) })
      ).toBeLessThan(1e-9)
    }
  })

  it("goes round without end and stays in the square", () => {
    let camera = { x: 64, y: 64, zoom: 10 }
    for (let i = 0; i < 1_000; i++) camera = Camera.pan(space, view, camera, -37, 53)
    expect(camera.x).toBeCloseTo(wrap(space, 64 + 3_700), 6)
    expect(camera.y).toBeCloseTo(wrap(space, 64 - 5_300), 6)
  })

  it("stops at two squares and at forty pixels", () => {
    const small = Camera.zoomAbout(space, view, { x: 0, y: 0, zoom: 5 }, { x: 0, y: 0 }, 1e-6)
    expect(small.zoom).toBeCloseTo(600 / 256, 9)
    expect(Camera.zoomAbout(space, view, small, { x: 0, y: 0 }, 1e9).zoom).toBe(40)
  })

  it("sees as many copies as fit, and one of a map that isn't joined", () => {
    const camera = { x: 64, y: 64, zoom: Camera.minZoom(space, view) }
    const corners = Camera.copies(space, camera, view)
    expect(corners.length).toBeGreaterThanOrEqual(4)
    for (const { x, y } of corners) expect([x % 128, y % 128].map(Math.abs)).toEqual([0, 0])
    expect(Camera.copies({ side: 128, joined: false }, camera, view)).toEqual([{ x: 0, y: 0 }])
  })

  it("doesn't leave a map that isn't joined", () => {
    const flat = { side: 128, joined: false }
    expect(Camera.pan(flat, view, { x: 10, y: 10, zoom: 10 }, 5_000, -9_000)).toEqual({ x: 0, y: 128, zoom: 10 })
  })

  it("comes back from an address", () => {
    expect(Camera.cameraOf(Camera.cameraText({ x: 54.04, y: 118, zoom: 8 }))).toEqual({ x: 54, y: 118, zoom: 8 })
    for (const text of [null, "", "1,2", "1,2,0", "1,2,x", "1,2,3,4", "1,,3", "1,2,-4"]) {
      expect(Camera.cameraOf(text)).toBeUndefined()
    }
  })
})

describe("the bitmap of the chart", () => {
  const area = ({ left, top, right, bottom }: Place) =>
    Math.max(0, Math.min(right, view.width) - Math.max(left, 0)) *
    Math.max(0, Math.min(bottom, view.height) - Math.max(top, 0))

  it("fills the window from afar with copies of the square that meet and don't overlap", () => {
    const next = numbers(5)
    for (let i = 0; i < 200; i++) {
      const drawn = sheetFor(space, { x: 0, y: 0, zoom: 2.4 + next() * 3 }, view)
      expect(drawn.tile).toBe(true)
      const now = { x: next() * 128, y: next() * 128, zoom: drawn.camera.zoom * (0.7 + next()) }
      const places = placesOf(space, now, view, drawn)
      expect(places.reduce((sum, place) => sum + area(place), 0)).toBeCloseTo(view.width * view.height, 3)
      expect(covers(space, now, view, drawn)).toBe(true)
    }
  })

  it("puts places where the camera sees them", () => {
    const drawn = sheetFor(space, { x: 10, y: 20, zoom: 20 }, view)
    expect(drawn.tile).toBe(false)
    const now = { x: 127, y: 21, zoom: 30 }
    const [place] = placesOf(space, now, view, drawn)
    const middle = Camera.toScreen(now, view, { x: near(space, now.x, 10), y: 20 })
    expect((place!.left + place!.right) / 2).toBeCloseTo(middle.x, 9)
    expect((place!.top + place!.bottom) / 2).toBeCloseTo(middle.y, 9)
  })

  it("is drawn anew once the window leaves its margin", () => {
    const camera = { x: 64, y: 64, zoom: 20 }
    const drawn = sheetFor(space, camera, view)
    const moved = (pixels: number) => covers(space, Camera.pan(space, view, camera, pixels, 0), view, drawn)
    expect([moved(0), moved(view.width / 4 - 2), moved(view.width / 4 + 2)]).toEqual([true, true, false])
  })
})
