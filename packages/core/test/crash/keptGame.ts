/** One game on a database of its own, whose backend is killed at a commit, and what the next backend makes of it. */
import { spawn } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { GameId, UserId } from "@galaxy/contract/ids/Ids"
import { EngineHost } from "@galaxy/core/engine/EngineHost"
import { PlayerOrders } from "@galaxy/core/play/PlayerOrders"
import { Runtimes } from "@galaxy/core/runtime/Runtimes"
import * as SqlStateVault from "@galaxy/core/runtime/vault/SqlStateVault"
import { layerNone, type StateVault } from "@galaxy/core/runtime/vault/StateVault"
import * as InProcessEngineHost from "@galaxy/testkit/engine/InProcessEngineHost"
import { cloneUrl, type Database, layerAt } from "@galaxy/testkit/TestDatabase"
import { assert } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { FetchHttpClient } from "effect/http"
import type { SqlClient } from "effect/sql"
import { advance, row, runtimeOn, startingGame, turnsTold } from "../runtime/fixture.ts"
import type { Death } from "./dying.ts"

const program = fileURLToPath(new URL("./keptKillable.ts", import.meta.url))

/** What the backend does when it is killed. */
export type Operation = "order" | "turn" | "take in"

const backend = (
  database: Layer.Layer<Database>,
  folder: string,
  states: Layer.Layer<StateVault, never, SqlClient.SqlClient>
) =>
  runtimeOn(
    database,
    Layer.mergeAll(InProcessEngineHost.layer(folder), FetchHttpClient.layer),
    { firstBackoff: "1 second" },
    states
  )

/** A backend that keeps states, with engines whose folders are below this one. */
export const kept = (database: Layer.Layer<Database>, folder: string) => backend(database, folder, SqlStateVault.layer)

/** An order about the player's first planet. */
export const orderOf = Effect.fnUntraced(function* (gameId: GameId, player: UserId, product: string) {
  const report = yield* (yield* PlayerOrders).report(gameId, player, 0)
  const planet = (report["my_planets"] as ReadonlyArray<{ readonly number: number }>)[0]?.number
  return [{ op: "produce", planet, product }]
})

const folder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "galaxy-kept-"))),
  (it) => Effect.promise(() => rm(it, { recursive: true, force: true, maxRetries: 3 }))
)

/** Runs the operation in a process of its own: what it said, and whether it was killed. */
const inProcess = (order: object) =>
  Effect.callback<{ readonly said: ReadonlyArray<string>; readonly killed: boolean }>((resume) => {
    const child = spawn(process.execPath, ["--conditions=@galaxy/source", program], {
      env: { ...process.env, NODE_OPTIONS: "", CRASH: JSON.stringify(order) },
      stdio: ["ignore", "pipe", "inherit"]
    })
    let said = ""
    child.stdout.on("data", (text: Buffer) => {
      said += text.toString()
    })
    child.on("close", (code, signal) => {
      if (signal === "SIGKILL" || code === 0)
        resume(Effect.succeed({ said: said.trim().split("\n"), killed: code !== 0 }))
      else resume(Effect.die(new Error(`the backend ended with ${signal ?? code}: ${said}`)))
    })
    return Effect.sync(() => child.kill("SIGKILL"))
  })

/** A game with one order of its owner's, begun by a backend that keeps states or by one that doesn't. */
const begin = Effect.gen(function* () {
  const { gameId, owner } = yield* startingGame()
  yield* (yield* Runtimes).reconcile(gameId)
  const orders = yield* orderOf(gameId, owner, "DRIVE")
  yield* (yield* PlayerOrders).order(gameId, owner, { orders })
  return { gameId, owner }
})

/** The engine, with all that its host has, is gone. */
const lose = Effect.fnUntraced(function* (gameId: GameId) {
  const { engine_epoch, engine_host } = yield* row(gameId)
  yield* (yield* EngineHost).discard(gameId, engine_host ?? "", engine_epoch)
})

/**
 * Kills a backend there. Its successor has nothing of the engine's folder, but for a game that wasn't taken in yet, and
 * all that a player was told of. Returns the number of commits, if it wasn't killed.
 */
export const survives = Effect.fnUntraced(function* (url: string, operation: Operation, death: Death) {
  const database = (yield* cloneUrl(url)).url
  const [first, second] = [yield* folder, yield* folder]
  const game = yield* Effect.scoped(begin).pipe(
    Effect.provide(backend(layerAt(database), first, operation === "take in" ? layerNone : SqlStateVault.layer))
  )
  const { gameId, owner } = game
  const { said, killed } = yield* inProcess({ database, folder: first, ...game, operation, ...death })
  yield* Effect.scoped(
    Effect.gen(function* () {
      const sessions = yield* PlayerOrders
      const runtimes = yield* Runtimes
      if (operation === "take in") {
        yield* runtimes.engine(gameId)
        assert.isTrue((yield* row(gameId)).state_in_database)
        yield* lose(gameId)
      }
      const products = (turn: number | undefined) =>
        Effect.map(sessions.orders(gameId, owner, turn), (it) =>
          (it["orders"] as ReadonlyArray<{ readonly product: string }>).map((order) => order.product)
        )
      if (operation === "turn") {
        // Retries are due by then.
        yield* advance("1 hour")
        yield* runtimes.reconcile(gameId)
        const { current_turn } = yield* row(gameId)
        if (current_turn === 0) yield* Effect.andThen(advance("1 day"), runtimes.reconcile(gameId))
        assert.strictEqual((yield* row(gameId)).current_turn, 1)
        assert.deepStrictEqual(yield* turnsTold(owner), [1])
        assert.deepStrictEqual(yield* products(0), ["DRIVE"])
      } else {
        const found = yield* products(undefined)
        assert.include(operation === "order" ? [["DRIVE"], ["WEAPONS"]].map(String) : ["DRIVE"], String(found))
        if (said.includes("told")) assert.deepStrictEqual(found, ["WEAPONS"])
      }
    })
  ).pipe(Effect.provide(kept(layerAt(database), operation === "take in" ? first : second)))
  return killed ? undefined : Number(said.at(-1))
}, Effect.scoped)
