/** `doctor`: gathers findings of the server, or of a database and a Redis without one. */
import type { Finding } from "@galaxy/contract/api/admin/Diagnostics"
import { Effect, Logger } from "effect"
import { type Look, lookAtServer } from "../doctor/server.ts"
import { LocalFailure, NeedsAction } from "../failures.ts"
import { Host } from "../host/Host.ts"
import { Output } from "../output/Output.ts"
import { findingsText, worst } from "./findings.ts"
import { withServices } from "./services.ts"

type OneFinding = typeof Finding.Type

/** What to look at besides, or instead of, a backend. */
export interface DoctorFlags {
  readonly database: string | undefined
  readonly redis: string | undefined
}

/** Neither is loaded for a check of the server. */
const databaseFindings = Effect.fnUntraced(function* (url: string) {
  const { withDatabase } = yield* Effect.promise(() => import("../offline/open.ts"))
  const { findings } = yield* Effect.promise(() => import("../offline/database.ts"))
  return yield* withDatabase({ database: url, dataDir: undefined }, findings).pipe(
    Effect.catchIf(
      (error) => error instanceof LocalFailure,
      (error) =>
        Effect.succeed<ReadonlyArray<OneFinding>>([
          {
            id: "database",
            state: "problem",
            message: error.message,
            help: "Check the address and the password (PGPASSWORD), and whether PostgreSQL runs."
          }
        ])
    ),
    Effect.mapError((error) =>
      "_tag" in error && error._tag === "Usage"
        ? error
        : new LocalFailure({ message: "The database's answer can't be understood." })
    )
  )
})

const redisFindings = Effect.fnUntraced(function* (url: string) {
  const redis = yield* Effect.promise(() => import("../doctor/redis.ts"))
  return yield* redis.redisFindings(url, (yield* Host).env)
})

/** Fails with `NeedsAction` where there is a problem. */
export const doctor = ({ database, redis }: DoctorFlags) =>
  withServices(
    Effect.gen(function* () {
      const output = yield* Output
      const server: Look =
        database === undefined && redis === undefined ? yield* lookAtServer : { document: {}, findings: [] }
      const findings: ReadonlyArray<OneFinding> = [
        ...server.findings,
        ...(database === undefined ? [] : yield* databaseFindings(database)),
        ...(redis === undefined ? [] : yield* redisFindings(redis))
      ]
      yield* output.item({ ...server.document, findings }, findingsText(findings, output.color))
      if (worst(findings) === "problem") return yield* new NeedsAction({ message: "Somebody must act." })
    })
  ).pipe(Effect.provide(Logger.layer([])))
