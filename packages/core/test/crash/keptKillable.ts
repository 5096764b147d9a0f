/**
 * A backend that keeps states in the database, in a process of its own that ends itself by SIGKILL at one of its commits:
 * an order of a player, a turn, or the first start of a game of an earlier release. Prints "told" once the player has
 * the answer, and the number of its commits.
 */
import { writeSync } from "node:fs"
import { GameId, UserId } from "@galaxy/contract/ids/Ids"
import { PlayerOrders } from "@galaxy/core/play/PlayerOrders"
import { Runtimes } from "@galaxy/core/runtime/Runtimes"
import { layerAt } from "@galaxy/testkit/TestDatabase"
import { Effect, Schema } from "effect"
import { watching } from "./dying.ts"
import { kept, orderOf } from "./keptGame.ts"
import { advance } from "../runtime/fixture.ts"

const order = Schema.decodeUnknownSync(
  Schema.fromJsonString(
    Schema.Struct({
      database: Schema.String,
      folder: Schema.String,
      gameId: GameId,
      owner: UserId,
      operation: Schema.Literals(["order", "turn", "take in"]),
      when: Schema.Literals(["before", "after"]),
      commit: Schema.Int
    })
  )
)(process.env["CRASH"] ?? "")

const dying = watching(order)

const program = Effect.gen(function* () {
  const runtimes = yield* Runtimes
  const sessions = yield* PlayerOrders
  const { gameId, owner, operation } = order
  if (operation === "order") {
    const orders = yield* orderOf(gameId, owner, "WEAPONS")
    dying.count(true)
    yield* sessions.order(gameId, owner, { orders })
    writeSync(1, "told\n")
  } else if (operation === "turn") {
    yield* runtimes.engine(gameId)
    yield* advance("1 day")
    dying.count(true)
    yield* runtimes.reconcile(gameId)
  } else {
    dying.count(true)
    yield* runtimes.engine(gameId)
  }
  dying.count(false)
})

await Effect.runPromise(
  Effect.scoped(program).pipe(Effect.provide(kept(layerAt(order.database, { watch: dying.watch }), order.folder)))
)
writeSync(1, `${dying.commits()}\n`)
process.exit(0)
