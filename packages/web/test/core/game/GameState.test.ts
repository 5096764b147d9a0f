import * as GameState from "@galaxy/web/core/game/GameState"
import * as Random from "@galaxy/engine/random/Random"
import { describe, expect, it } from "vitest"

const at = (viewedTurn: number, currentTurn: number, pendingTurn?: number): GameState.GameState => ({
  viewedTurn,
  currentTurn,
  pendingTurn,
  lastViewedTurn: currentTurn
})

describe("the turn on the screen", () => {
  it.each([
    ["a first visit opens at the newest turn", GameState.open(7, undefined), at(7, 7)],
    ["back at the same turn", GameState.open(7, 7), at(7, 7)],
    ["five turns later it opens where one was, and the newest waits", GameState.open(12, 7), at(7, 7, 12)],
    ["a device that has seen more than the server says", GameState.open(6, 7), at(6, 6)]
  ])("%s", (_, opened, expected) => {
    expect(opened).toEqual(expected)
  })

  it.each<[string, GameState.GameState, GameState.GameStep, GameState.GameState]>([
    ["a newer turn waits", at(5, 5), { _tag: "newest", turn: 6 }, at(5, 5, 6)],
    ["the same turn is no news", at(5, 5), { _tag: "newest", turn: 5 }, at(5, 5)],
    ["an older turn is no news", at(5, 5), { _tag: "newest", turn: 3 }, at(5, 5)],
    ["one that waits rises", at(5, 5, 6), { _tag: "newest", turn: 8 }, at(5, 5, 8)],
    ["and never falls", at(5, 5, 8), { _tag: "newest", turn: 6 }, at(5, 5, 8)],
    ["the past is looked at", at(5, 5), { _tag: "view", turn: 2 }, at(2, 5)],
    ["the past is looked at while a turn waits", at(5, 5, 6), { _tag: "view", turn: 2 }, at(2, 5, 6)],
    ["a turn that waits isn't shown by looking", at(5, 5, 6), { _tag: "view", turn: 6 }, at(5, 5, 6)],
    ["there is nothing before the first", at(5, 5), { _tag: "view", turn: -1 }, at(0, 5)],
    ["view now", at(5, 5, 8), { _tag: "advance" }, at(8, 8)],
    ["view now from the past", at(1, 5, 8), { _tag: "advance" }, at(8, 8)],
    ["view now with nothing new", at(5, 5), { _tag: "advance" }, at(5, 5)]
  ])("%s", (_, before, event, after) => {
    expect(GameState.step(before, event)).toEqual(after)
  })

  it.each<[string, string | null, number]>([
    ["says nothing", null, 5],
    ["names an older one", "3", 3],
    ["names no number", "3x", 5]
  ])("an address that %s", (_, said, turn) => {
    expect(GameState.askedTurn(said, at(1, 5, 6))).toBe(turn)
  })

  it("what waits never falls, is told of once, and the screen stays until it is wanted", () => {
    for (let seed = 0; seed < 200; seed++) {
      const random = Random.make("turns", seed)
      let state = GameState.open(random.below(5), random.below(2) === 0 ? undefined : random.below(5))
      let newest = state.pendingTurn ?? state.currentTurn
      const told = new Set<number>()
      for (let step = 0; step < 40; step++) {
        const before = state
        const event: GameState.GameStep =
          random.below(3) > 0
            ? { _tag: "newest", turn: random.below(12) }
            : random.below(2) === 0
              ? { _tag: "view", turn: random.below(12) }
              : { _tag: "advance" }
        state = GameState.step(before, event)
        expect(state.pendingTurn ?? state.currentTurn).toBeGreaterThanOrEqual(newest)
        newest = state.pendingTurn ?? state.currentTurn
        expect(event._tag !== "newest" || state.viewedTurn === before.viewedTurn).toBe(true)
        expect(event._tag === "advance" || state.currentTurn === before.currentTurn).toBe(true)
        expect(state.viewedTurn).toBeLessThanOrEqual(state.currentTurn)
        const tells = GameState.tells(before, state)
        expect(tells && told.has(state.pendingTurn!)).toBe(false)
        if (tells) told.add(state.pendingTurn!)
      }
    }
  })
})
