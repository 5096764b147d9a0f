/** Many games of eight bots, which take too long for every change: most games end, and a higher level wins more. */
import { ofLevel } from "@galaxy/engine/simulate/Seat"
import { type GameSummary, simulate } from "@galaxy/engine/simulate/simulate"
import type { ComputerLevel } from "@galaxy/contract/engine/Admin"
import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"

const seeds = Array.from({ length: 20 }, (_, number) => `tournament ${number}`)

const tournament = (...levels: readonly [ComputerLevel, ...ReadonlyArray<ComputerLevel>]): ReadonlyArray<GameSummary> =>
  seeds.map((seed, number) => {
    const [first, ...others] = levels.map(ofLevel)
    const contenders = [first ?? ofLevel("fair"), ...others] as const
    const seats = number % 2 === 0 ? contenders : ([...contenders].toReversed() as unknown as typeof contenders)
    return Result.getOrThrow(simulate({ seed, players: 8, turns: 100, contenders: seats }))
  })

const winsOf = (games: ReadonlyArray<GameSummary>, level: ComputerLevel): number =>
  games.flatMap((game) => game.races.filter((it) => it.contender === level && game.winners.includes(it.race))).length

describe("eight bots in twenty games of a hundred turns", () => {
  // Easy bots are too timid to end most of theirs.
  it.each(["fair", "hard"] as const)("of level %s end most of them", (level) => {
    const games = tournament(level)
    assert.isAbove(games.filter((it) => it.winners.length > 0).length, 10)
    const orders = games.reduce((sum, it) => sum + it.orders, 0)
    assert.isBelow(games.reduce((sum, it) => sum + it.refused, 0) / orders, 0.02)
  })

  it.each([
    ["hard", "fair"],
    ["fair", "easy"]
  ] as const)("of level %s win more of them than those of level %s", (better, worse) => {
    const games = tournament(better, worse)
    assert.isAbove(winsOf(games, better), 1.5 * winsOf(games, worse))
  })
})
