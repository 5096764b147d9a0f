import { Refused, Unavailable } from "@galaxy/client/ClientError"
import type { ClientError } from "@galaxy/client/ClientError"
import type { Report } from "@galaxy/contract/engine/Report"
import { reporter } from "@galaxy/engine/report/reports"
import { advance, begin } from "@galaxy/engine/simulate/simulate"
import * as Archive from "@galaxy/web/core/game/Archive"
import * as Reports from "@galaxy/web/core/game/Reports"
import { chartOf, tickStep } from "@galaxy/web/core/report/chart"
import { compare } from "@galaxy/web/core/report/compare"
import { classesSeen, digestOf, seriesOf } from "@galaxy/web/core/report/digest"
import type { Player } from "@galaxy/web/core/session/Session"
import { archiveWords } from "@galaxy/web/core/words/archiveWords"
import { Result } from "effect"
import { describe, expect, it } from "vitest"
import { handTimer } from "../game/handTimer.ts"

/** One race's reports of a game between bots. */
const reports: ReadonlyArray<Report> = (() => {
  let play = Result.getOrThrow(begin({ seed: "archive", players: 3, turns: 99 }))
  const all: Array<Report> = []
  while (all.length < 12) {
    all.push(reporter(play.galaxy, play.log)(0))
    play = advance(play)
  }
  return all
})()
const [first] = reports
const last = reports.at(-1)
if (first === undefined || last === undefined) throw new Error("no reports")
const me = first.race

describe("two turns compared", () => {
  it("a turn with itself has no difference", () => {
    const { won, lost, changed, ships, vote, races } = compare(last, last)
    expect([won, lost, changed, ships, vote]).toEqual([[], [], [], [], undefined])
    expect(races.every(({ gone, turned }) => !gone && turned === undefined)).toBe(true)
  })

  it("tells planets, ships, technologies, votes and races from the earlier turn to the later one", () => {
    const difference = compare(last, first)
    expect([difference.from, difference.to]).toEqual([0, last.turn])
    const had = new Set(first.my_planets.map(({ number }) => number))
    expect(difference.won.map(({ number }) => number)).toEqual(
      last.my_planets.map(({ number }) => number).filter((number) => !had.has(number))
    )
    expect(difference.won.length).toBeGreaterThan(0)
    expect(difference.won.every(({ population }) => population.before === 0 && population.after > 0)).toBe(true)
    const ships = last.my_groups.reduce((all, it) => all + it.ships, 0)
    expect(difference.fleet).toEqual({ before: 0, after: ships })
    expect(difference.ships.reduce((all, { after }) => all + after, 0)).toBe(ships)
    const mine = last.players.find(({ name }) => name === me)
    expect(difference.own?.techs.drive).toEqual({ before: 1, after: mine?.drive })
    expect(difference.own?.population).toEqual({ before: 2_000, after: mine?.population })
    expect(compare(first, last)).toEqual(difference)
  })

  it("a planet that was lost, a race that has left, and another attitude and vote", () => {
    const [planet, ...rest] = last.my_planets
    const other = last.players.find(({ name }) => name !== me)!
    const then: Report = {
      ...last,
      turn: last.turn + 1,
      my_planets: rest,
      votes: { ...last.votes, voting_for: other.name },
      players: last.players.map((it) =>
        it.name === other.name ? { ...it, extinct: true, relation: it.relation === "war" ? "peace" : "war" } : it
      )
    }
    const difference = compare({ ...last, votes: { ...last.votes, voting_for: me } }, then)
    expect(difference.lost.map(({ number, population }) => [number, population.after])).toEqual([[planet?.number, 0]])
    expect(difference.vote).toEqual({ before: me, after: other.name })
    const race = difference.races.find(({ name }) => name === other.name)
    expect([race?.gone, race?.turned]).toEqual([true, other.relation === "war" ? "peace" : "war"])
  })
})

describe("classes of others", () => {
  it("are told as they were seen last, with the turn, without those of races that are out", () => {
    const [one, two] = last.players.filter(({ name }) => name !== me).map(({ name }) => name)
    if (one === undefined || two === undefined) throw new Error("nobody else plays")
    const blocks = { drive: 1, armament: 1, weapons: 1, shields: 1, cargo: 0, mass: 3 }
    const at = (
      turn: number,
      ...classes: ReadonlyArray<readonly [race: string, name: string, guns: number]>
    ): Report => ({
      ...last,
      turn,
      foreign_classes: classes.map(([race, name, armament]) => ({ ...blocks, race, name, armament }))
    })
    const past = [at(1, [one, "Old", 1], [two, "Raider", 1]), at(3, [one, "Raider", 2]), at(9, [one, "Later", 1])]
    const digests = new Map(past.map((report) => [report.turn, digestOf(report)]))
    const now = at(5, [one, "Raider", 3])
    const seen = classesSeen(now, digests).map(({ race, name, armament, seen: turn }) => [race, name, armament, turn])
    expect(seen).toEqual([
      [one, "Old", 1, 1],
      [two, "Raider", 1, 1],
      [one, "Raider", 3, 5]
    ])
    const without = now.players.map((it) => (it.name === two ? { ...it, extinct: true } : it))
    expect(classesSeen({ ...now, players: without }, digests)).toHaveLength(2)
  })
})

describe("charts", () => {
  const digests = new Map(reports.map((report) => [report.turn, digestOf(report)]))

  it("have a line for each race, with a gap where a turn isn't known and an end where it left", () => {
    const holed = new Map([...digests].filter(([turn]) => turn !== 5 && turn !== 6))
    const out = { ...digestOf(last), races: digestOf(last).races.map((it, at) => ({ ...it, out: at === 1 })) }
    const series = seriesOf(new Map([...holed, [last.turn, out]]), "industry")
    expect(series.map(({ name }) => name)).toEqual(last.players.map(({ name }) => name))
    expect(series[0]?.points.map(({ turn }) => turn)).toEqual([0, 1, 2, 3, 4, 7, 8, 9, 10, 11])
    expect(series[1]?.points.at(-1)).toEqual({ turn: last.turn, value: undefined })
    expect(series[0]?.points[0]?.value).toBe(2_000)
  })

  it("draw no line over turns that aren't known, and a dot for a turn that stands alone", () => {
    const known = new Map([...digests].filter(([turn]) => turn <= 2 || turn === 5 || turn >= 9))
    const [line] = chartOf(seriesOf(known, "industry"), { width: 600, height: 300 }).lines
    expect(line?.path.replace(/[^ML]/g, "")).toBe("MLLMMLL")
    expect(line?.dots.map(({ turn, lone }) => [turn, lone])).toEqual(
      [0, 1, 2, 5, 9, 10, 11].map((turn) => [turn, turn === 5])
    )
  })

  it("stay in their field at any size, with round numbers at the axes", () => {
    for (const [width, height] of [
      [358, 220],
      [1_100, 300],
      [0, 0]
    ] as const) {
      for (const measure of ["population", "drive"] as const) {
        const chart = chartOf(seriesOf(digests, measure), { width, height }, measure === "drive" ? 1 : 0)
        const dots = chart.lines.flatMap((line) => line.dots)
        expect(dots).toHaveLength(3 * 12)
        expect(Math.min(...dots.map(({ x }) => x))).toBeGreaterThanOrEqual(chart.left)
        expect(Math.max(...dots.map(({ x }) => x))).toBeLessThanOrEqual(chart.right)
        expect(Math.min(...dots.map(({ y }) => y))).toBeGreaterThanOrEqual(chart.top)
        expect(Math.max(...dots.map(({ y }) => y))).toBeLessThanOrEqual(chart.bottom)
        const ys = chart.values.map(({ at }) => at)
        expect(ys).toEqual(ys.toSorted((one, other) => other - one))
        expect(chart.values.length).toBeGreaterThan(1)
      }
    }
    expect([0, 3, 9, 47, 1_000, 0.3].map((span) => tickStep(span, 5))).toEqual([1, 1, 2, 10, 200, 0.1])
  })

  it("of one turn, of equal values and of nothing are drawn too", () => {
    expect(chartOf([], { width: 300, height: 200 }).lines).toEqual([])
    const one = seriesOf(new Map([...digests].slice(0, 1)), "planets")
    const { lines, values } = chartOf(one, { width: 300, height: 200 })
    expect(lines.every(({ path, dots }) => path.startsWith("M") && Number.isFinite(dots[0]?.y))).toBe(true)
    expect(new Set(values.map(({ value }) => value)).size).toBe(values.length)
    const gap = chartOf([{ name: "A", points: [1, undefined, 3, 4].map((value, turn) => ({ turn, value })) }], {
      width: 300,
      height: 200
    })
    expect(gap.lines[0]?.path.match(/[ML]/g)).toEqual(["M", "M", "L"])
  })
})

describe("the archive", () => {
  /** A device that has some turns, and a server that has all of them. */
  const open = (kept: ReadonlyArray<number>) => {
    const cache = new Map(kept.map((turn) => [turn, reports[turn]!]))
    const asked: Array<number> = []
    const faults: Array<ClientError> = []
    const call = (async (_: string, { turn }: { readonly turn: number }) => {
      const fault = faults.shift()
      if (fault !== undefined) return Result.fail(fault)
      asked.push(turn)
      return Result.succeed(reports[turn])
    }) as unknown as Player["call"]
    const timer = handTimer()
    const archive = Archive.make({
      timer,
      reports: Reports.make({
        gameId: "game",
        call,
        cache: {
          load: async (_, turn) => cache.get(turn),
          save: async (_, turn, report) => void cache.set(turn, report),
          turns: async () => [...cache.keys()]
        }
      })
    })
    const turns = () => [...archive.state.get().digests.keys()].toSorted((one, other) => one - other)
    return { archive, asked, faults, timer, turns }
  }

  it("reads what the device has without asking, and the rest when it is wanted, newest first", async () => {
    const { archive, asked, turns } = open([2, 3, 9])
    await archive.open(8)
    expect([turns(), asked]).toEqual([[2, 3], []])
    await archive.fill(8, 4)
    expect([turns(), asked]).toEqual([
      [2, 3, 5, 6, 7, 8],
      [8, 7, 6, 5]
    ])
    await archive.fill(8)
    expect(turns()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
    expect(archive.state.get().left).toBe(0)
  })

  it("waits when the server asks for patience, and says why it has stopped", async () => {
    const { archive, faults, timer, turns } = open([])
    faults.push(new Refused({ reason: "rate_limited", message: "slower", retryAfterMs: 5_000 }))
    const filling = archive.fill(1)
    await timer.pass(4_999)
    expect(turns()).toEqual([])
    await timer.pass(1)
    await filling
    expect(turns()).toEqual([0, 1])
    faults.push(new Unavailable({ message: "down" }))
    await archive.fill(4)
    expect(archive.state.get()).toMatchObject({ left: 0, error: { _tag: "Unavailable" } })
    await archive.fill(4)
    expect(turns()).toEqual([0, 1, 2, 3, 4])
  })

  it("ends in the middle, and goes on where it was", async () => {
    const { archive, asked, turns } = open([])
    const filling = archive.fill(11)
    archive.end()
    await filling
    expect(turns()).toEqual([])
    expect(archive.state.get().left).toBe(0)
    await archive.fill(1)
    expect(turns()).toEqual([0, 1])
    expect(asked.length).toBeLessThanOrEqual(3)
  })

  it("has its words in every language", () => {
    for (const { measures } of Object.values(archiveWords)) expect(Object.values(measures)).toHaveLength(8)
  })
})
