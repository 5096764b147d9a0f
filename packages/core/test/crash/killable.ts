/**
 * A backend in a process of its own that ends itself by SIGKILL right before or after its N-th commit: the fixture of
 * the crash tests.
 *
 * It does one operation and what follows from it. Prints "killed", or the number of commits if it had fewer.
 */
import { writeSync } from "node:fs"
import { layerAt } from "@galaxy/testkit/TestDatabase"
import { Effect, Schema, Stream } from "effect"
import type { SqlConnection } from "effect/sql"
import { platformOn, surfaces } from "../http/platform.ts"
import { ask, engines, follow, type Operation, Place } from "./place.ts"

const Order = Schema.Struct({
  database: Schema.String,
  operation: Schema.String,
  place: Place,
  when: Schema.Literals(["before", "after"]),
  commit: Schema.Int
})

const order = Schema.decodeUnknownSync(Schema.fromJsonString(Order))(process.env["CRASH"] ?? "")

let counting = false
let commits = 0

const die = Effect.sync(() => {
  writeSync(1, "killed\n")
  process.kill(process.pid, "SIGKILL")
  // Nothing more may happen until the signal arrives.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
})

const writes = /\b(INSERT|UPDATE|DELETE)\b(?! OF)/

/** A statement outside of a transaction that writes is a commit too. */
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

const program = Effect.gen(function* () {
  const call = yield* surfaces
  yield* engines(order.place)
  counting = true
  yield* ask(order.operation as Operation, call, order.place)
  yield* follow
  counting = false
})

await Effect.runPromise(Effect.scoped(program).pipe(Effect.provide(platformOn(layerAt(order.database, { watch })))))
writeSync(1, `${commits}\n`)
process.exit(0)
