/** Games whose states the database keeps: real engines that lose everything, and the games go on. */
import type { GameId } from "@galaxy/contract/ids/Ids"
import { EngineClient } from "@galaxy/core/engine/EngineClient"
import { EngineHost } from "@galaxy/core/engine/EngineHost"
import { PlayerOrders } from "@galaxy/core/play/PlayerOrders"
import { RuntimeJobs } from "@galaxy/core/runtime/RuntimeJobs"
import { Runtimes } from "@galaxy/core/runtime/Runtimes"
import * as SqlStateVault from "@galaxy/core/runtime/vault/SqlStateVault"
import { StateVault } from "@galaxy/core/runtime/vault/StateVault"
import * as InProcessEngineHost from "@galaxy/testkit/engine/InProcessEngineHost"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Stream } from "effect"
import { FetchHttpClient } from "effect/http"
import { SqlClient } from "effect/sql"
import { advance, row, runtimeOn, startingGame, turnsTold } from "./fixture.ts"

const engines = Layer.mergeAll(InProcessEngineHost.layer(), FetchHttpClient.layer)

const runningGame = Effect.gen(function* () {
  const runtimes = yield* Runtimes
  const sessions = yield* PlayerOrders
  const game = yield* startingGame()
  yield* runtimes.reconcile(game.gameId)
  const work = runtimes.reconcile(game.gameId)
  const turn = Effect.andThen(advance("1 day"), work)
  return { ...game, runtimes, sessions, work, turn }
})

type Game = Effect.Success<typeof runningGame>

/** The engine and whatever its host has of the game are gone, as with the machine. */
const lose = (gameId: GameId) =>
  Effect.gen(function* () {
    const host = yield* EngineHost
    const { engine_epoch, engine_host } = yield* row(gameId)
    yield* host.discard(gameId, engine_host ?? "", engine_epoch)
  })

const kept = (gameId: GameId) =>
  Effect.flatMap(StateVault, (vault) =>
    Effect.map(Stream.runCollect(vault.load(gameId)), (files) =>
      Object.fromEntries(files.map(({ path, bytes }) => [path, new TextDecoder().decode(bytes)]))
    )
  )

/** From now on no file of a state can be stored in this way; what it returns makes room again. */
const fullDisk = (write: "INSERT" | "UPDATE") =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* sql.unsafe(`
      CREATE OR REPLACE FUNCTION backend.full_disk() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'disk_full'; END $$`)
    yield* sql.unsafe(`CREATE TRIGGER full_disk BEFORE ${write} ON backend.engine_files
      FOR EACH ROW EXECUTE FUNCTION backend.full_disk()`)
    return sql.unsafe("DROP TRIGGER full_disk ON backend.engine_files")
  })

/** An order that the engine accepts, for the planet of the player. */
const order = (
  { sessions, gameId }: Game,
  player: Game["owner"],
  product: string,
  kind: "order" | "command" = "order"
) =>
  Effect.gen(function* () {
    const report = yield* sessions.report(gameId, player, (yield* row(gameId)).current_turn)
    const planet = (report["my_planets"] as ReadonlyArray<{ number: number }>)[0]?.number
    const orders = [{ op: "produce", planet, product }]
    yield* sessions[kind](gameId, player, { orders })
    return orders
  })

eachDatabase((name, database) => {
  layer(runtimeOn(database, engines, { firstBackoff: "1 second" }, SqlStateVault.layer), {
    timeout: "240 seconds",
    excludeTestServices: true
  })(`games in ${name}`, (it) => {
    it.effect("every order that a player was told of outlives the engine and its folder", () =>
      Effect.gen(function* () {
        const game = yield* runningGame
        const { gameId, owner, guest, sessions, turn } = game
        assert.isTrue((yield* row(gameId)).state_in_database)
        assert.deepStrictEqual(Object.keys(yield* kept(gameId)), ["galaxy/0000000.json", "turns/0000000.json"])
        const first = yield* order(game, owner, "DRIVE")
        const second = yield* order(game, guest, "WEAPONS", "command")
        assert.deepStrictEqual(Object.keys(yield* kept(gameId)).slice(1, 3), [
          "orders/0000000/000.json",
          "orders/0000000/001.json"
        ])
        yield* lose(gameId)
        assert.deepStrictEqual((yield* sessions.orders(gameId, owner, undefined))["orders"], first)
        assert.deepStrictEqual((yield* sessions.orders(gameId, guest, undefined))["orders"], second)
        assert.strictEqual((yield* row(gameId)).engine_epoch, 2)
        yield* turn
        assert.strictEqual((yield* row(gameId)).current_turn, 1)
        yield* lose(gameId)
        const report = yield* sessions.report(gameId, owner, 1)
        assert.deepStrictEqual(
          (report["orders"] as ReadonlyArray<{ order: unknown; accepted: boolean }>).map((it) => [
            it.order,
            it.accepted
          ]),
          [[first[0], true]]
        )
        assert.deepStrictEqual((yield* sessions.orders(gameId, guest, 0))["orders"], second)
        yield* turn
        assert.deepStrictEqual(yield* turnsTold(owner), [1, 2])
      })
    )

    it.effect("a turn that was made and never committed is made again, with the same bytes", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const game = yield* runningGame
        const { gameId, owner, turn, work } = game
        yield* order(game, owner, "DRIVE")
        yield* turn
        const once = yield* kept(gameId)
        // Back to before the turn, as a database that was restored.
        yield* sql`DELETE FROM backend.engine_files WHERE game_id = ${gameId} AND path LIKE '%/0000001.json'`
        yield* sql`
          UPDATE backend.runtime_records SET current_turn = 0, next_turn_at = now() - interval '1 second'
          WHERE game_id = ${gameId}`
        yield* lose(gameId)
        yield* work
        assert.strictEqual((yield* row(gameId)).current_turn, 1)
        assert.deepStrictEqual(yield* kept(gameId), once)
      })
    )

    it.effect("who leaves, and what the engine plays, outlives it as well", () =>
      Effect.gen(function* () {
        const jobs = yield* RuntimeJobs
        const game = yield* runningGame
        const { gameId, owner, guest, sessions, turn, work } = game
        yield* jobs.requestBanish(gameId, guest)
        yield* work
        assert.include(Object.keys(yield* kept(gameId)), "banished/0000000.json")
        yield* jobs.requestComputer(gameId, owner)
        yield* work
        assert.include(Object.keys(yield* kept(gameId)), "computers/0000000.json")
        yield* lose(gameId)
        const refused = yield* Effect.flip(sessions.order(gameId, guest, { orders: [] }))
        assert.deepInclude(refused, { _tag: "EngineRefused", code: "conflict" })
        yield* turn
        assert.strictEqual((yield* row(gameId)).current_turn, 1)
      })
    )

    it.effect("what the turn was made with is stored with it, though it could not be stored before", () =>
      Effect.gen(function* () {
        const game = yield* runningGame
        const { gameId, owner, turn, sessions } = game
        yield* order(game, owner, "DRIVE")
        const standing = yield* kept(gameId)
        const spaceAgain = yield* fullDisk("UPDATE")
        const failure = yield* Effect.flip(order(game, owner, "WEAPONS"))
        yield* spaceAgain
        assert.strictEqual(failure._tag, "StorageError")
        assert.deepStrictEqual(yield* kept(gameId), standing)
        yield* turn
        const path = "orders/0000000/000.json"
        assert.notStrictEqual((yield* kept(gameId))[path], standing[path])
        yield* lose(gameId)
        const [told] = (yield* sessions.orders(gameId, owner, 0))["orders"] as ReadonlyArray<{ product: string }>
        assert.strictEqual(told?.product, "WEAPONS")
      })
    )

    it.effect("an order that a player reads is kept, though its write was cut off", () =>
      Effect.gen(function* () {
        const game = yield* runningGame
        const { gameId, owner, sessions } = game
        const spaceAgain = yield* fullDisk("INSERT")
        assert.strictEqual((yield* Effect.flip(order(game, owner, "WEAPONS")))._tag, "StorageError")
        const unread = yield* Effect.flip(sessions.orders(gameId, owner, undefined))
        assert.strictEqual(unread._tag, "StorageError")
        yield* spaceAgain
        assert.notInclude(Object.keys(yield* kept(gameId)), "orders/0000000/000.json")
        const shown = yield* sessions.orders(gameId, owner, undefined)
        assert.notProperty(shown, "kept")
        yield* lose(gameId)
        assert.deepStrictEqual((yield* sessions.orders(gameId, owner, undefined))["orders"], shown["orders"])
      })
    )

    it.effect("an order that a player reads is kept as well once the turn is made and not yet committed", () =>
      Effect.gen(function* () {
        const client = yield* EngineClient
        const game = yield* runningGame
        const { gameId, owner, runtimes, sessions, turn } = game
        const spaceAgain = yield* fullDisk("INSERT")
        assert.strictEqual((yield* Effect.flip(order(game, owner, "WEAPONS")))._tag, "StorageError")
        yield* spaceAgain
        // As for an owner who is gone before it has committed the turn.
        yield* client.turn(yield* runtimes.engine(gameId), 1)
        const shown = yield* sessions.orders(gameId, owner, undefined)
        assert.notProperty(shown, "kept")
        yield* lose(gameId)
        yield* turn
        assert.strictEqual((yield* row(gameId)).current_turn, 1)
        assert.lengthOf(shown["orders"] as ReadonlyArray<unknown>, 1)
        assert.deepStrictEqual((yield* sessions.orders(gameId, owner, 0))["orders"], shown["orders"])
      })
    )

    it.effect("an order is refused, and not stored, where the engine was replaced after it had accepted it", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const game = yield* runningGame
        const { gameId, owner, sessions } = game
        yield* sql.unsafe(`
          CREATE OR REPLACE FUNCTION backend.overtake() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            UPDATE backend.runtime_records SET engine_epoch = engine_epoch + 1, engine_endpoint = NULL
              WHERE game_id = NEW.game_id; RETURN NEW; END $$`)
        // The first thing that is written after the engine has answered.
        yield* sql.unsafe(`CREATE TRIGGER overtake BEFORE UPDATE OF orders_given_at ON backend.memberships
          FOR EACH ROW WHEN (OLD.game_id = '${gameId}') EXECUTE FUNCTION backend.overtake()`)
        const failure = yield* Effect.flip(order(game, owner, "DRIVE"))
        yield* sql.unsafe("DROP TRIGGER overtake ON backend.memberships")
        assert.strictEqual(failure._tag, "EngineUnreachable")
        assert.notInclude(Object.keys(yield* kept(gameId)), "orders/0000000/000.json")
        yield* lose(gameId)
        assert.deepStrictEqual((yield* sessions.orders(gameId, owner, undefined))["orders"], [])
      })
    )
  })
})
