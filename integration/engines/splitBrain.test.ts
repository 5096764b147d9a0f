/**
 * A host's link is cut in the middle of a game: the game goes on at another host with everything that was acknowledged,
 * and what the engine behind the cut still says counts for nothing.
 */
import { assert, it } from "@effect/vitest"
import { GameId } from "@galaxy/contract/ids/Ids"
import { StateVault } from "@galaxy/core/runtime/vault/StateVault"
import * as DatabaseStates from "@galaxy/host-node/engine-host/DatabaseStates"
import { Galaxy } from "@galaxy/testkit/Galaxy"
import { gameIn, player, runGame } from "@galaxy/testkit/players"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { docker } from "./docker.ts"
import { onTwoHosts } from "./onTwoHosts.ts"
import { admin, engineOf, patiently, platformOn } from "./wholeBackend.ts"

onTwoHosts("a game whose host is cut off", (given) => {
  it.live("goes on elsewhere with every acknowledged order, and the engine left behind is refused and removed", () =>
    Effect.gen(function* () {
      const galaxy = yield* Galaxy
      const sql = yield* SqlClient.SqlClient
      yield* admin("engine-versions", { version: "0.1.0", image_ref: given.engine, reason: "a test" })
      // The game begins behind the link.
      yield* sql`INSERT INTO backend.engine_hosts (host_id, draining) VALUES ('alpha', true)
        ON CONFLICT (host_id) DO UPDATE SET draining = true`
      const [ada, lin] = [yield* player("Ada"), yield* player("Lin")]
      const { game_id } = yield* runGame([ada, lin])
      const gameId = GameId.make(game_id)
      const before = yield* engineOf(game_id)
      assert.strictEqual(before.engine_host, "beta")
      yield* sql`UPDATE backend.engine_hosts SET draining = false`
      const report = yield* ada.client.call("user.games.report", { game_id, turn: 0 })
      const planet = report.my_planets[0]?.number ?? -1
      const linReport = yield* lin.client.call("user.games.report", { game_id, turn: 0 })
      const home = linReport.my_planets[0]?.number ?? -1
      const produce = (product: "WEAPONS" | "SHIELDS") => [{ op: "produce", planet, product } as const]
      const acknowledged = yield* ada.client.call("user.games.order", { game_id, orders: produce("WEAPONS") })
      assert.isTrue(acknowledged.verdicts.every((it) => it.accepted))

      given.second.setLink(false)
      const cutAt = performance.now()
      // An order counts once somebody has said so: until there is an engine that can be reached, nobody does.
      const late = yield* lin.client
        .call("user.games.order", { game_id, orders: [{ op: "produce", planet: home, product: "SHIELDS" }] })
        .pipe(
          Effect.retry({
            ...patiently,
            while: (error) => error._tag === "CallFailed" || error._tag === "Unavailable"
          })
        )
      assert.isTrue(late.verdicts.every((it) => it.accepted))
      console.log("from the cut to an order that is taken elsewhere:", `${Math.round(performance.now() - cutAt)} ms`)
      const moved = yield* engineOf(game_id)
      assert.deepStrictEqual([moved.engine_host, moved.engine_epoch > before.engine_epoch], ["alpha", true])
      const back = yield* ada.client.call("user.games.order.get", { game_id })
      assert.deepStrictEqual(back.orders, produce("WEAPONS"))
      yield* galaxy.advance("1 hour")
      yield* Effect.repeat(ada.client.call("lobby.games.get", { game_id }), {
        until: (it) => it.current_turn === 1,
        ...patiently
      })
      const made = yield* ada.client.call("user.games.report", { game_id, turn: 1 })
      assert.strictEqual(made.my_planets.find((it) => it.number === planet)?.production, "WEAPONS")

      const ofLin = yield* lin.client.call("user.games.report", { game_id, turn: 1 })
      assert.strictEqual(ofLin.my_planets.find((it) => it.number === home)?.production, "SHIELDS")

      given.second.setLink(true)
      // The engine left behind still knows its token, and takes an order.
      const [left = ""] = (yield* Effect.promise(() => docker(given.second.inside, "ps", "--quiet"))).split("\n")
      const told = JSON.parse(
        yield* Effect.promise(() => docker(given.second.inside, "inspect", "--format", "{{json .Config.Env}}", left))
      ) as ReadonlyArray<string>
      const token = told.find((it) => it.startsWith("GALAXY_ENGINE_TOKEN="))?.split("=")[1] ?? ""
      const taken = yield* Effect.promise(async () => {
        const answer = await fetch(`${before.engine_endpoint}/api/v1/order`, {
          method: "PUT",
          headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
          body: JSON.stringify({ actor: "Race_Ada", orders: produce("SHIELDS") })
        })
        return { status: answer.status, body: (await answer.json()) as { readonly kept?: Kept } }
      })
      const { kept } = taken.body
      assert.strictEqual(taken.status, 200)
      assert.isDefined(kept)
      // It can't be committed.
      const refused = yield* Effect.gen(function* () {
        const vault = yield* StateVault
        const bytes = new Uint8Array(Buffer.from(kept?.sealed ?? "", "base64"))
        const file = yield* vault.pack({ path: kept?.path ?? "", bytes }, kept?.revision)
        return yield* Effect.flip(vault.keepDecision({ gameId, epoch: before.engine_epoch, turn: 0 }, file))
      }).pipe(Effect.provide(DatabaseStates.layer))
      assert.strictEqual(refused._tag, "StateOvertaken")
      // And it is swept.
      yield* Effect.repeat(
        Effect.andThen(
          galaxy.advance("1 minute"),
          Effect.promise(() => docker(given.second.inside, "ps", "--quiet"))
        ),
        { until: (running) => running === "", ...patiently }
      )
      // However long the sweep took, turns became due meanwhile, and what was ordered before the cut is in all of them.
      const { current_turn } = yield* gameIn(ada, game_id, "running")
      assert.isAtLeast(current_turn, 1)
      const latest = yield* ada.client.call("user.games.report", { game_id, turn: current_turn })
      assert.strictEqual(latest.my_planets.find((it) => it.number === planet)?.production, "WEAPONS")
      const after = yield* engineOf(game_id)
      assert.deepStrictEqual([after.engine_host, after.engine_epoch], ["alpha", moved.engine_epoch])
    }).pipe(Effect.scoped, Effect.provide(platformOn(() => given.second)))
  )
})

/** What an engine asks to be kept with an answer. */
interface Kept {
  readonly path: string
  readonly revision: number
  readonly sealed: string
}
