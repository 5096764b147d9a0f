import type { Report } from "@galaxy/contract/engine/Report"
import { plus } from "@galaxy/engine/rules/Ruleset"
import { goodsTags, isAround, tagAt } from "@galaxy/web/core/map/goodsTags"
import { noIntents } from "@galaxy/web/core/map/intents"
import { layoutOf, mapAction, type Press } from "@galaxy/web/core/map/keys"
import { enclosed, lassoOf } from "@galaxy/web/core/map/lasso"
import { needsOf, nextNeed } from "@galaxy/web/core/map/needs"
import { sceneOf } from "@galaxy/web/core/map/scene"
import { fastestOf } from "@galaxy/web/core/map/reach"
import { tracksOf } from "@galaxy/web/core/map/tracks"
import { describe, expect, it } from "vitest"
import { played } from "./game.ts"
import { numbers } from "./numbers.ts"

const { reports } = played(14, 4)
const report = reports.at(-1)!
const scene = sceneOf(report)

describe("tags of goods", () => {
  const tags = goodsTags(10)
  const centre = { x: 300, y: 200 }

  it("lie side by side below the planet, each large enough to be hit", () => {
    expect(tags.map(({ goods }) => goods)).toEqual(["COL", "CAP", "MAT", "EMP"])
    for (const [index, tag] of tags.entries()) {
      expect(Math.min(tag.width, tag.height)).toBeGreaterThanOrEqual(24)
      expect(tag.top).toBeGreaterThan(10 + 15)
      expect(tags[index + 1]?.left ?? 1_000).toBeGreaterThanOrEqual(tag.left + tag.width)
    }
    expect((tags[0]?.left ?? 0) + (tags.at(-1)?.left ?? 0) + (tags.at(-1)?.width ?? 0)).toBeCloseTo(0)
  })

  it("are found where they are, by a finger a little beside them too", () => {
    const { left, top, width, height } = tags[1]!
    const middle = { x: centre.x + left + width / 2, y: centre.y + top + height / 2 }
    expect(tagAt(tags, centre, middle)?.goods).toBe("CAP")
    const beside = { x: middle.x, y: centre.y + top - 6 }
    expect(tagAt(tags, centre, beside)).toBeUndefined()
    expect(tagAt(tags, centre, beside, 9)?.goods).toBe("CAP")
    expect(tagAt(tags, centre, centre)).toBeUndefined()
    expect(isAround(tags, centre, middle) && isAround(tags, centre, centre)).toBe(true)
    expect(isAround(tags, centre, { x: centre.x + 200, y: centre.y })).toBe(false)
  })
})

describe("tracks of unidentified groups", () => {
  const space = { side: 100, joined: true }
  const flight = (x: number, y: number, dx: number, dy: number) =>
    [0, 1, 2, 3].map((age) => ({
      x: (Math.round((((x - dx * age) % 100) + 100) * 100) / 100) % 100,
      y: (Math.round((((y - dy * age) % 100) + 100) * 100) / 100) % 100
    }))
  const blips = (...flights: ReadonlyArray<ReadonlyArray<{ x: number; y: number }>>) =>
    [0, 1, 2, 3].map((age) => ({ age, places: flights.flatMap((it) => it[age] ?? []) }))

  it("are those of what flew straight on at one speed, also across the seam", () => {
    const tracks = tracksOf(space, blips(flight(50, 50, 7.31, 2.2), flight(3, 98, 5, 4)), 60)
    expect(tracks.map((track) => track.length)).toEqual([4, 4])
    const [first, second] = tracks
    expect(first?.at(-1)).toEqual({ x: 50, y: 50 })
    expect(first?.[0]?.x).toBeCloseTo(50 - 3 * 7.31, 1)
    // It has come over the left edge: the oldest place lies outside of the square, so that the line is short.
    expect(second?.[0]?.x).toBeCloseTo(3 - 15, 1)
  })

  it("aren't made up from what appeared once, turned, or stood still", () => {
    expect(tracksOf(space, blips(flight(50, 50, 0, 0)), 60)).toEqual([])
    const turned = [...flight(50, 50, 5, 0).slice(0, 2), { x: 45, y: 55 }, { x: 45, y: 60 }]
    expect(tracksOf(space, blips(turned), 60)).toEqual([])
    expect(tracksOf(space, [{ age: 0, places: [{ x: 1, y: 1 }] }], 60)).toEqual([])
  })

  it("are found as far apart as the best drives of the game fly", () => {
    const wide = { side: 600, joined: true }
    const fast = [0, 1, 2, 3].map((age) => ({ age, places: [{ x: 500 - 118.4 * age, y: 300 }] }))
    const players = [4.2, 5.92].map((drive) => ({ drive })) as unknown as Report["players"]
    const fastest = fastestOf(plus, { players })
    expect(fastest).toBeCloseTo(118.5, 9)
    expect(tracksOf(wide, fast, fastest)).toHaveLength(1)
    expect(tracksOf(wide, fast, 110)).toEqual([])
  })

  it("hardly ever join strangers", () => {
    const next = numbers(11)
    const wide = { side: 250, joined: true }
    const strangers = [0, 1, 2, 3].map((age) => ({
      age,
      places: Array.from({ length: 300 }, () => ({ x: next() * 250, y: next() * 250 }))
    }))
    expect(tracksOf(wide, strangers, 60).length).toBeLessThan(300 * 0.5)
  })
})

it("a lasso has what is in its rectangle, across the seam too", () => {
  const camera = { x: 0, y: 0, zoom: 10 }
  const view = { width: 400, height: 300 }
  const spots = [
    { x: 1, y: 1 },
    { x: scene.space.side - 1, y: scene.space.side - 1 },
    { x: 19, y: 1 }
  ].map((place, index) => ({ ...scene.spots[0]!, ...place, number: index + 1 }))
  const box = lassoOf({ x: 230, y: 170 }, { x: 180, y: 130 })
  expect(box).toEqual({ x: 180, y: 130, width: 50, height: 40 })
  expect(enclosed({ space: scene.space, spots }, camera, view, box)).toEqual([1, 2])
})

describe("what needs the player", () => {
  const [one, two, three] = report.my_planets
  const quiet: Report = {
    ...report,
    battles: [],
    bombings: [],
    approaching_groups: [],
    my_planets: report.my_planets.map((it) => ({ ...it, production: "DRIVE" }))
  }
  const order = { op: "produce" as const, planet: three!.number, product: "no such thing" }

  it("is nothing in a quiet turn", () => {
    expect(needsOf(plus, quiet, noIntents, [])).toEqual([])
    expect(nextNeed([], 4)).toBeUndefined()
  })

  it("is ranked, each planet once, and goes round", () => {
    const busy: Report = {
      ...quiet,
      my_planets: quiet.my_planets.map((it) => (it === quiet.my_planets[0] ? { ...it, production: "-" } : it)),
      approaching_groups: [
        { origin: one!.number, destination: two!.number, distance: 9, speed: 3, mass: 1 },
        { origin: one!.number, destination: two!.number, distance: 19, speed: 3, mass: 1 }
      ]
    }
    const lines = [{ id: 1, order, refused: true }]
    const needs = needsOf(plus, busy, noIntents, lines)
    expect(needs).toEqual([two!.number, three!.number, one!.number])
    expect(nextNeed(needs, undefined)).toBe(two!.number)
    expect(nextNeed(needs, two!.number)).toBe(three!.number)
    expect(nextNeed(needs, one!.number)).toBe(two!.number)
    // A planet that the draft tells to make something is idle no longer.
    const products = new Map([[one!.number, "CAP"]])
    expect(needsOf(plus, busy, { ...noIntents, products }, [])).toEqual([two!.number])
  })
})

describe("keys of a layout that isn't Latin", () => {
  const press = (key: string, code: string): Press => ({
    key,
    code,
    altKey: false,
    ctrlKey: false,
    metaKey: false,
    shiftKey: false
  })

  it("are told by letters", () => {
    expect(layoutOf(press("ы", "KeyS"))).toBe("other")
    expect(layoutOf(press("s", "KeyS"))).toBe("latin")
    expect(layoutOf(press(".", "Slash"))).toBeUndefined()
  })

  it("count by their place, where the same signs lie elsewhere", () => {
    expect(mapAction(press(".", "Slash"), "other")).toEqual({ _tag: "find" })
    expect(mapAction(press(".", "Slash"), "latin")).toEqual({ _tag: "own", step: 1 })
    expect(mapAction(press("ю", "Period"), "other")).toEqual({ _tag: "own", step: 1 })
    expect(mapAction(press("т", "KeyN"), "other")).toEqual({ _tag: "need" })
  })
})
