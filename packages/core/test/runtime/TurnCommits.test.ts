/** Turns of several games that share transactions: what is wrong with one game touches no other. */
import type { GameId } from "@galaxy/contract/ids/Ids"
import { Runtimes } from "@galaxy/core/runtime/Runtimes"
import { eachDatabase, onPostgres } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { SqlClient } from "effect/sql"
import { layer as scriptedEngines, ScriptedEngines } from "../engine/ScriptedEngines.ts"
import { advance, operations, row, runtimeOn, startingGame, turnsTold, untilTurn } from "./fixture.ts"

const count = 8

/** Running games, and a way to work on all of them at once that returns which are settled. */
const runningGames = Effect.gen(function* () {
  const runtimes = yield* Runtimes
  const games = yield* Effect.forEach(Array.from({ length: count }), () => startingGame())
  const all = Effect.forEach(games, ({ gameId }) => runtimes.reconcile(gameId), { concurrency: "unbounded" })
  yield* all
  const [odd, ...others] = games
  if (odd === undefined) return yield* Effect.die("no games")
  return { odd, others, all }
})

type Game = Effect.Success<typeof runningGames>["odd"]

/** The game has made its first turn once, and each of its players was told once. */
const hasMadeItsTurn = Effect.fnUntraced(function* ({ gameId, owner, guest }: Game) {
  const engines = yield* ScriptedEngines
  const after = yield* row(gameId)
  assert.deepStrictEqual([after.status, after.current_turn, after.attempts], ["running", 1, 0])
  assert.deepStrictEqual(Object.fromEntries((yield* engines.game(gameId)).made), { 1: 1 })
  for (const user of [owner, guest]) assert.deepStrictEqual(yield* turnsTold(user), [1])
  const turns = (yield* operations(gameId)).filter((it) => it.op === "turn" && it.status === "succeeded")
  assert.strictEqual(turns.length, 1)
})

/** Has the database refuse a change of this game's memberships, as a fault of the platform would. */
const poison = (gameId: GameId) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* sql.unsafe(`
      CREATE OR REPLACE FUNCTION backend.poison() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'poison'; END $$`)
    yield* sql.unsafe(`
      CREATE TRIGGER poison BEFORE UPDATE ON backend.memberships FOR EACH ROW
      WHEN (OLD.game_id = '${gameId}') EXECUTE FUNCTION backend.poison()`)
    return Effect.orDie(sql.unsafe("DROP TRIGGER poison ON backend.memberships"))
  })

eachDatabase((name, database) => {
  layer(runtimeOn(database, scriptedEngines), { timeout: "240 seconds", excludeTestServices: true })(
    `turns that share transactions on ${name}`,
    (it) => {
      it.effect("one whose rows can't be written costs no other game its turn", () =>
        Effect.gen(function* () {
          const { odd, others, all } = yield* runningGames
          const cure = yield* poison(odd.gameId)
          yield* advance("1 day")
          yield* all
          yield* Effect.forEach(others, hasMadeItsTurn)
          const failed = yield* row(odd.gameId)
          assert.deepStrictEqual([failed.status, failed.attempts], ["generation_in_progress", 1])
          assert.deepStrictEqual(yield* turnsTold(odd.owner), [])
          yield* cure
          yield* advance("1 minute")
          yield* all
          yield* hasMadeItsTurn(odd)
        })
      )

      it.effect("one that another owner has written is left to that owner, and told of by nobody else", () =>
        Effect.gen(function* () {
          const engines = yield* ScriptedEngines
          const sql = yield* SqlClient.SqlClient
          const { odd, others, all } = yield* runningGames
          yield* engines.script(odd.gameId, {
            call: ({ path }) =>
              path.endsWith("/turn")
                ? Effect.orDie(
                    Effect.asVoid(
                      sql`UPDATE backend.runtime_records SET row_version = row_version + 1 WHERE game_id = ${odd.gameId}`
                    )
                  ).pipe(Effect.as(undefined))
                : Effect.succeed(undefined)
          })
          yield* advance("1 day")
          const [settled, ...rest] = yield* all
          assert.isFalse(settled)
          assert.deepStrictEqual(new Set(rest), new Set([true]))
          yield* Effect.forEach(others, hasMadeItsTurn)
          assert.deepStrictEqual(yield* turnsTold(odd.owner), [])
          yield* engines.script(odd.gameId, {})
          yield* all
          yield* hasMadeItsTurn(odd)
        })
      )

      it.effect("one that the lobby has ended is told to nobody, and the others are", () =>
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const { odd, others, all } = yield* runningGames
          yield* sql`UPDATE backend.games SET status = 'cancelled' WHERE game_id = ${odd.gameId}`
          yield* advance("1 day")
          yield* all
          yield* Effect.forEach(others, hasMadeItsTurn)
          assert.deepStrictEqual(yield* turnsTold(odd.owner), [])
        })
      )

      it.effect("a player who has missed one turn too many leaves, and the others are counted", () =>
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const { odd, others, all } = yield* runningGames
          const [reminded] = others
          if (reminded === undefined) return yield* Effect.die("no games")
          yield* sql`UPDATE backend.games SET missed_turns_limit = 1, absence_action = 'computer' WHERE game_id = ${odd.gameId}`
          yield* sql`UPDATE backend.games SET missed_turns_reminder = 1 WHERE game_id = ${reminded.gameId}`
          yield* advance("1 day")
          yield* all
          const memberships = (gameId: GameId) =>
            sql`SELECT missed_turns, taken_over_at IS NOT NULL AS out FROM backend.memberships WHERE game_id = ${gameId}`
          assert.deepStrictEqual(yield* memberships(odd.gameId), [
            { missed_turns: 1, out: true },
            { missed_turns: 1, out: true }
          ])
          assert.deepStrictEqual(yield* memberships(reminded.gameId), [
            { missed_turns: 1, out: false },
            { missed_turns: 1, out: false }
          ])
          yield* Effect.forEach(others, hasMadeItsTurn)
          const missed = yield* sql`
            SELECT user_id FROM backend.push_events WHERE kind = 'game.turn.missed' ORDER BY user_id`
          assert.deepStrictEqual(
            missed.map((it) => it["user_id"]),
            [reminded.owner, reminded.guest].toSorted()
          )
        })
      )
    }
  )
})

onPostgres((database) => {
  layer(runtimeOn(database, scriptedEngines), { timeout: "240 seconds", excludeTestServices: true })(
    "turns that share transactions, beside others",
    (it) => {
      it.effect.each([
        ["its row of the lobby", "games", "UPDATE"],
        // As a player's order does, whose backend may be slow.
        ["its engine's row", "runtime_records", "SHARE"]
      ] as const)("a game of which somebody else holds %s keeps no other waiting", ([, table, mode]) =>
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const { odd, others, all } = yield* runningGames
          const [taken, done] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
          const other = yield* Effect.forkChild(
            sql.withTransaction(
              Effect.gen(function* () {
                yield* sql.unsafe(`SELECT 1 FROM backend.${table} WHERE game_id = $1 FOR ${mode}`, [odd.gameId])
                yield* Deferred.succeed(taken, undefined)
                yield* Deferred.await(done)
              })
            )
          )
          yield* Deferred.await(taken)
          yield* advance("1 day")
          const work = yield* Effect.forkChild(all)
          for (const { gameId } of others) yield* untilTurn(gameId, 1)
          yield* Effect.forEach(others, hasMadeItsTurn)
          assert.strictEqual((yield* row(odd.gameId)).current_turn, 0)
          yield* Deferred.succeed(done, undefined)
          yield* Effect.all([Fiber.join(other), Fiber.join(work)])
          yield* hasMadeItsTurn(odd)
        })
      )
    }
  )
})
