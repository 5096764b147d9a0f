/** States of games in the database: what counts as stored, and for whom. */
import { GameId } from "@galaxy/contract/ids/Ids"
import { StateCoding, StateCodingFailed } from "@galaxy/core/runtime/vault/StateCoding"
import * as SqlStateVault from "@galaxy/core/runtime/vault/SqlStateVault"
import { StateVault } from "@galaxy/core/runtime/vault/StateVault"
import { newId } from "@galaxy/core/shared/NewId"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer, Result, Stream } from "effect"
import { SqlClient } from "effect/sql"

const utf8 = new TextEncoder()
const text = new TextDecoder()

/** Turns every byte around, so that a body is never the file itself. */
const mirrored = Layer.succeed(StateCoding, {
  encode: (bytes: Uint8Array) => Effect.succeed({ encoding: "mirrored", body: bytes.toReversed() }),
  decode: ({ encoding, body }: { readonly encoding: string; readonly body: Uint8Array }) =>
    encoding === "mirrored"
      ? Effect.succeed(new Uint8Array(body).toReversed())
      : Effect.fail(new StateCodingFailed({ reason: `unknown: ${encoding}` }))
})

/** A game at turn 3 whose engine runs in epoch 2. */
const game = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const gameId = GameId.make(yield* newId)
  yield* sql`
    INSERT INTO backend.games
      (game_id, visibility, status, game_name, description, min_players, max_players, turn_schedule, time_zone)
    VALUES (${gameId}, 'public', 'running', 'vault', '', 1, 2, '0 0 * * *', 'UTC')`
  yield* sql`
    INSERT INTO backend.runtime_records (game_id, status, seed, turn_schedule, time_zone, current_turn, engine_epoch, state_in_database)
    VALUES (${gameId}, 'running', 'seed', '0 0 * * *', 'UTC', 3, 2, true)`
  return gameId
})

const orders = "orders/0000003/001.json"

const change = (gameId: GameId, to: { readonly epoch?: number; readonly turn?: number }) =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql`
      UPDATE backend.runtime_records SET engine_epoch = coalesce(${to.epoch ?? null}::int, engine_epoch),
        current_turn = coalesce(${to.turn ?? null}::int, current_turn)
      WHERE game_id = ${gameId}`
  )

const stored = (gameId: GameId) =>
  Effect.flatMap(StateVault, (vault) =>
    Effect.map(Stream.runCollect(vault.load(gameId)), (files) =>
      Object.fromEntries(files.map(({ path, bytes }) => [path, text.decode(bytes)]))
    )
  )

const keep = (gameId: GameId, content: string, revision: number, epoch = 2, turn = 3) =>
  Effect.gen(function* () {
    const vault = yield* StateVault
    const file = yield* vault.pack({ path: orders, bytes: utf8.encode(content) }, revision)
    return yield* Effect.result(vault.keepDecision({ gameId, epoch, turn }, file))
  })

const ok = <E, R>(it: Effect.Effect<Result.Result<void, unknown>, E, R>) =>
  Effect.map(it, (result) => Result.isSuccess(result) || (result.failure as { readonly _tag: string })._tag)

eachDatabase((name, database) => {
  layer(SqlStateVault.layer.pipe(Layer.provide(mirrored), Layer.provideMerge(database)), {
    timeout: "120 seconds",
    excludeTestServices: true
  })(`the vault on ${name}`, (it) => {
    it.effect("a later revision replaces an earlier one, and an earlier one that comes late changes nothing", () =>
      Effect.gen(function* () {
        const gameId = yield* game
        assert.isTrue(yield* ok(keep(gameId, "one", 1)))
        assert.isTrue(yield* ok(keep(gameId, "three", 3)))
        assert.isTrue(yield* ok(keep(gameId, "two", 2)), "a later one stands: it is stored")
        assert.isTrue(yield* ok(keep(gameId, "three", 3)), "asked again")
        assert.deepStrictEqual(yield* stored(gameId), { [orders]: "three" })
      })
    )

    it.effect("a later epoch goes before a higher revision", () =>
      Effect.gen(function* () {
        const gameId = yield* game
        assert.isTrue(yield* ok(keep(gameId, "old", 7)))
        yield* change(gameId, { epoch: 3 })
        assert.isTrue(yield* ok(keep(gameId, "new", 4, 3)))
        assert.deepStrictEqual(yield* stored(gameId), { [orders]: "new" })
        assert.strictEqual(yield* ok(keep(gameId, "zombie", 99, 2)), "StateOvertaken")
        assert.deepStrictEqual(yield* stored(gameId), { [orders]: "new" })
      })
    )

    it.effect("what the committed turn has is stored already, and nothing comes after the cutoff", () =>
      Effect.gen(function* () {
        const gameId = yield* game
        yield* change(gameId, { turn: 4 })
        assert.isTrue(yield* ok(keep(gameId, "late", 1)), "the turn was made with it")
        assert.deepStrictEqual(yield* stored(gameId), {})
        assert.strictEqual(yield* ok(keep(gameId, "early", 1, 2, 5)), "StateOvertaken", "no such turn is open")
        yield* change(gameId, { epoch: 3 })
        assert.strictEqual(yield* ok(keep(gameId, "late", 1)), "StateOvertaken", "the turn was made by another engine")
        assert.strictEqual(yield* ok(keep(GameId.make(yield* newId), "none", 1)), "StateOvertaken")
      })
    )

    it.effect("many at once leave the latest", () =>
      Effect.gen(function* () {
        const gameId = yield* game
        const revisions = Array.from({ length: 20 }, (_, index) => ((index * 7) % 20) + 1)
        const all = yield* Effect.forEach(revisions, (revision) => ok(keep(gameId, `r${revision}`, revision)), {
          concurrency: "unbounded"
        })
        assert.isTrue(all.every((it) => it === true))
        assert.deepStrictEqual(yield* stored(gameId), { [orders]: "r20" })
      })
    )

    it.effect("files of turns are stored with the caller's transaction, or not at all", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const vault = yield* StateVault
        const [one, two] = [yield* game, yield* game]
        const file = (path: string, content: string) => vault.pack({ path, bytes: utf8.encode(content) })
        const turns = [
          { gameId: one, epoch: 2, files: [yield* file("galaxy/4", "galaxy"), yield* file("turns/4", "")] },
          { gameId: two, epoch: 2, files: [yield* file("galaxy/4", "another galaxy")] }
        ]
        yield* Effect.exit(
          sql.withTransaction(Effect.andThen(vault.keepTurns(turns), Effect.fail("rolled back" as const)))
        )
        assert.deepStrictEqual(yield* stored(one), {})
        assert.isTrue(yield* ok(keep(one, "orders", 5)))
        yield* sql.withTransaction(vault.keepTurns(turns))
        yield* sql.withTransaction(
          vault.keepTurns([{ gameId: one, epoch: 2, files: [yield* file(orders, "what the turn was made with")] }])
        )
        assert.deepStrictEqual(yield* stored(one), {
          "galaxy/4": "galaxy",
          "turns/4": "",
          [orders]: "what the turn was made with"
        })
        assert.deepStrictEqual(yield* stored(two), { "galaxy/4": "another galaxy" })
        assert.isTrue(yield* ok(keep(one, "behind", 5)))
        assert.strictEqual((yield* stored(one))[orders], "what the turn was made with", "its revision stands")
        yield* vault.drop(one)
        assert.deepStrictEqual(yield* stored(one), {})
        assert.deepStrictEqual(yield* stored(two), { "galaxy/4": "another galaxy" })
      })
    )

    it.effect("a game is taken in until its row says that it is, by the newest run of its engine alone", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const vault = yield* StateVault
        const gameId = yield* game
        const files = (content: string) =>
          Effect.map(vault.pack({ path: "a", bytes: utf8.encode(content) }), (it) => [it])
        yield* sql`UPDATE backend.runtime_records SET state_in_database = false WHERE game_id = ${gameId}`
        assert.isTrue(yield* ok(keep(gameId, "its host has it", 1)))
        assert.deepStrictEqual(yield* stored(gameId), {})
        yield* vault.takeIn({ gameId, epoch: 2 }, yield* files("first"))
        yield* vault.takeIn({ gameId, epoch: 2 }, yield* files("again"))
        assert.deepStrictEqual(yield* stored(gameId), { a: "again" })
        const refused = (epoch: number) =>
          Effect.flatMap(files("late"), (it) => ok(Effect.result(vault.takeIn({ gameId, epoch }, it))))
        assert.strictEqual(yield* refused(1), "StateOvertaken")
        yield* sql`UPDATE backend.runtime_records SET state_in_database = true WHERE game_id = ${gameId}`
        assert.strictEqual(yield* refused(2), "StateOvertaken")
        assert.deepStrictEqual(yield* stored(gameId), { a: "again" })
      })
    )

    it.effect("tells which files are missing, and reads large ones in parts", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const vault = yield* StateVault
        const gameId = yield* game
        const large = Array.from({ length: 7 }, (_, index) => ({
          path: `galaxy/${index}`,
          bytes: new Uint8Array(1_500_000).fill(index + 1)
        }))
        const packed = yield* Effect.forEach(large, (it) => vault.pack(it))
        yield* sql.withTransaction(vault.keepTurns([{ gameId, epoch: 2, files: packed }]))
        const listed = packed.map(({ path, size, sha256 }) => ({ path, size, sha256 }))
        const other = { path: "galaxy/0", size: 1, sha256: "0".repeat(64) }
        const unknown = { path: "galaxy/9", size: 1, sha256: "0".repeat(64) }
        assert.deepStrictEqual(yield* vault.missing(gameId, [...listed.slice(1), other, unknown]), [other, unknown])
        const files = yield* Stream.runCollect(vault.load(gameId))
        assert.deepStrictEqual(
          files.map(({ path, bytes }) => [path, bytes.byteLength, bytes[0]]),
          large.map(({ path, bytes }) => [path, bytes.byteLength, bytes[0]])
        )
      })
    )

    it.effect("a damaged file, and one of an unknown encoding, are refused by name", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const gameId = yield* game
        yield* keep(gameId, "whole", 1)
        for (const [column, value] of [
          ["body", utf8.encode("elohx")],
          ["encoding", "zstd-9"],
          ["size", 4]
        ] as const) {
          const before = yield* sql`SELECT ${sql(column)} AS it FROM backend.engine_files WHERE game_id = ${gameId}`
          yield* sql`UPDATE backend.engine_files SET ${sql(column)} = ${value} WHERE game_id = ${gameId}`
          const failure = yield* Effect.flip(stored(gameId))
          assert.strictEqual(failure._tag, "StateDamaged", column)
          assert.include(failure.message, orders)
          yield* sql`UPDATE backend.engine_files SET ${sql(column)} = ${before[0]?.["it"] as string} WHERE game_id = ${gameId}`
        }
        assert.deepStrictEqual(yield* stored(gameId), { [orders]: "whole" })
      })
    )

    it.effect("a game's files go with its row", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const gameId = yield* game
        yield* keep(gameId, "x", 1)
        yield* sql`DELETE FROM backend.runtime_records WHERE game_id = ${gameId}`
        assert.deepStrictEqual(yield* stored(gameId), {})
      })
    )

    if (name === "PGlite") return

    it.effect("whoever raises the epoch waits for orders on their way, and those that come after are refused", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const gameId = yield* game
        const written = yield* Deferred.make<void>()
        const go = yield* Deferred.make<void>()
        const order = yield* Effect.forkChild(
          sql.withTransaction(
            Effect.gen(function* () {
              const result = yield* ok(keep(gameId, "in time", 1))
              yield* Deferred.succeed(written, undefined)
              yield* Deferred.await(go)
              return result
            })
          )
        )
        yield* Deferred.await(written)
        const raise = yield* Effect.forkChild(change(gameId, { epoch: 3 }))
        yield* waiting(1)
        yield* Deferred.succeed(go, undefined)
        yield* Fiber.join(raise)
        assert.isTrue(yield* Fiber.join(order))
        assert.deepStrictEqual(yield* stored(gameId), { [orders]: "in time" })
        assert.strictEqual(yield* ok(keep(gameId, "late", 2)), "StateOvertaken")
      })
    )

    it.effect("an order that comes while the epoch is being raised waits, and is refused", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const gameId = yield* game
        const written = yield* Deferred.make<void>()
        const go = yield* Deferred.make<void>()
        const raise = yield* Effect.forkChild(
          sql.withTransaction(
            Effect.gen(function* () {
              yield* change(gameId, { epoch: 3 })
              yield* Deferred.succeed(written, undefined)
              yield* Deferred.await(go)
            })
          )
        )
        yield* Deferred.await(written)
        const order = yield* Effect.forkChild(ok(keep(gameId, "late", 1)))
        yield* waiting(1)
        yield* Deferred.succeed(go, undefined)
        yield* Fiber.join(raise)
        assert.strictEqual(yield* Fiber.join(order), "StateOvertaken")
        assert.deepStrictEqual(yield* stored(gameId), {})
      })
    )

    it.effect("an order that comes while its turn is being committed is part of it", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const gameId = yield* game
        const written = yield* Deferred.make<void>()
        const go = yield* Deferred.make<void>()
        const turn = yield* Effect.forkChild(
          sql.withTransaction(
            Effect.gen(function* () {
              yield* change(gameId, { turn: 4 })
              yield* Deferred.succeed(written, undefined)
              yield* Deferred.await(go)
            })
          )
        )
        yield* Deferred.await(written)
        const order = yield* Effect.forkChild(ok(keep(gameId, "in the turn", 1)))
        yield* waiting(1)
        yield* Deferred.succeed(go, undefined)
        yield* Fiber.join(turn)
        assert.isTrue(yield* Fiber.join(order))
      })
    )
  })
})

/** Waits until so many statements of this database wait for a lock. */
const waiting = (count: number) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    Effect.repeat(
      sql<{ readonly waiting: number }>`
        SELECT count(*)::int AS waiting FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      { until: ([row]) => (row?.waiting ?? 0) >= count }
    )
  )
