/** `/healthz`: the process lives. `/readyz`: it can do its work, or what is missing. */
import { Context, Effect, Layer } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import { SqlClient } from "effect/sql"
import * as Migrations from "../migrations/Migrations.ts"

export class Readiness extends Context.Service<
  Readiness,
  {
    /** What is missing; empty when the backend can do its work. */
    readonly missing: Effect.Effect<ReadonlyArray<string>>
  }
>()("@galaxy/core/http/Readiness") {}

const patience = "2 seconds"

/**
 * The database answers and knows every migration of this release; and whatever else the host says, by name: that its
 * push listener is bound, say.
 */
export const layer = (
  others: Readonly<Record<string, Effect.Effect<boolean>>> = {}
): Layer.Layer<Readiness, never, SqlClient.SqlClient> =>
  Layer.effect(
    Readiness,
    Effect.map(SqlClient.SqlClient, (sql) => {
      const migrated = Effect.map(
        sql<{ last: number | null }>`SELECT max(migration_id)::int AS last FROM ${sql(Migrations.table)}`,
        ([row]) => (row?.last ?? 0) >= Migrations.latest
      )
      const database = Effect.map(sql`SELECT 1`, () => true)
      const checks = Object.entries({ database, migrations: migrated, ...others })
      return Readiness.of({
        missing: Effect.map(
          Effect.forEach(
            checks,
            ([name, check]) =>
              check.pipe(
                Effect.timeout(patience),
                Effect.catchCause(() => Effect.succeed(false)),
                Effect.map((there) => ({ name, there }))
              ),
            { concurrency: "unbounded" }
          ),
          (found) => found.filter((it) => !it.there).map((it) => it.name)
        )
      })
    })
  )

const answer = (status: number, body: unknown) => HttpServerResponse.jsonUnsafe(body, { status })

export const routes = [
  { method: "GET", path: "/healthz" },
  { method: "GET", path: "/readyz" }
] as const

export const probes = Layer.unwrap(
  Effect.map(Readiness, (readiness) =>
    Layer.mergeAll(
      HttpRouter.add("GET", "/healthz", answer(200, { status: "ok" })),
      HttpRouter.add(
        "GET",
        "/readyz",
        Effect.map(readiness.missing, (missing) =>
          missing.length === 0 ? answer(200, { status: "ready" }) : answer(503, { status: "unavailable", missing })
        )
      )
    )
  )
)
