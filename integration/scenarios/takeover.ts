/** Takeover: backends that vanish, one after the other, cost a game time, and nothing that was acknowledged. */
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { forceTurn, gameIn, openGame, seat } from "../stack/games.ts"
import { order } from "../stack/play.ts"
import { listen, retried, signIn } from "../stack/players.ts"
import { Stack } from "../stack/Stack.ts"
import { engineIsGreen } from "./engines.ts"
import type { Scenario } from "./Scenario.ts"

export const takeover: Scenario = {
  shows: "takeover: both backends vanish in turn, in the lobby and in play, and the game goes on with all orders",
  story: Effect.gen(function* () {
    const { backends } = yield* Stack
    const [first, second] = backends
    const tess = yield* signIn("Tess", 0)
    const theo = yield* signIn("Theo", 1)
    const game_id = yield* openGame(tess, "Tethys")
    yield* seat(tess, game_id, tess, "Tessians")
    yield* seat(tess, game_id, theo, "Theons")
    const events = yield* listen(theo)
    const report = (turn: number) => retried(tess.client.call("user.games.report", { game_id, turn }))
    const given = (turn: number) => retried(tess.client.call("user.games.order.get", { game_id, turn }))
    const isTold = (turn: number) =>
      Effect.map(
        events.next("game.turn.ready", (it) => it.payload.game_id === game_id),
        (event) => assert.strictEqual(event.payload.turn, turn, "each turn is told once")
      )

    yield* first.kill
    yield* retried(tess.client.call("lobby.games.ready_to_start", { game_id }))
    yield* retried(tess.client.call("lobby.games.start", { game_id }))
    yield* gameIn(game_id, "running")
    const engine = yield* engineIsGreen(game_id)
    yield* retried(order(tess, game_id, yield* report(0), 0))
    const orders = yield* given(0)
    yield* first.restart

    // Whoever has worked on the game, it's the other one's now.
    yield* second.kill
    assert.deepStrictEqual(yield* given(0), orders)
    yield* forceTurn(game_id, 0)
    yield* isTold(1)
    assert.strictEqual(yield* engineIsGreen(game_id), engine, "an engine outlives its backend")
    yield* retried(order(tess, game_id, yield* report(1), 1))
    yield* second.restart
    yield* forceTurn(game_id, 1)
    yield* isTold(2)
    assert.strictEqual(yield* engineIsGreen(game_id), engine)
  })
}
