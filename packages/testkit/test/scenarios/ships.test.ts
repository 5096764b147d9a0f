import type { PlayerEvent } from "@galaxy/client/PlayerEvent"
import type { Order } from "@galaxy/contract/engine/Order"
import * as TestGalaxy from "@galaxy/testkit/Galaxy"
import { type TestPlayer, player, runGame } from "@galaxy/testkit/players"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"

const isTurn = (turn: number) => (event: PlayerEvent) => event.kind === "game.turn.ready" && event.payload.turn === turn

/** Gives a player's orders of a turn, all of which must be accepted. */
const order = (by: TestPlayer, game_id: string, orders: ReadonlyArray<Order>) =>
  Effect.gen(function* () {
    const answer = yield* by.client.call("user.games.order", { game_id, orders })
    assert.deepStrictEqual(
      answer.verdicts.map((it) => [it.position, it.accepted, it.code]),
      orders.map((_, position) => [position, true, undefined])
    )
    assert.deepStrictEqual(answer.orders, orders)
  })

layer(TestGalaxy.layer(), { timeout: "240 seconds", excludeTestServices: true })("ships", (it) => {
  it.effect("are designed, built, sent and seen through the whole platform, with every argument of every order", () =>
    Effect.gen(function* () {
      const galaxy = yield* TestGalaxy.Galaxy
      const [ada, lin] = [yield* player("Ada"), yield* player("Lin")]
      const { game_id } = yield* runGame([ada, lin], { turnSchedule: "0 * * * *" })
      const report = (turn: number) => ada.client.call("user.games.report", { game_id, turn })
      const pass = (turn: number) =>
        Effect.gen(function* () {
          yield* galaxy.advance("1 hour")
          yield* ada.events.next(isTurn(turn), `turn ${turn}`)
          return yield* report(turn)
        })

      const start = yield* report(0)
      const [first, second] = start.my_planets
      const home = first?.number ?? -1
      yield* order(ada, game_id, [
        { op: "design_class", name: "Hauler", drive: 8, armament: 0, weapons: 0, shields: 2, cargo: 10 },
        { op: "design_class", name: "Raider", drive: 6.5, armament: 2, weapons: 1.5, shields: 4, cargo: 0 },
        { op: "create_science", name: "Mix", drive: 1, weapons: 1, shields: 0, cargo: 2 },
        { op: "produce", planet: home, product: "Hauler" },
        { op: "produce", planet: second?.number ?? -1, product: "Mix" },
        { op: "rename_planet", planet: home, name: "Eden" }
      ])
      const built = yield* pass(1)
      const [hauler] = built.my_groups
      assert.deepInclude(hauler, { class: "Hauler", destination: home, state: "In_Orbit", goods: "-" })
      assert.isAbove(hauler?.ships ?? 0, 1)
      assert.deepInclude(built.my_classes[1], { name: "Raider", armament: 2, weapons: 1.5, drive: 6.5 })
      assert.deepStrictEqual(
        built.my_sciences.map((it) => [it.name, it.cargo]),
        [["Mix", 0.5]]
      )
      assert.strictEqual(built.my_planets[0]?.name, "Eden")
      assert.isAbove(built.players.find((it) => it.name === "Race_Ada")?.cargo ?? 0, 1.04)
      assert.isTrue(built.changes.some((it) => it.what === "ships" && it.cause === "ship_building"))

      const neighbours = start.my_planets.slice(1).map((it) => it.number)
      const group = hauler?.number ?? -1
      yield* order(ada, game_id, [
        { op: "load", group, goods: "COL", ships: 1, amount: 1.25 },
        { op: "send", group: 0, planet: neighbours[0] ?? -1 },
        { op: "join_fleet", group, fleet: "Home_guard" },
        { op: "route", planet: home, goods: "MAT", to: neighbours[1] ?? -1 },
        { op: "produce", planet: home, product: "Raider" }
      ])
      const gone = yield* pass(2)
      assert.strictEqual(gone.my_fleets[0]?.name, "Home_guard")
      assert.strictEqual(gone.routes[0]?.materials, neighbours[1])
      const away = gone.my_groups.find((it) => it.number === group + 1)
      assert.deepInclude(away ?? {}, { ships: 1, goods: "COL", load: 1.25, destination: neighbours[0] ?? -1 })

      // What can't be is said at its place, and the rest is kept.
      const answer = yield* ada.client.call("user.games.order", {
        game_id,
        orders: [
          { op: "send", group: 99, planet: home },
          { op: "vote", race: "Race_Lin" },
          { op: "upgrade", group, block: "HULL", ships: 1, level: 1.5 }
        ]
      })
      assert.deepStrictEqual(
        answer.verdicts.map((it) => [it.position, it.accepted, it.code]),
        [
          [0, false, "unknown_group"],
          [1, true, undefined],
          [2, false, "unknown_block"]
        ]
      )
      // Nobody else sees any of it.
      const strange = yield* lin.client.call("user.games.report", { game_id, turn: 2 })
      assert.deepStrictEqual([strange.foreign_classes, strange.foreign_groups, strange.foreign_planets], [[], [], []])
    })
  )
})
