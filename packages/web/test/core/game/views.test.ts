import type { Report } from "@galaxy/contract/engine/Report"
import { reporter } from "@galaxy/engine/report/reports"
import { plus } from "@galaxy/engine/rules/Ruleset"
import { advance, begin } from "@galaxy/engine/simulate/simulate"
import { dueOf, noticeOf, votesOf } from "@galaxy/web/core/game/bar"
import { figuresOf, matchesOf, yardsFor } from "@galaxy/web/core/game/designer"
import * as DraftLines from "@galaxy/web/core/game/draftLines"
import type { Game } from "@galaxy/web/core/game/GameSession"
import { diplomacyOf } from "@galaxy/web/core/game/intents"
import { planetNames } from "@galaxy/web/core/game/names"
import { numberTyped } from "@galaxy/web/core/game/numberTyped"
import { planetTyped } from "@galaxy/web/core/game/planetTyped"
import { rulesetOf } from "@galaxy/web/core/game/ruleset"
import { filtered } from "@galaxy/web/core/report/filter"
import { classesSeen } from "@galaxy/web/core/report/digest"
import { sectionTable } from "@galaxy/web/core/report/sections"
import { DateTime, Result } from "effect"
import { describe, expect, it } from "vitest"

const report: Report = (() => {
  let play = Result.getOrThrow(begin({ seed: "views", players: 3, turns: 9 }))
  for (let turn = 0; turn < 8; turn++) play = advance(play)
  return reporter(play.galaxy, play.log)(0)
})()
const me = report.race
const others = report.players.filter(({ name }) => name !== me).map(({ name }) => name)

const game = (change: object): Game =>
  ({
    status: "running",
    runtime_status: "running",
    turn_schedule: "0 6 * * *",
    membership: { status: "active" },
    ...change
  }) as unknown as Game

describe("the bar and its notices", () => {
  it("says when the next turn comes", () => {
    const at = DateTime.makeUnsafe(5_000)
    expect(dueOf(game({ next_turn_at: at }), 4_000)).toEqual({ _tag: "at", millis: 5_000 })
    expect(dueOf(game({ next_turn_at: at }), 6_000)).toEqual({ _tag: "now" })
    expect(dueOf(game({ runtime_status: "generation_in_progress", next_turn_at: at }), 1)).toEqual({ _tag: "now" })
    expect(dueOf(game({ status: "paused", next_turn_at: at }), 1)).toEqual({ _tag: "none" })
    expect(dueOf(undefined, 1)).toEqual({ _tag: "none" })
  })

  it("names the one thing that matters most", () => {
    const with_ = (change: Partial<Report>): Report => ({ ...report, ...change })
    const mine = (change: object) =>
      with_({ players: report.players.map((it) => (it.name === me ? { ...it, ...change } : it)) })
    const cases: ReadonlyArray<readonly [Game, Report, unknown]> = [
      [game({}), report, undefined],
      [game({ membership: { status: "removed" } }), with_({ finished: true }), { _tag: "removed" }],
      [game({ membership: { status: "blocked" } }), report, { _tag: "blocked" }],
      [game({}), with_({ finished: true, winners: [me, "B"] }), { _tag: "finished", won: true, winners: ["B"] }],
      [game({}), with_({ finished: true, winners: ["B"] }), { _tag: "finished", won: false, winners: ["B"] }],
      [game({ status: "paused" }), mine({ extinct: true }), { _tag: "extinct" }],
      [game({ status: "paused" }), mine({ turns_left: 3 }), { _tag: "paused" }],
      [game({ runtime_status: "generation_failed" }), report, { _tag: "failed" }],
      [game({}), mine({ turns_left: 3 }), { _tag: "turnsLeft", turns: 3 }]
    ]
    for (const [of, shown, expected] of cases) expect(noticeOf(of, shown)).toEqual(expected)
  })

  it("counts the votes of the own alliance where it has more", () => {
    expect(votesOf(report).needed).toBe(report.votes.needed)
    const allied = { ...report, votes: { ...report.votes, alliances: [{ members: [me, "B"], votes: 99 }] } }
    expect(votesOf(allied).have).toBe(99)
  })
})

describe("what lists show and take", () => {
  it("a ruleset is what the server told, over what is known by its name", () => {
    expect(rulesetOf(undefined)).toBe(plus)
    const told = rulesetOf({
      name: "plus",
      constants: [
        { name: "speedFactor", number: 30 },
        { name: "pointsPerTechLevel.drive", number: 4_000 },
        { name: "flightZoneFactor" },
        { name: "ofALaterVersion", number: 1 }
      ]
    })
    expect(told).toEqual({
      ...plus,
      speedFactor: 30,
      flightZoneFactor: null,
      pointsPerTechLevel: { ...plus.pointsPerTechLevel, drive: 4_000 }
    })
  })

  it("attitudes and votes as the draft orders them, without what is refused", () => {
    const [first = "", second = ""] = others
    const lines = DraftLines.start([
      { op: "peace", race: me.toLowerCase() },
      { op: "war", race: second },
      { op: "vote", race: first.toUpperCase() },
      { op: "vote", race: second }
    ])
    const verdicts = new Map([[4, { accepted: false, from: "forecast", changed: false } as const]])
    const { relations, vote, voteOrdered } = diplomacyOf(report, {
      turn: 8,
      lines,
      verdicts,
      save: { _tag: "saving" },
      base: []
    })
    expect([relations.get(first)?.now, relations.get(second)?.now]).toEqual(["peace", "war"])
    expect([vote, voteOrdered]).toEqual([first, first !== report.votes.voting_for])
  })

  it("planets by what somebody types", () => {
    const own = { ...report, my_planets: report.my_planets.map((it, at) => (at === 0 ? { ...it, name: "Lyra" } : it)) }
    const number = own.my_planets[0]!.number
    expect(planetTyped(own, " lyra ")).toBe(number)
    expect(planetTyped(own, `#${number}`)).toBe(number)
    expect(planetTyped(own, String(report.summary.planets))).toBe(report.summary.planets)
    for (const typed of ["", "#", "nowhere", "0", String(report.summary.planets + 1), "1.5"]) {
      expect(planetTyped(own, typed)).toBeUndefined()
    }
    expect(planetNames(own)(number)).toBe("Lyra")
  })

  it("rows by the words that stand in them", () => {
    const { rows } = sectionTable("races", report, String, plus)
    expect(filtered(rows, "")).toBe(rows)
    expect(filtered(rows, ` ${others[0]?.toUpperCase() ?? ""} `).map(({ id }) => id)).toEqual([others[0]])
    expect(filtered(rows, "nobody")).toEqual([])
  })

  it("a design's figures are the engine's, as the rules' examples have them", () => {
    const techs = { drive: 1, weapons: 1, shields: 1, cargo: 1 }
    const cruiser = figuresOf(plus, techs, { drive: 10, armament: 1, weapons: 10, shields: 10, cargo: 0 })
    expect(cruiser).toMatchObject({ mass: 30, attack: 10, price: 300, hold: 0 })
    expect(cruiser.defence).toBeCloseTo(10, 9)
    const freighter = figuresOf(plus, techs, { drive: 80, armament: 2, weapons: 2, shields: 30, cargo: 100 })
    expect(freighter.hold).toBe(600)
    expect(freighter.loaded).toBeCloseTo(1.968, 3)
    expect(figuresOf(plus, techs, { drive: 0, armament: 0, weapons: 0, shields: 0, cargo: 0 })).toMatchObject({
      speed: 0,
      defence: 0
    })
  })

  it("yards are those that build it fastest, and odds lie between never and always", () => {
    const design = { drive: 8, armament: 1, weapons: 8, shields: 8, cargo: 0 }
    const yards = yardsFor(plus, report, design)
    expect(yards.map(({ perTurn }) => perTurn)).toEqual(yards.map(({ perTurn }) => perTurn).toSorted((a, b) => b - a))
    expect(
      yardsFor(plus, report, { ...design, drive: 1e6 }).every(({ perTurn, turns }) => perTurn === 0 && turns !== 1)
    ).toBe(true)
    for (const { hits, hurts } of matchesOf(plus, report, design, classesSeen(report, new Map()))) {
      expect(Math.min(hits, hurts)).toBeGreaterThanOrEqual(0)
      expect(Math.max(hits, hurts)).toBeLessThanOrEqual(1)
    }
    expect(["", "1,5", " 2 ", "x"].map(numberTyped)).toEqual([0, 1.5, 2, Number.NaN])
  })
})
