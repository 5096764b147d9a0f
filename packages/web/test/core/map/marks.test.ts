import { chosenByTap, hitIndex } from "@galaxy/web/core/map/hit"
import { type LabelWish, placeLabels } from "@galaxy/web/core/map/labels"
import { levelOf } from "@galaxy/web/core/map/lod"
import { outline } from "@galaxy/web/core/map/outline"
import { raceStyles } from "@galaxy/web/core/map/raceStyle"
import { apart, type Space, wrap } from "@galaxy/web/core/map/space"
import { describe, expect, it } from "vitest"
import { numbers } from "./numbers.ts"

const space: Space = { side: 100, joined: true }

describe("names", () => {
  it("never cover each other or what is taken", () => {
    const next = numbers(3)
    const wish = (): LabelWish => ({
      x: next() * 800,
      y: next() * 500,
      gap: 4 + next() * 12,
      width: 20 + next() * 110,
      height: 15,
      rank: next()
    })
    for (let round = 0; round < 20; round++) {
      const taken = Array.from({ length: 20 }, () => ({ left: next() * 800, top: next() * 500, width: 30, height: 14 }))
      const wishes = Array.from({ length: 200 }, wish)
      const placed = placeLabels(wishes, taken)
      expect(placed.length).toBeGreaterThan(20)
      const boxes = [...taken, ...placed]
      const covering = placed.flatMap((a) =>
        boxes.filter(
          (b) =>
            a !== b &&
            a.left < b.left + b.width &&
            b.left < a.left + a.width &&
            a.top < b.top + b.height &&
            b.top < a.top + a.height
        )
      )
      expect(covering).toEqual([])
    }
  })

  it("give way to those of a higher rank", () => {
    const here = { x: 0, y: 0, gap: 20, width: 40, height: 15 }
    const placed = placeLabels(Array.from({ length: 9 }, (_, rank) => ({ ...here, rank })))
    expect(placed.map(({ wish }) => wish)).toEqual([8, 7, 6, 5])
  })
})

describe("taps", () => {
  it("find what is near, as a plain search does, also across the seam", () => {
    const next = numbers(4)
    const places = Array.from({ length: 300 }, () => ({ x: next() * 100, y: next() * 100 }))
    const index = hitIndex(space, places)
    for (let i = 0; i < 300; i++) {
      const at = { x: next() * 300 - 100, y: next() * 300 - 100 }
      const inside = { x: wrap(space, at.x), y: wrap(space, at.y) }
      const plain = places
        .map((place, number) => ({ number, far: apart(space, inside, place) }))
        .filter(({ far }) => far <= 6)
        .toSorted((a, b) => a.far - b.far)
      expect(index.within(at, 6)).toEqual(plain.map(({ number }) => number))
    }
    expect(hitIndex(space, [{ x: 99.5, y: 99.5 }]).within({ x: 0.2, y: 0.2 }, 2)).toEqual([0])
    expect(hitIndex(space, []).within({ x: 0, y: 0 }, 9)).toEqual([])
  })

  it("choose the nearest, and the next one at the same spot", () => {
    expect(chosenByTap([4, 7, 9], undefined, false)).toBe(4)
    expect(chosenByTap([4, 7, 9], 4, false)).toBe(4)
    expect(chosenByTap([4, 7, 9], 4, true)).toBe(7)
    expect(chosenByTap([4, 7, 9], 9, true)).toBe(4)
    expect(chosenByTap([], 4, true)).toBeUndefined()
  })
})

it("56 others have a shape and a colour that no other has; after that the name says who it is", () => {
  const players = Array.from({ length: 58 }, (_, index) => ({ name: `Race ${index}` }))
  const styles = [...raceStyles({ race: "Race 30", players } as never).values()]
  expect(new Set(styles.map(({ shape, colour }) => `${shape} ${colour}`)).size).toBe(57)
  expect(styles.filter(({ shape, colour }) => shape === "circle" && colour === 0).length).toBe(1)
  expect(styles.flatMap(({ ambiguous }, index) => (ambiguous ? [index] : []))).toEqual([57])
})

it("more is drawn the closer one looks", () => {
  expect([2.19, 2.2, 5.99, 6, 8.9, 9].map(levelOf)).toEqual(["far", "shapes", "shapes", "near", "near", "close"])
})

it("an outline runs where exactly one rim is free", () => {
  const centres = [
    { x: 0, y: 0 },
    { x: 8, y: 0 },
    { x: 40, y: 0 },
    { x: 40, y: 0 }
  ]
  const arcs = outline(centres, 10)
  for (const { x, y, from, to } of arcs) {
    for (const share of [0.01, 0.5, 0.99]) {
      const angle = from + (to - from) * share
      const at = { x: x + 10 * Math.cos(angle), y: y + 10 * Math.sin(angle) }
      expect(centres.every((other) => Math.hypot(at.x - other.x, at.y - other.y) >= 10 - 1e-9)).toBe(true)
    }
  }
  const long = arcs.reduce((sum, { from, to }) => sum + (to - from) * 10, 0)
  expect(long).toBeCloseTo(2 * (2 * Math.PI - 2 * Math.acos(0.4)) * 10 + 2 * Math.PI * 10, 6)
})
