/** Orders and turns of real engines, with their games' states in the database and without, in turns. */
import { PlayerOrders } from "@galaxy/core/play/PlayerOrders"
import { Runtimes } from "@galaxy/core/runtime/Runtimes"
import { layerNone } from "@galaxy/core/runtime/vault/StateVault"
import * as DatabaseStates from "@galaxy/host-node/engine-host/DatabaseStates"
import * as InProcessEngineHost from "@galaxy/testkit/engine/InProcessEngineHost"
import { Effect, Exit, Layer, Scope } from "effect"
import { FetchHttpClient } from "effect/http"
import { SqlClient } from "effect/sql"
import { row, runtimeOn, startingGame } from "../../packages/core/test/runtime/fixture.ts"
import { percentile } from "../measure.ts"
import { recording } from "./recording.ts"

/** One line of the table: milliseconds, and statements with transaction control. */
export interface StateCost {
  readonly what: string
  readonly p50: number
  readonly p90: number
  readonly statements: number
}

/** What games of one size cost, in folders alone and in the database as well. */
export interface StateCosts {
  readonly races: number
  readonly folder: ReadonlyArray<StateCost>
  readonly database: ReadonlyArray<StateCost>
  /** Bytes that a turn adds to the database. */
  readonly bytesPerTurn: number
  /** Milliseconds until an engine that has nothing serves the game again, after the last turn. */
  readonly placed: number
}

const turns = 24
const ordersPerTurn = 20

const side = async (serverUrl: string, keeps: boolean, computers: number) => {
  const scope = Effect.runSync(Scope.make())
  const database = recording(serverUrl)
  const engines = Layer.mergeAll(InProcessEngineHost.layer(), FetchHttpClient.layer)
  const layer = runtimeOn(database.layer, engines, {}, keeps ? DatabaseStates.layer : layerNone)
  const context = await Effect.runPromise(Layer.buildWithScope(layer, scope))
  const run = <A, E>(effect: Effect.Effect<A, E, Layer.Success<typeof layer>>) =>
    Effect.runPromise(Effect.provide(effect, context))
  const { gameId, owner } = await run(
    Effect.gen(function* () {
      const game = yield* startingGame(
        computers === 0 ? {} : { max_players: computers + 2, computer_players: computers }
      )
      yield* (yield* Runtimes).reconcile(game.gameId)
      return game
    })
  )
  const times = { order: new Array<number>(), turn: new Array<number>() }
  const statements = { order: 0, turn: 0 }

  const timed = async (what: "order" | "turn", work: () => Promise<unknown>) => {
    const before = database.count()
    const started = performance.now()
    await work()
    times[what].push(performance.now() - started)
    statements[what] += database.count() - before
  }

  const orders = async (count: number) => {
    const report = await run(
      Effect.gen(function* () {
        return yield* (yield* PlayerOrders).report(gameId, owner, (yield* row(gameId)).current_turn)
      })
    )
    const planet = (report["my_planets"] as ReadonlyArray<{ readonly number: number }>)[0]?.number
    for (let at = 0; at < count; at++) {
      const list = [{ op: "produce", planet, product: at % 2 === 0 ? "DRIVE" : "WEAPONS" }]
      await timed("order", () =>
        run(Effect.flatMap(PlayerOrders, (sessions) => sessions.order(gameId, owner, { orders: list })))
      )
    }
  }

  const turn = () =>
    timed("turn", () =>
      run(
        Effect.gen(function* () {
          const runtimes = yield* Runtimes
          yield* runtimes.forceNextTurn(gameId)
          yield* runtimes.reconcile(gameId)
        })
      )
    )

  const cost = (what: "order" | "turn"): StateCost => ({
    what,
    p50: percentile(times[what], 0.5),
    p90: percentile(times[what], 0.9),
    statements: statements[what] / times[what].length
  })

  const bytes = () =>
    run(
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const [found] = yield* sql<{ readonly bytes: number }>`
          SELECT coalesce(sum(octet_length(body)), 0)::int AS bytes FROM backend.engine_files`
        return found?.bytes ?? 0
      })
    )

  /** The next epoch begins with an empty folder. */
  const placed = async () => {
    await run(
      Effect.flatMap(
        SqlClient.SqlClient,
        (sql) => sql`UPDATE backend.runtime_records SET engine_endpoint = NULL, engine_epoch = engine_epoch + 1`
      )
    )
    const started = performance.now()
    await run(Effect.flatMap(Runtimes, (runtimes) => runtimes.engine(gameId)))
    return performance.now() - started
  }

  return {
    round: async () => {
      await orders(ordersPerTurn)
      await turn()
    },
    warm: () => {
      times.order.length = 0
      times.turn.length = 0
      statements.order = 0
      statements.turn = 0
    },
    costs: () => [cost("order"), cost("turn")],
    bytes,
    placed,
    stop: () => Effect.runPromise(Scope.close(scope, Exit.void))
  }
}

/** Plays games of so many computer players and two others, one turn here and one there. */
export const stateCosts = async (serverUrl: string, computers: number): Promise<StateCosts> => {
  const folder = await side(serverUrl, false, computers)
  const database = await side(serverUrl, true, computers)
  for (const it of [folder, database]) {
    await it.round()
    it.warm()
  }
  const before = await database.bytes()
  for (let turn = 0; turn < turns; turn++) {
    for (const it of turn % 2 === 0 ? [folder, database] : [database, folder]) await it.round()
  }
  const costs = {
    races: computers + 2,
    folder: folder.costs(),
    database: database.costs(),
    bytesPerTurn: ((await database.bytes()) - before) / turns,
    placed: await database.placed()
  }
  await folder.stop()
  await database.stop()
  return costs
}
