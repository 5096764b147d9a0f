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
  readonly sentinels: string | undefined
  readonly sentinelMaster: string
  readonly sentinelUser: string | undefined
  readonly sentinelTls: boolean
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

/** Where Sentinels know the master, they are looked at first, and the address may be left out. */
const redisFindings = Effect.fnUntraced(function* ({ redis: url = "redis://master", ...flags }: DoctorFlags) {
  const { env } = yield* Host
  const { redisFindings: look } = yield* Effect.promise(() => import("../doctor/redis.ts"))
  if (flags.sentinels === undefined) return yield* look(url, env)
  const of = yield* Effect.promise(() => import("../doctor/sentinels.ts"))
  const { sentinelMaster: master, sentinelTls: tls, sentinelUser: username, sentinels } = flags
  const options = yield* of.sentinelOptions({ sentinels, master, username, tls }, env)
  const [around, own] = yield* Effect.all([of.sentinelFindings(options), look(url, env, options)], { concurrency: 2 })
  return [...around, ...own]
})

/** Fails with `NeedsAction` where there is a problem. */
export const doctor = (flags: DoctorFlags) => {
  const { database } = flags
  const asksRedis = flags.redis !== undefined || flags.sentinels !== undefined
  return withServices(
    Effect.gen(function* () {
      const output = yield* Output
      const server: Look = database === undefined && !asksRedis ? yield* lookAtServer : { document: {}, findings: [] }
      const findings: ReadonlyArray<OneFinding> = [
        ...server.findings,
        ...(database === undefined ? [] : yield* databaseFindings(database)),
        ...(asksRedis ? yield* redisFindings(flags) : [])
      ]
      yield* output.item({ ...server.document, findings }, findingsText(findings, output.color))
      if (worst(findings) === "problem") return yield* new NeedsAction({ message: "Somebody must act." })
    })
  ).pipe(Effect.provide(Logger.layer([])))
}
