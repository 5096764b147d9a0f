/**
 * A page with the map of 2,000 planets and much traffic, and how long its steps take. It is bundled by
 * `mapSpeed.nightly.test.ts` and runs in the browser, without a platform.
 */
import type { InitRequest } from "@galaxy/contract/engine/Admin"
import type { Report } from "@galaxy/contract/engine/Report"
import { EnginePlayerId, GameId } from "@galaxy/contract/ids/Ids"
import { generate } from "@galaxy/engine/generation/generate"
import { reporter } from "@galaxy/engine/report/reports"
import { Result } from "effect"
import { firstChoice } from "../src/core/map/layers.ts"
import { sceneOf } from "../src/core/map/scene.ts"
import { makePagePainter } from "../src/lib/map/chart/pagePainter.ts"
import { makeMapView } from "../src/lib/map/MapView.ts"
import { noIntents } from "../src/core/map/intents.ts"
import { readTheme } from "../src/lib/map/theme.ts"
import { numbers } from "../test/core/map/numbers.ts"

const uuid = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`

/** The first report of 200 races, to which traffic and knowledge of the other planets are added. */
const busyReport = (): Report => {
  const init: InitRequest = {
    game_id: GameId.make(uuid(1)),
    seed: "busy",
    races: Array.from({ length: 200 }, (_, index) => ({
      name: `Race_${index}`,
      player_id: EnginePlayerId.make(uuid(index + 1))
    }))
  }
  const report = reporter(Result.getOrThrow(generate(init)), [])(0)
  const next = numbers(6)
  const spots = report.unknown_planets
  const some = () => spots[Math.floor(next() * spots.length)]?.number ?? 0
  const nothing = {
    population: 0,
    industry: 0,
    production: "-",
    capital: 0,
    materials: 0,
    colonists: 0,
    free_points: 0
  }
  const known = spots.map((spot) => ({
    ...spot,
    ...nothing,
    name: String(spot.number),
    size: next() * 1500,
    resources: next() * 10
  }))
  const levels = { drive: 1, weapons: 1, shields: 1, cargo: 0 }
  const ships = { ships: 3, class: "Lancer", ...levels, goods: "-", load: 0, mass: 30, speed: 10 }
  return {
    ...report,
    foreign_planets: known
      .filter((_, index) => index % 2 === 0)
      .map((it, index) => ({ ...it, owner: `Race_${1 + (index % 199)}` })),
    uninhabited_planets: known.filter((_, index) => index % 4 === 1),
    unknown_planets: spots.filter((_, index) => index % 4 === 3),
    my_groups: Array.from({ length: 350 }, (_, number) => ({
      ...ships,
      number,
      origin: some(),
      destination: some(),
      distance: 10 + next() * 30,
      state: "In_Space"
    })),
    approaching_groups: Array.from({ length: 350 }, () => ({
      origin: some(),
      destination: some(),
      distance: 10 + next() * 30,
      speed: 10,
      mass: 30
    })),
    unidentified_groups: Array.from({ length: 800 }, () => ({
      x: next() * report.summary.size,
      y: next() * report.summary.size
    }))
  }
}

/** Milliseconds of fixed work of the kind that drawing is, so that results don't depend on the machine's speed. */
const calibrate = (): number => {
  const canvas = document.createElement("canvas")
  canvas.width = 1440
  canvas.height = 900
  const c = canvas.getContext("2d", { alpha: false })
  if (c === null) throw new Error("no canvas")
  const times = Array.from({ length: 5 }, () => {
    const started = performance.now()
    for (let i = 0; i < 2_000; i++) {
      c.beginPath()
      c.arc((i * 37) % 1440, (i * 91) % 900, 6, 0, 2 * Math.PI)
      c.fill()
    }
    // What was asked for is drawn at the latest now.
    c.getImageData(0, 0, 1, 1)
    return performance.now() - started
  })
  return times.toSorted((a, b) => a - b)[2] ?? 0
}

const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve))

/** Runs all steps; every number is in milliseconds. */
const run = async () => {
  const [chart, live] = [document.createElement("canvas"), document.createElement("canvas")]
  document.body.append(chart, live)
  const frames: Array<number> = []
  const report = busyReport()
  const started = performance.now()
  const scene = sceneOf(report)
  const made = performance.now() - started
  const map = makeMapView(chart, live, makePagePainter, (what, milliseconds) => {
    if (what === "frame") frames.push(milliseconds)
  })
  const view = { width: 1440, height: 900 }
  const zone = { centres: report.my_planets, radius: 40 }
  const content = {
    scene,
    look: { theme: readTheme(document.body), choice: firstChoice, flight: zone, detection: zone, tracks: [] }
  }
  map.setContent(content)
  map.setLive({
    selected: report.my_planets[0]?.number,
    also: new Set(),
    hovered: undefined,
    focused: false,
    intents: noIntents,
    rings: [10, 20, 30],
    aim: undefined,
    measure: undefined,
    tags: false
  })
  const calibrations: Array<number> = [calibrate()]
  const steps: Record<string, { redraw: number; pans: ReadonlyArray<ReadonlyArray<number>> }> = {}
  for (const [name, zoom] of [
    ["close", 12],
    ["region", 4],
    ["whole", 1.4],
    ["far", 0.72]
  ] as const) {
    map.setCamera({ x: 100, y: 100, zoom })
    map.resize(view)
    await frame()
    const redraws: Array<number> = []
    for (let pass = 0; pass < 6; pass++) {
      const began = performance.now()
      map.setContent(content)
      map.resize(view)
      // A canvas notes what it is asked for; reading a pixel makes it draw.
      chart.getContext("2d")?.getImageData(0, 0, 1, 1)
      redraws.push(performance.now() - began)
      await frame()
    }
    await frame()
    const pans: Array<ReadonlyArray<number>> = []
    for (let pass = 0; pass < 3; pass++) {
      frames.length = 0
      for (let i = 0; i < 40; i++) {
        map.setCamera({ x: 100 + (i * 4) / zoom, y: 100 + (i * 2) / zoom, zoom })
        await frame()
      }
      pans.push(frames.toSorted((a, b) => a - b))
    }
    steps[name] = { redraw: Math.min(...redraws), pans }
    calibrations.push(calibrate())
  }
  map.close()
  return { planets: scene.spots.length, made, calibration: calibrations.toSorted((a, b) => a - b)[2] ?? 0, steps }
}

Object.assign(globalThis, { mapSpeed: run })
