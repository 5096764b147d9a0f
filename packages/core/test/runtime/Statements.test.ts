import { Runtimes } from "@galaxy/core/runtime/Runtimes"
import { Games } from "@galaxy/core/lobby/game/Games"
import { layerPglite } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Statement } from "effect/sql"
import { join, openGame, players } from "../lobby/fixture.ts"
import { layer as scriptedEngines } from "../engine/ScriptedEngines.ts"
import { row, runtimeOn, turnsTold, version } from "./fixture.ts"

const syllables = "ba be bu da de du fa fe fu ka ke ku ma me mu na ne nu ra re".split(" ")

let counted: Array<string> | undefined

/** Sees every statement but those that begin and end transactions. */
const counting = Layer.succeed(Statement.CurrentTransformer, (statement) =>
  Effect.sync(() => {
    counted?.push(statement.compile()[0].trim().replaceAll(/\s+/g, " ").slice(0, 90))
    return statement
  })
)

/** The statements of one turn of a game with so many players. */
const turnOf = (count: number) =>
  Effect.gen(function* () {
    const games = yield* Games
    const runtimes = yield* Runtimes
    const all = yield* players(count)
    const [owner] = all
    assert.isDefined(owner)
    const { game_id } = yield* openGame(owner, { engine_version: version, max_players: count })
    for (const [index, user] of all.entries()) yield* join(owner, game_id, user, `Race ${syllables[index]}`)
    yield* games.readyToStart(owner, game_id)
    yield* games.start(owner, game_id)
    yield* runtimes.reconcile(game_id)
    yield* runtimes.forceNextTurn(game_id)
    const statements: Array<string> = []
    counted = statements
    yield* runtimes.reconcile(game_id)
    counted = undefined
    assert.strictEqual((yield* row(game_id)).current_turn, 1)
    for (const user of all) assert.deepStrictEqual(yield* turnsTold(user), [1])
    return statements
  })

/** Statements of a turn, from the row that is due to the last event of a player. */
const most = 15

layer(runtimeOn(Layer.merge(layerPglite, counting), scriptedEngines), {
  timeout: "240 seconds",
  excludeTestServices: true
})("the statements of a turn", (it) => {
  it.effect("are few, and as many for twenty players as for two", () =>
    Effect.gen(function* () {
      const few = yield* turnOf(2)
      const many = yield* turnOf(20)
      assert.isAtMost(few.length, most, few.join("\n"))
      assert.strictEqual(many.length, few.length)
    })
  )
})
