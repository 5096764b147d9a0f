/** What must hold of a game at every moment, whatever its owners, engines and hosts do. */
import type { GameId, UserId } from "@galaxy/contract/ids/Ids"
import { StateVault } from "@galaxy/core/runtime/vault/StateVault"
import { Effect, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { turnsTold } from "../fixture.ts"
import type { History } from "./history.ts"
import { StatefulHosts } from "./StatefulHosts.ts"

/**
 * Has the database log each change of a game's turn, each change of a galaxy that is stored, and what an engine of an
 * incarnation before the last restore has stored since.
 */
export const watched = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  Effect.forEach(
    [
      `CREATE TABLE IF NOT EXISTS backend.model_log (game_id uuid, what text, was text, is_now text)`,
      `CREATE TABLE IF NOT EXISTS backend.model_floor (game_id uuid, epoch int)`,
      `CREATE OR REPLACE FUNCTION backend.model_turn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO backend.model_log VALUES (NEW.game_id, 'turn', OLD.current_turn, NEW.current_turn);
        RETURN NEW; END $$`,
      `CREATE OR REPLACE FUNCTION backend.model_file() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO backend.model_log VALUES (NEW.game_id, 'file', encode(OLD.sha256, 'hex'), encode(NEW.sha256, 'hex'));
        RETURN NEW; END $$`,
      `CREATE OR REPLACE FUNCTION backend.model_earlier() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO backend.model_log SELECT NEW.game_id, 'earlier', NEW.path, NEW.epoch FROM backend.model_floor
          WHERE game_id = NEW.game_id AND epoch > NEW.epoch;
        RETURN NEW; END $$`,
      `CREATE OR REPLACE TRIGGER model_turn AFTER UPDATE ON backend.runtime_records FOR EACH ROW
        WHEN (OLD.current_turn <> NEW.current_turn) EXECUTE FUNCTION backend.model_turn()`,
      `CREATE OR REPLACE TRIGGER model_file AFTER UPDATE ON backend.engine_files FOR EACH ROW
        WHEN (NEW.path LIKE 'galaxy/%' AND OLD.sha256 <> NEW.sha256) EXECUTE FUNCTION backend.model_file()`,
      `CREATE OR REPLACE TRIGGER model_earlier AFTER INSERT OR UPDATE ON backend.engine_files FOR EACH ROW
        EXECUTE FUNCTION backend.model_earlier()`
    ],
    (it) => sql.unsafe(it),
    { discard: true }
  )
)

/** The stored state and the row's turn, of the same moment. */
const stored = Effect.fnUntraced(function* (gameId: GameId) {
  const sql = yield* SqlClient.SqlClient
  const vault = yield* StateVault
  return yield* sql.withTransaction(
    Effect.gen(function* () {
      const [row] = yield* sql<{ readonly turn: number; readonly kept: boolean }>`
        SELECT current_turn AS turn, state_in_database AS kept FROM backend.runtime_records
        WHERE game_id = ${gameId} FOR SHARE`
      const files = yield* Stream.runCollect(vault.load(gameId))
      return { row, files: new Map(files.map(({ path, bytes }) => [path, new TextDecoder().decode(bytes)])) }
    })
  )
})

/** What is wrong with the game; nothing where all is well. */
export const wrongIn = Effect.fnUntraced(function* (gameId: GameId, players: ReadonlyArray<UserId>, history: History) {
  const sql = yield* SqlClient.SqlClient
  const wrong: Array<string> = []
  const log = yield* sql<{ readonly what: string; readonly was: string; readonly is_now: string }>`
    SELECT what, was, is_now FROM backend.model_log WHERE game_id = ${gameId}`
  for (const { is_now, was, what } of log) {
    if (what === "file") wrong.push("a galaxy that was stored has changed")
    else if (what === "earlier") wrong.push(`${was} was stored by an engine of before the restore, of epoch ${is_now}`)
    else if (Number(is_now) !== Number(was) + 1) wrong.push(`the turn went from ${was} to ${is_now}`)
  }
  const { files, row } = yield* stored(gameId)
  if (row?.kept !== true) return wrong
  const made = (yield* StatefulHosts).turns(files)
  const newest = made?.at(-1)?.turn
  if (newest !== row.turn) wrong.push(`the stored state opens to turn ${newest}, and the row's is ${row.turn}`)
  for (const it of made?.slice(1) ?? []) wrong.push(...history.wrong(gameId, it))
  const turns = Array.from({ length: row.turn }, (_, index) => index + 1)
  for (const player of players) {
    const told = (yield* turnsTold(player)).map(Number)
    // Another turn may have been committed since the row was read.
    const early = told.slice(0, row.turn)
    const late = told.slice(row.turn)
    if (early.join() !== turns.join() || late.some((it, index) => it !== row.turn + 1 + index)) {
      wrong.push(`turns told: ${told.join()}; made: ${row.turn}`)
    }
  }
  return wrong
})
