import type { PlayerEvent } from "@galaxy/client/PlayerEvent"
import * as TestGalaxy from "@galaxy/testkit/Galaxy"
import { player, runGame } from "@galaxy/testkit/players"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"

const isTurn = (turn: number) => (event: PlayerEvent) => event.kind === "game.turn.ready" && event.payload.turn === turn

layer(TestGalaxy.layer(), { timeout: "240 seconds", excludeTestServices: true })("turns by the clock", (it) => {
  it.effect("come when they are due, once, and everybody hears of them", () =>
    Effect.gen(function* () {
      const galaxy = yield* TestGalaxy.Galaxy
      const [ada, lin] = [yield* player("Ada"), yield* player("Lin")]
      const game = yield* runGame([ada, lin], { turnSchedule: "0 * * * *" })
      for (const turn of [1, 2, 3]) {
        yield* galaxy.advance("1 hour")
        for (const { events } of [ada, lin]) yield* events.next(isTurn(turn), `turn ${turn}`)
      }
      const report = yield* ada.client.call("user.games.report", { game_id: game.game_id, turn: 3 })
      assert.strictEqual(report.race, "Race_Ada")
      assert.strictEqual(report.my_planets.length, 3)
    })
  )

  it.effect("that were missed while nobody worked become one", () =>
    Effect.gen(function* () {
      const galaxy = yield* TestGalaxy.Galaxy
      const eve = yield* player("Eve")
      const game = yield* runGame([eve], { turnSchedule: "0 * * * *" })
      yield* galaxy.advance("5 hours")
      yield* eve.events.next(isTurn(1), "turn 1")
      const now = yield* eve.client.call("lobby.games.get", { game_id: game.game_id })
      assert.strictEqual(now.current_turn, 1)
    })
  )

  it.effect("take orders of members only, each for themselves, and none for a turn that is over", () =>
    Effect.gen(function* () {
      const galaxy = yield* TestGalaxy.Galaxy
      const [mia, tom, zoe] = [yield* player("Mia"), yield* player("Tom"), yield* player("Zoe")]
      const { game_id } = yield* runGame([mia, tom])
      const report = yield* mia.client.call("user.games.report", { game_id, turn: 0 })
      const planet = report.my_planets[0]?.number ?? -1
      const orders = [{ op: "produce", planet, product: "WEAPONS" } as const]
      const accepted = yield* mia.client.call("user.games.order", { game_id, orders })
      assert.deepStrictEqual(
        accepted.verdicts.map((it) => it.accepted),
        [true]
      )
      // The planet is Mia's: the same order of Tom's is refused by the engine, as a verdict.
      const foreign = yield* tom.client.call("user.games.order", { game_id, orders })
      assert.deepStrictEqual(
        foreign.verdicts.map((it) => it.accepted),
        [false]
      )
      const back = yield* mia.client.call("user.games.order.get", { game_id })
      assert.strictEqual(back.race, "Race_Mia")
      assert.deepStrictEqual(back.orders, orders)
      const stranger = yield* Effect.flip(zoe.client.call("user.games.order", { game_id, orders }))
      assert.strictEqual(stranger._tag === "CallFailed" ? stranger.code : stranger._tag, "not_found")
      yield* galaxy.advance("1 hour")
      yield* mia.events.next(isTurn(1), "turn 1")
      const late = yield* Effect.flip(mia.client.call("user.games.order", { game_id, turn: 0, orders }))
      assert.strictEqual(late._tag === "CallFailed" ? late.code : late._tag, "conflict")
      const next = yield* mia.client.call("user.games.report", { game_id, turn: 1 })
      assert.isAbove(next.players.find((it) => it.name === "Race_Mia")?.weapons ?? 0, 1)
      assert.strictEqual(next.players.find((it) => it.name === "Race_Tom")?.weapons, 1)
    })
  )
})
