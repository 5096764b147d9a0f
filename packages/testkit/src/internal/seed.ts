/** What the migrations have written into a new database, so that a used one can be made new again. */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
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

const fileIn = (folder: string) => join(folder, "galaxy-testkit-seed.json")

/** Keeps a seed in the folder of its database. */
export const write = (folder: string, seed: Seed): void => writeFileSync(fileIn(folder), JSON.stringify(seed))

/** The seed in a database's folder. */
export const read = (folder: string): Seed => JSON.parse(readFileSync(fileIn(folder), "utf8")) as Seed

const inOrder = (kind: "tables" | "sequences", column: string) =>
  `SELECT format('%I.%I', schemaname, ${column}) AS name FROM pg_${kind} WHERE schemaname = 'backend'`

/**
 * Where few rows are in few tables, this is faster than `TRUNCATE`, which makes new files for all of them. As a replica
 * the session skips foreign keys, and the triggers that keep the audit log.
 */
const emptied = `DO $$ DECLARE t record; used boolean; BEGIN
  SET LOCAL session_replication_role = replica;
  FOR t IN ${inOrder("tables", "tablename")} LOOP
    EXECUTE 'SELECT EXISTS (SELECT 1 FROM ' || t.name || ')' INTO used;
    IF used THEN EXECUTE 'DELETE FROM ' || t.name; END IF;
  END LOOP;
  FOR t IN ${inOrder("sequences", "sequencename")} LOOP
    EXECUTE 'ALTER SEQUENCE ' || t.name || ' RESTART';
  END LOOP;
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
