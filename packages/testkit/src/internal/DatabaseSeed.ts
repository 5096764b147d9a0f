/** What the migrations have written into a new database, so that a used one can be made new again. */
import { Effect } from "effect"
import type { SqlClient } from "effect/sql"

/** The rows of the tables that aren't empty, each table's as the text of a JSON array. */
export type Seed = ReadonlyArray<{ readonly table: string; readonly rows: string }>

/** Reads the seed of a database on which no backend has been at work. */
export const of = Effect.fnUntraced(function* (sql: SqlClient.SqlClient) {
  const tables = yield* sql<{ readonly name: string }>`
    SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname = 'backend'`
  const found = yield* Effect.forEach(tables, ({ name }) =>
    Effect.map(
      sql.unsafe<{ readonly rows: string | null }>(`SELECT json_agg(t)::text AS rows FROM ${name} t`),
      ([answer]) => ({ table: name, rows: answer?.rows ?? "" })
    )
  )
  return found.filter((it) => it.rows !== "")
})

/**
 * Where few rows are in few tables, this is faster than `TRUNCATE`, which makes new files for all of them; and what never
 * held a row isn't looked at. As a replica the session skips foreign keys, and the triggers that keep the audit log.
 */
const emptied = `DO $$ DECLARE t regclass; BEGIN
  SET LOCAL session_replication_role = replica;
  FOR t IN SELECT oid FROM pg_class
    WHERE relnamespace = 'backend'::regnamespace AND relkind = 'r' AND pg_relation_size(oid) > 0
  LOOP
    EXECUTE 'DELETE FROM ' || t;
  END LOOP;
  PERFORM setval(s.seqrelid, s.seqstart, false) FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid
    WHERE c.relnamespace = 'backend'::regnamespace AND pg_sequence_last_value(s.seqrelid) IS NOT NULL;
END $$`

/** Empties every table and writes the seed again, in one transaction. On a server it takes a superuser. */
export const wipe = (sql: SqlClient.SqlClient, seed: Seed) =>
  sql.withTransaction(
    Effect.gen(function* () {
      yield* sql.unsafe(emptied)
      for (const { table, rows } of seed) {
        const all = `SELECT * FROM json_populate_recordset(NULL::${table}, $1::json)`
        yield* sql.unsafe(`INSERT INTO ${table} OVERRIDING SYSTEM VALUE ${all}`, [rows])
      }
    })
  )
