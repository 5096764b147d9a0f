/**
 * Finds out by writing whether the database takes writes: one that only answers reads may be read-only or full.
 *
 * One row is written and committed, in place, so that nothing grows. A full disk often has room left for that, so half
 * a megabyte is also spilled into a temporary file, which the database removes again. However many callers ask, at most
 * one probe a second runs.
 */
import { Clock, Deferred, Duration, Effect, type Scope } from "effect"
import { SqlClient } from "effect/sql"
import { databaseTrouble } from "./databaseTrouble.ts"

/** How long a result is reused. */
const keep = Duration.toNanosUnsafe(Duration.seconds(1))

/** How long a caller waits for a result. */
const patience = Duration.seconds(2)

/** A probe that is still running after this time is abandoned, and another one starts. */
const giveUp = Duration.toNanosUnsafe(Duration.seconds(10))

interface ProbeAttempt {
  readonly begunAt: bigint
  endedAt: bigint | undefined
  readonly trouble: Deferred.Deferred<string | undefined>
}

/** Makes the probe. Running it returns what prevents writes, in words for operators, or undefined if nothing does. */
export const make: Effect.Effect<
  Effect.Effect<string | undefined>,
  never,
  SqlClient.SqlClient | Scope.Scope
> = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const scope = yield* Effect.scope

  const write = sql
    .withTransaction(
      Effect.gen(function* () {
        // Limits that protect others: a process that freezes in here must not keep them from the row.
        yield* sql`SELECT set_config('work_mem', '64kB', true), set_config('lock_timeout', '1s', true),
          set_config('idle_in_transaction_session_timeout', '5s', true)`
        yield* sql`WITH filler AS MATERIALIZED (SELECT repeat('x', 8000) AS block FROM generate_series(1, 64))
          SELECT count(block) FROM filler`
        yield* sql`INSERT INTO backend.write_probe AS p (singleton, written_at) VALUES (true, clock_timestamp())
          ON CONFLICT (singleton) DO UPDATE SET written_at = excluded.written_at`
      })
    )
    .pipe(
      Effect.as(undefined),
      Effect.catch((error) => Effect.succeed(databaseTrouble(error) ?? "refusing writes")),
      Effect.catchCause(() => Effect.succeed("refusing writes"))
    )

  let latest: ProbeAttempt | undefined
  const isCurrent = (it: ProbeAttempt, now: bigint) =>
    it.endedAt === undefined ? now - it.begunAt < giveUp : now - it.endedAt < keep

  const current = Effect.gen(function* () {
    const now = yield* Clock.monotonicTimeNanos
    if (latest !== undefined && isCurrent(latest, now)) return latest
    const attempt: ProbeAttempt = { begunAt: now, endedAt: undefined, trouble: Deferred.makeUnsafe() }
    latest = attempt
    yield* Effect.forkIn(
      Effect.onExit(
        Effect.timeoutOrElse(write, { duration: patience, orElse: () => Effect.succeed("too slow") }),
        (exit) =>
          Effect.flatMap(Clock.monotonicTimeNanos, (ended) => {
            attempt.endedAt = ended
            return Deferred.done(attempt.trouble, exit)
          })
      ),
      scope
    )
    return attempt
  })

  return Effect.flatMap(current, ({ trouble }) =>
    Effect.timeoutOrElse(Deferred.await(trouble), { duration: patience, orElse: () => Effect.succeed("too slow") })
  )
})
