import * as TestGalaxy from "@galaxy/testkit/Galaxy"
import { player, runGame } from "@galaxy/testkit/players"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"

layer(TestGalaxy.layer(), { excludeTestServices: true })("my game", (it) => {
  it.effect("tells its players of every turn", () =>
    Effect.gen(function* () {
      const galaxy = yield* TestGalaxy.Galaxy
      const ada = yield* player("Ada")
      const lin = yield* player("Lin")
      const game = yield* runGame([ada, lin], { turnSchedule: "0 6 * * *", timeZone: "Europe/Berlin" })
      yield* galaxy.advance("1 day")
      const event = yield* lin.events.next((it) => it.kind === "game.turn.ready", "the first turn")
      assert.strictEqual(event.payload.game_id, game.game_id)
    })
  )
})
