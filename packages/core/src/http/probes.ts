/** `/healthz`: the process lives. `/readyz`: it can do its work, or what is missing. */
import { Context, Effect, Layer } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import { SqlClient } from "effect/sql"

export class Readiness extends Context.Service<
  Readiness,
  {
    /** Fails with what is missing. */
    readonly check: Effect.Effect<void, string>
  }
>()("@galaxy/core/http/Readiness") {}

/** The database answers; its schema was brought up to date before anything listened. */
export const layerDatabase: Layer.Layer<Readiness, never, SqlClient.SqlClient> = Layer.effect(
  Readiness,
  Effect.map(SqlClient.SqlClient, (sql) => ({
    check: sql`SELECT 1`.pipe(
      Effect.timeout("2 seconds"),
      Effect.mapError(() => "the database doesn't answer"),
      Effect.asVoid
    )
  }))
)

const answer = (status: number, body: unknown) => HttpServerResponse.jsonUnsafe(body, { status })

export const probes = Layer.mergeAll(
  HttpRouter.add("GET", "/healthz", answer(200, { status: "ok" })),
  HttpRouter.add(
    "GET",
    "/readyz",
    Effect.flatMap(Readiness, (readiness) =>
      Effect.match(readiness.check, {
        onFailure: (missing) => answer(503, { status: "unavailable", missing }),
        onSuccess: () => answer(200, { status: "ready" })
      })
    )
  )
)
