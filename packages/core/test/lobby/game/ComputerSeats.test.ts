import { GameId } from "@galaxy/contract/ids/Ids"
import { namesFor } from "@galaxy/core/lobby/game/ComputerSeats"
import { accept, keyOf, RaceNameInvalid } from "@galaxy/core/race-name/RaceName"
import { assert, describe, it } from "@effect/vitest"

const game = GameId.make("018f0000-0000-7000-8000-0000000000ff")

describe("names of computer players", () => {
  it("are race names that nobody could mistake for another", () => {
    const names = namesFor(game, 199, [])
    assert.strictEqual(names.length, 199)
    assert.strictEqual(new Set(names.map(keyOf)).size, 199)
    for (const name of names) {
      const accepted = accept(name)
      assert.isFalse(accepted instanceof RaceNameInvalid, name)
      assert.strictEqual<unknown>(accepted, name)
    }
  })

  it("look like no name that a player has", () => {
    const [first = ""] = namesFor(game, 1, [])
    for (const taken of [first, first.toUpperCase(), first.replace("a", "а")]) {
      assert.notInclude(namesFor(game, 50, [taken]).map(keyOf), keyOf(first), taken)
    }
  })

  it("stay the same for the same game, and differ between games", () => {
    const other = GameId.make("018f0000-0000-7000-8000-000000000000")
    assert.deepStrictEqual(namesFor(game, 5, ["Vega"]), namesFor(game, 5, ["Vega"]))
    assert.notDeepEqual(namesFor(game, 5, []), namesFor(other, 5, []))
  })
})
