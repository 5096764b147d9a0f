/** Ends this process by SIGKILL right before or right after its N-th commit, counted from when counting began. */
import { writeSync } from "node:fs"
import { Effect, Stream } from "effect"
import type { SqlConnection } from "effect/sql"

/** Right before or right after this commit, counted from 1; 0 is never. */
export interface Death {
  readonly when: "before" | "after"
  readonly commit: number
}

const die = Effect.sync(() => {
  writeSync(1, "killed\n")
  process.kill(process.pid, "SIGKILL")
  // Nothing more may happen until the signal arrives.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
})

const writes = /\b(INSERT|UPDATE|DELETE)\b(?! OF)/

/** Counts what connections commit. A statement outside of a transaction that writes is a commit too. */
export const watching = (order: Death) => {
  let counting = false
  let commits = 0
  const watch = (connection: SqlConnection.Connection): SqlConnection.Connection => {
    let inside = false
    const around = <A, E, R>(sql: string, work: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
      Effect.suspend(() => {
        if (sql.startsWith("BEGIN")) inside = true
        if (sql === "ROLLBACK") inside = false
        const commit = sql === "COMMIT" || (!inside && writes.test(sql.replaceAll(/FOR (NO KEY )?UPDATE/g, "")))
        if (sql === "COMMIT") inside = false
        if (!commit || !counting) return work
        const here = ++commits === order.commit
        if (here && order.when === "before") return Effect.andThen(die, work)
        return here ? Effect.tap(work, () => die) : work
      })
    return {
      execute: (sql, params, transform) => around(sql, connection.execute(sql, params, transform)),
      executeRaw: (sql, params) => around(sql, connection.executeRaw(sql, params)),
      executeStream: (sql, params, transform) =>
        Stream.unwrap(
          around(
            sql,
            Effect.sync(() => connection.executeStream(sql, params, transform))
          )
        ),
      executeValues: (sql, params) => around(sql, connection.executeValues(sql, params)),
      executeValuesUnprepared: (sql, params) => around(sql, connection.executeValuesUnprepared(sql, params)),
      executeUnprepared: (sql, params, transform) => around(sql, connection.executeUnprepared(sql, params, transform))
    }
  }
  return {
    /** Watches a connection, as `Postgres.layer` takes it. */
    watch,
    count: (on: boolean) => {
      counting = on
    },
    /** Commits so far. */
    commits: () => commits
  }
}
