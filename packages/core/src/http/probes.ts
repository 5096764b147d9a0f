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
  /** What is the matter with it. Names nothing secret: anybody may ask. */
  readonly reason: string
}

export class Readiness extends Context.Service<
  Readiness,
  {
    /** What is missing; empty when the backend can do its work. */
    readonly missing: Effect.Effect<ReadonlyArray<NotReadyPart>>
  }
>()("@galaxy/core/http/Readiness") {}

const patience = "2500 millis"

/** Says what is the matter; undefined where nothing is. */
type Check = Effect.Effect<string | undefined, unknown>

/**
 * The database takes writes and knows every migration of this release, each background loop has completed a pass lately;
 * and whatever else the host says, by name: that its push listener is bound, say.
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
      const migrations = Effect.map(
        sql<{ last: number | null }>`SELECT max(migration_id)::int AS last FROM ${sql(Migrations.table)}`,
        ([row]) => ((row?.last ?? 0) >= Migrations.latest ? undefined : "not all applied")
      )
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
