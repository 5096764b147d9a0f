/** `/healthz`: the process lives. `/readyz`: it can do its work, or what is missing and why. */
import { Context, Effect, Layer, Option } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import { SqlClient } from "effect/sql"
import * as Migrations from "../migrations/Migrations.ts"
import { BackgroundLoops } from "../shared/BackgroundLoops.ts"
import * as WriteProbe from "../shared/WriteProbe.ts"

/** A part of the backend that can't do its work. */
export interface NotReadyPart {
  readonly name: string
  /** Why it can't. Anybody may read it, so it contains nothing secret. */
  readonly reason: string
}

/**
 * The answer to `/readyz`. A check that fails or takes longer than 2.5 seconds counts as missing; `missing` itself
 * never fails.
 */
export class Readiness extends Context.Service<
  Readiness,
  {
    /** What is missing; empty when the backend can do its work. */
    readonly missing: Effect.Effect<ReadonlyArray<NotReadyPart>>
  }
>()("@galaxy/core/http/Readiness") {}

const patience = "2500 millis"

/** Returns why the part isn't ready; undefined if it is. */
type Check = Effect.Effect<string | undefined, unknown>

/**
 * Ready means: the database takes writes and has every migration of this release, each background loop has completed a
 * pass recently, and the host's further checks (`others`, by name) are true.
 */
export const layer = (
  others: Readonly<Record<string, Effect.Effect<boolean>>> = {}
): Layer.Layer<Readiness, never, SqlClient.SqlClient | BackgroundLoops> =>
  Layer.effect(
    Readiness,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const loops = yield* BackgroundLoops
      const database = yield* WriteProbe.make
      // Migrations are never undone, so they are looked up until all are applied, and at most once a second.
      let migrated = false
      const missingMigrations = yield* Effect.cachedWithTTL(
        Effect.map(
          sql<{ last: number | null }>`SELECT max(migration_id)::int AS last FROM ${sql(Migrations.table)}`,
          ([row]) => {
            migrated = (row?.last ?? 0) >= Migrations.latest
            return migrated ? undefined : "not all applied"
          }
        ),
        "1 second"
      )
      const migrations = Effect.suspend(() => (migrated ? Effect.succeed(undefined) : missingMigrations))
      const checks: ReadonlyArray<readonly [string, Check]> = [
        ["database", database],
        ["migrations", migrations],
        ...Object.entries(others).map(
          ([name, check]) => [name, Effect.map(check, (there) => (there ? undefined : "not available"))] as const
        )
      ]
      const found = Effect.forEach(
        checks,
        ([name, check]) =>
          check.pipe(
            Effect.timeoutOption(patience),
            Effect.map(Option.getOrElse((): string | undefined => "no answer in time")),
            Effect.catchCause(() => Effect.succeed("the check failed")),
            Effect.map((reason) => (reason === undefined ? [] : [{ name, reason }]))
          ),
        { concurrency: "unbounded" }
      )
      const idle = Effect.map(loops.stalled, (all) =>
        all.map(({ name, seconds }) => ({ name, reason: `no pass completed for ${seconds} s` }))
      )
      return Readiness.of({
        missing: Effect.map(Effect.all([found, idle]), ([checked, stalled]) => [...checked.flat(), ...stalled])
      })
    })
  )

const answer = (status: number, body: unknown) => HttpServerResponse.jsonUnsafe(body, { status })

/** Method and path of the probes, for the 404 and 405 answers of `notFound`. */
export const routes = [
  { method: "GET", path: "/healthz" },
  { method: "GET", path: "/readyz" }
] as const

/** `/healthz` is always 200. `/readyz` is 200, or 503 with the names and reasons of what is missing. */
export const probes = Layer.unwrap(
  Effect.map(Readiness, (readiness) =>
    Layer.mergeAll(
      HttpRouter.add("GET", "/healthz", answer(200, { status: "ok" })),
      HttpRouter.add(
        "GET",
        "/readyz",
        Effect.map(readiness.missing, (missing) =>
          missing.length === 0
            ? answer(200, { status: "ready" })
            : answer(503, {
                status: "unavailable",
                missing: missing.map((it) => it.name),
                reasons: Object.fromEntries(missing.map((it) => [it.name, it.reason]))
              })
        )
      )
    )
  )
)
