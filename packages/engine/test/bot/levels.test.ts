/** How strong the levels are, in few games: `tournament.nightly.test.ts` plays many. */
import { type Contender, ofLevel } from "@galaxy/engine/simulate/Seat"
import { simulate } from "@galaxy/engine/simulate/simulate"
import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { beginner } from "../support/beginner.ts"

const winners = (seed: string, contenders: readonly [Contender, ...ReadonlyArray<Contender>], players: number) => {
  const game = Result.getOrThrow(simulate({ seed, players, turns: 100, contenders }))
  return game.races.filter((it) => game.winners.includes(it.race)).map((it) => it.contender)
}

describe("the levels of bots", () => {
  it("easy is beaten by a beginner", () => {
    for (const seed of ["one", "two", "three"]) {
      assert.deepStrictEqual(winners(seed, [beginner, ofLevel("easy")], 2), ["beginner"])
    }
  })

  it("hard wins more games of six than easy", () => {
    const won = ["one", "two", "three", "four", "five"].flatMap((seed) =>
      winners(seed, [ofLevel("hard"), ofLevel("easy")], 6)
    )
    assert.isAbove(won.filter((it) => it === "hard").length, 2 * won.filter((it) => it === "easy").length)
  })

  it("hard ends a game of eight within a hundred turns", () => {
    assert.isNotEmpty(winners("ends", [ofLevel("hard")], 8))
  })
})
