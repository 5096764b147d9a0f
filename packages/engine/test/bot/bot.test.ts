/** Games of computer players: they play on, within the rules, and the same way every time. */
import { botOrders, playTurn } from "@galaxy/engine/bot/botOrders"
import { blank } from "@galaxy/engine/bot/Memory"
import { styleOf } from "@galaxy/engine/bot/style"
import { reportsOf } from "@galaxy/engine/report/reports"
import { advance, begin, type GameSummary, type Play, simulate } from "@galaxy/engine/simulate/simulate"
import { renderSums, renderTable } from "@galaxy/engine/simulate/table"
import { canonicalJson } from "@galaxy/engine/state/canonical"
import { holdings } from "@galaxy/engine/state/holdings"
import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { withHiddenChanged } from "../support/visibility.ts"
import { assertExplained, assertSound } from "../support/soundness.ts"

const played = (seed: string, players = 4, turns = 60, watch?: (play: Play) => void): GameSummary =>
  Result.getOrThrow(simulate({ seed, players, turns }, watch))

describe("bots", () => {
  it("expand, build and fight, and are hardly ever refused", () => {
    const games = ["one", "two", "three", "four", "five"].map((seed) => {
      const most: Array<number> = []
      const game = played(seed, 4, 60, ({ galaxy }) => {
        for (const [index, { planets }] of holdings(galaxy).entries()) most[index] = Math.max(most[index] ?? 0, planets)
      })
      for (const [index, planets] of most.entries()) assert.isAbove(planets, 3, `race ${index} of ${seed} never grew`)
      return game
    })
    const sum = (count: (game: GameSummary) => number) => games.reduce((all, game) => all + count(game), 0)
    assert.isAbove(
      sum((it) => it.battles),
      20
    )
    assert.isAbove(
      sum((it) => it.bombings),
      5
    )
    assert.isBelow(sum((it) => it.refused) / sum((it) => it.orders), 0.02)
  })

  it("keep the galaxy sound and every number explained", () => {
    let play = Result.getOrThrow(begin({ seed: "sound", players: 3, turns: 50 }))
    for (let turn = 0; turn < 50 && !play.galaxy.finished; turn++) {
      const next = advance(play)
      assertSound(next.galaxy)
      assertExplained(play.galaxy, next.log, next.galaxy)
      play = next
    }
  })

  it("play the same game again to the byte, and another with another seed", () => {
    const game = (seed: string) => {
      let play = Result.getOrThrow(begin({ seed, players: 3, turns: 20 }))
      for (let turn = 0; turn < 20; turn++) play = advance(play)
      return canonicalJson(play.galaxy)
    }
    assert.strictEqual(game("same"), game("same"))
    assert.notStrictEqual(game("same"), game("other"))
  })

  it("know nothing that their reports don't say", () => {
    let play = Result.getOrThrow(begin({ seed: "blind", players: 4, turns: 45 }))
    let memory = blank
    const style = styleOf("blind", "hard")
    for (let turn = 0; turn < 45 && !play.galaxy.finished; turn++) {
      const seen = playTurn(reportsOf(play.galaxy, play.log)[0]!, memory, style)
      const veiled = withHiddenChanged(play.galaxy, 0, play.log)
      assert.deepStrictEqual(playTurn(reportsOf(veiled, play.log)[0]!, memory, style), seen)
      memory = seen.memory
      play = advance(play)
    }
    assert.isNotEmpty(memory.planets)
  })

  it("say something every turn, and nothing when the game is over for them", () => {
    const { galaxy } = Result.getOrThrow(begin({ seed: "over", players: 2, turns: 1 }))
    const [report] = reportsOf(galaxy, [])
    assert.isNotEmpty(botOrders(report!, styleOf("x")))
    assert.deepStrictEqual(botOrders({ ...report!, finished: true }), [])
    const gone = { ...report!, players: report!.players.map((it) => ({ ...it, extinct: it.name === report!.race })) }
    assert.deepStrictEqual(botOrders(gone), [])
  })
})

describe("a table of games", () => {
  it("has a line for each, with columns that stand under each other", () => {
    const games = ["a", "bb"].map((seed) => ({ game: played(seed, 2, 5), millis: 10 }))
    const lines = renderTable(games).split("\n")
    assert.strictEqual(lines.length, 3)
    assert.match(lines[0] ?? "", /^seed {2}turns {2}winner/)
    assert.match(lines[1] ?? "", /^a {5} {4}5 {2}- /)
    assert.match(renderSums(games), /^2 games, 0 decided, 5\.0 turns on average\n/)
  })
})
