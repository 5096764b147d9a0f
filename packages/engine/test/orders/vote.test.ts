/** The verdict of order V says what the vote would do, from nothing but what all reports show. */
import type { Order } from "@galaxy/contract/engine/Order"
import { forecast } from "@galaxy/engine/orders/forecast"
import type { Galaxy } from "@galaxy/engine/state/Galaxy"
import { nextGalaxy } from "@galaxy/engine/turn/makeTurn"
import { assert, it } from "@effect/vitest"
import { galaxyOf, ordersOf, raceName } from "../support/games.ts"
import { withHiddenChanged } from "../support/visibility.ts"

const [A, B, C] = [raceName(0), raceName(1), raceName(2)]

/** Three equal races after turn `turn`, each with one vote; `votes` says for whom. */
const three = (turn: number, votes: ReadonlyArray<number> = [0, 1, 2]): Galaxy =>
  galaxyOf(
    [{}, { owner: 1 }, { owner: 2 }],
    { turn },
    votes.map((votes_for) => ({ votes_for }))
  )

const vote = (race: string): Order => ({ op: "vote", race })

const said = (galaxy: Galaxy, ...orders: ReadonlyArray<Order>) => {
  const verdicts = forecast(galaxy, 0, orders)
  const { log } = nextGalaxy(galaxy, ordersOf({ 0: orders }))
  // The turn says the same, whatever others have ordered.
  const made = log.flatMap((it) => (it.kind === "order" ? [it.outcome.message] : []))
  assert.deepStrictEqual(
    made,
    verdicts.map((it) => it.message)
  )
  return made
}

it("a vote decides nothing before the ruleset's turn", () => {
  assert.deepStrictEqual(said(three(0), vote(B)), ["votes decide nothing before turn 10"])
  assert.deepStrictEqual(said(three(8), vote(B)), ["votes decide nothing before turn 10"])
  assert.notMatch(said(three(9), vote(B))[0] ?? "", /nothing/)
})

it("then it says how many votes the named race has of how many, and who would win", () => {
  assert.deepStrictEqual(said(three(9), vote(A), vote(B), vote(C)), [
    `as things stand, ${A} has 1.00 of the 2.00 votes that win`,
    `as things stand, ${B} has 2.00 of the 2.00 votes that win: ${B} would win the game, and you lose`,
    `as things stand, ${C} has 2.00 of the 2.00 votes that win: ${C} would win the game, and you lose`
  ])
  assert.deepStrictEqual(said(three(9, [1, 0, 0]), vote(A)), [
    `as things stand, ${A} has 3.00 of the 2.00 votes that win: ${A} would win the game`
  ])
})

it("an alliance is named with its votes", () => {
  assert.deepStrictEqual(said(three(9, [0, 0, 2]), vote(B)), [
    `as things stand, the alliance of ${A}, ${B} has 2.00 of the 2.00 votes that win: ${A}, ${B} would win the game`
  ])
})

it("nothing is told that reports don't show, such as what others order in the same turn", () => {
  const galaxy = three(9, [0, 2, 1])
  const shown = forecast(galaxy, 0, [vote(B)])
  assert.deepStrictEqual(forecast(withHiddenChanged(galaxy, 0, []), 0, [vote(B)]), shown)
  for (const seed of ["a", "b", "c", "d"]) {
    const { log } = nextGalaxy({ ...galaxy, seed }, ordersOf({ 0: [vote(B)], 1: [vote(B)], 2: [vote(B)] }))
    const own = log.flatMap((it) => (it.kind === "order" && it.race === 0 ? [it.outcome.message] : []))
    assert.deepStrictEqual(own, [shown[0]?.message])
  }
})
