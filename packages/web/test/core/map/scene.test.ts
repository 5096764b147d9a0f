import type { Report } from "@galaxy/contract/engine/Report"
import { distance } from "@galaxy/engine/space/distance"
import { describeSpot, figuresOf } from "@galaxy/web/core/map/describe"
import { find, listed, neighbour, ownAfter } from "@galaxy/web/core/map/find"
import { seenThen } from "@galaxy/web/core/map/knownPlanets"
import { legendRaces } from "@galaxy/web/core/map/legend"
import { routeFields, sceneOf } from "@galaxy/web/core/map/scene"
import { apart, near } from "@galaxy/web/core/map/space"
import { en } from "@galaxy/web/core/words/en"
import { ru } from "@galaxy/web/core/words/ru"
import { describe, expect, it } from "vitest"
import { played } from "./game.ts"

const { reports } = played(14, 6)
const report = reports.at(-1)!
const scene = sceneOf(report, { earlier: reports.slice(0, -1) })

describe("the scene of a report", () => {
  it("has every planet once, inside of the square", () => {
    expect(scene.spots.length).toBe(report.summary.planets)
    expect(scene.byNumber.size).toBe(report.summary.planets)
    for (const { x, y } of scene.spots) {
      expect(x >= 0 && x < report.summary.size && y >= 0 && y < report.summary.size).toBe(true)
    }
    expect(scene.spots.filter(({ kind }) => kind === "mine").length).toBe(report.my_planets.length)
  })

  it("has every flying group on the short line to its end, as far from it as the report says", () => {
    const flying = report.my_groups.filter(({ origin }) => origin !== undefined)
    const mine = scene.courses.filter((it) => it.mine)
    expect(mine.length).toBeGreaterThan(0)
    expect(mine.reduce((sum, { ships }) => sum + ships, 0)).toBe(flying.reduce((sum, { ships }) => sum + ships, 0))
    for (const { at, to, from, distance: left } of scene.courses) {
      expect(Math.hypot(at.x - to.x, at.y - to.y)).toBeCloseTo(left, 1)
      const whole = Math.hypot(from.x - to.x, from.y - to.y)
      expect(Math.hypot(at.x - from.x, at.y - from.y)).toBeCloseTo(whole - left, 1)
      expect(whole).toBeCloseTo(apart(scene.space, from, to), 6)
    }
  })

  it("has every route, the short way round", () => {
    const count = report.routes.reduce(
      (sum, it) => sum + routeFields.filter(([, field]) => it[field] !== undefined).length,
      0
    )
    expect(scene.routes.length).toBe(count)
    for (const { from, to, origin, destination } of scene.routes) {
      const [a, b] = [scene.byNumber.get(origin)!, scene.byNumber.get(destination)!]
      expect(Math.hypot(to.x - from.x, to.y - from.y)).toBeCloseTo(distance("torus", report.summary.size, a, b), 6)
    }
  })

  it("counts ships at planets, scouts apart", () => {
    const standing = report.my_groups.filter(({ origin }) => origin === undefined)
    const all = scene.spots.reduce((sum, { ships, scouts }) => sum + ships + scouts, 0)
    expect(all).toBe(standing.reduce((sum, { ships }) => sum + ships, 0))
    const foreign = scene.spots.flatMap(({ guests }) => guests).reduce((sum, { ships }) => sum + ships, 0)
    expect(foreign).toBe(report.foreign_groups.reduce((sum, { ships }) => sum + ships, 0))
  })

  it("remembers what was seen in earlier turns, and only that", () => {
    const planet = report.uninhabited_planets[0] ?? report.foreign_planets[0]!
    const { number, x, y } = planet
    const gone: Report = {
      ...report,
      turn: report.turn + 1,
      uninhabited_planets: report.uninhabited_planets.filter((it) => it.number !== number),
      foreign_planets: report.foreign_planets.filter((it) => it.number !== number),
      unknown_planets: [...report.unknown_planets, { number, x, y }]
    }
    const spot = sceneOf(gone, { earlier: [report] }).byNumber.get(number)!
    expect(spot).toMatchObject({ seen: report.turn, size: planet.size, resources: planet.resources })
    expect(spot.kind).not.toBe("unknown")
    // What is left of an old report by itself tells the same, and gives way to a newer one.
    const old = { ...seenThen(report), turn: report.turn - 20 }
    expect(sceneOf(gone, { archive: [seenThen(report)] }).byNumber.get(number)).toEqual(spot)
    const renamed = old.planets.map((it) => ({ ...it, name: "Old", seen: old.turn }))
    const archive = [{ ...old, planets: renamed }]
    expect(sceneOf(gone, { archive }).byNumber.get(number)).toMatchObject({ name: "Old", seen: old.turn })
    expect(sceneOf(gone, { archive, earlier: [report] }).byNumber.get(number)).toEqual(spot)
    // A report of a later turn is no memory.
    const later = { ...report, turn: report.turn + 5 }
    expect(sceneOf(gone, { earlier: [later] }).byNumber.get(number)).toMatchObject({ kind: "unknown", seen: undefined })
  })

  it("doesn't say that a lost planet is still one's own", () => {
    const [lost] = report.my_planets
    const { number, x, y } = lost!
    const after: Report = {
      ...report,
      turn: report.turn + 1,
      my_planets: report.my_planets.slice(1),
      unknown_planets: [...report.unknown_planets, { number, x, y }]
    }
    const spot = sceneOf(after, { earlier: [report] }).byNumber.get(number)
    expect(spot).toMatchObject({ kind: "empty", owner: undefined, filled: 0 })
  })

  it("keeps unknown ships of this turn, and their tracks", () => {
    expect(scene.blips[0]).toMatchObject({ age: 0 })
    expect(scene.blips[0]?.places.length).toBe(report.unidentified_groups.length)
    expect(scene.blips.map(({ age }) => age).toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3])
  })
})

describe("the legend", () => {
  const [own, rival] = [report.race, scene.spots.find(({ kind }) => kind === "foreign")!.owner!]

  it("has all others of a small game, but for those that have left", () => {
    const others = report.players.filter(({ name }) => name !== own)
    expect(legendRaces(report, scene)).toEqual(others.filter(({ extinct }) => !extinct).map(({ name }) => name))
    const left = report.players.map((it) => ({ ...it, extinct: it.name === rival }))
    expect(legendRaces({ race: own, players: left }, scene)).not.toContain(rival)
  })

  it("has those of a large game that are on the map", () => {
    const [first] = report.players
    const strangers = Array.from({ length: 40 }, (_, index) => ({ ...first!, name: `Stranger ${index}` }))
    const found = legendRaces({ race: own, players: [...strangers, ...report.players] }, scene)
    expect(found).toContain(rival)
    expect(found.filter((name) => name.startsWith("Stranger"))).toEqual([])
  })
})

describe("planets are found", () => {
  it("by name, number and race", () => {
    const renamed = {
      ...report,
      my_planets: report.my_planets.map((it, index) => (index === 0 ? { ...it, name: "Lyra" } : it))
    }
    const named = sceneOf(renamed)
    const { number } = report.my_planets[0]!
    expect(find(named, "lyr")[0]?.number).toBe(number)
    expect(find(named, `#${number}`)[0]?.number).toBe(number)
    expect(find(named, "")).toEqual([])
    expect(find(named, "no such place")).toEqual([])
    expect(find(named, report.race).every(({ kind }) => kind === "mine")).toBe(true)
  })

  it("one after another, all of one's own", () => {
    const seen = new Set<number>()
    let at = ownAfter(scene, undefined, 1)
    for (const _ of report.my_planets) {
      seen.add(at!.number)
      at = ownAfter(scene, at!.number, 1)
    }
    expect(seen.size).toBe(report.my_planets.length)
    expect(ownAfter(scene, ownAfter(scene, at!.number, 1)!.number, -1)).toBe(at)
  })

  it("in a direction, the short way round", () => {
    const steps = scene.spots.flatMap((from) =>
      (["left", "right", "up", "down"] as const).flatMap((direction) => {
        const to = neighbour(scene, from, direction)
        if (to === undefined) return []
        const dx = near(scene.space, from.x, to.x) - from.x
        const dy = near(scene.space, from.y, to.y) - from.y
        return [{ left: -dx, right: dx, up: -dy, down: dy }[direction]]
      })
    )
    expect(steps.length).toBeGreaterThan(scene.spots.length)
    expect(Math.min(...steps)).toBeGreaterThan(0)
  })
})

it("every planet is said in a sentence of either language", () => {
  const texts = listed(scene.spots).map((spot) => describeSpot(en.map, figuresOf("en"), spot, scene.turn))
  expect(texts[0]).toMatch(/^#\d+, yours, [\d,]+ people/)
  expect(texts.every((text) => !/undefined|NaN/.test(text))).toBe(true)
  const russian = scene.spots.map((spot) => describeSpot(ru.map, figuresOf("ru"), spot, scene.turn))
  expect(russian.every((text) => text.startsWith("№") && !/undefined|NaN/.test(text))).toBe(true)
})
