/**
 * The backend's own services over a database without a backend: the same code does the same work. No worker runs, no
 * mail is sent and no engine is started; a backend that starts later does what is left.
 */
import * as Core from "@galaxy/core/Core"
import { PasswordHasher } from "@galaxy/core/admin/PasswordHasher"
import * as ErasureLedger from "@galaxy/core/account/ErasureLedger"
import * as EngineHost from "@galaxy/core/engine/EngineHost"
import * as GeoIp from "@galaxy/core/geo/GeoIp"
import * as SecretBox from "@galaxy/core/mail/SecretBox"
import * as MailTransport from "@galaxy/core/mail/MailTransport"
import * as scryptHash from "@galaxy/host-node/crypto/scryptHash"
import * as FileErasureLedger from "@galaxy/host-node/files/FileErasureLedger"
import { Effect, Layer, type Redacted } from "effect"
import { FetchHttpClient } from "effect/http"
import { SqlClient } from "effect/sql"
import { Usage } from "../failures.ts"
import { Globals } from "../globals.ts"
import { Host } from "../host/Host.ts"
import { Offline } from "./Offline.ts"
import { upToDate } from "./database.ts"

const everyWorker = {
  mail: true,
  runtime: true,
  "push-pruner": true,
  "auth-pruner": true,
  "account-ends": true,
  erasure: true,
  "mail-pruner": true,
  "runtime-pruner": true,
  "notification-pruner": true,
  "invite-pruner": true,
  "state-pruner": true,
  entitlements: true,
  "race-name-sweeper": true
} as const satisfies Partial<Record<Core.WorkerName, true>>

/** Passwords are set here and verified by a backend. */
export const hasher = Layer.succeed(PasswordHasher, { hash: scryptHash.hash, verify: scryptHash.verify })

const coreOf = (secret: Redacted.Redacted<Uint8Array>, mailFrom: string, ledger: ErasureLedger.ErasureLedger) =>
  Core.layer({
    secret,
    mailFrom,
    erasureLedger: ledger,
    withoutWorkers: Object.keys(everyWorker) as ReadonlyArray<Core.WorkerName>
  }).pipe(
    Layer.provide(
      Layer.mergeAll(MailTransport.layerNone, EngineHost.layerNone, GeoIp.layerNone, hasher, FetchHttpClient.layer)
    )
  )

/** Fails where the newest queued or sent mail was sealed with another key: then what is looked for wouldn't be found. */
const rightKey = (secret: Redacted.Redacted<Uint8Array>) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const box = yield* SecretBox.SecretBox
    const [mail] = yield* sql<{ payload_id: string; body: Uint8Array }>`
      SELECT payload_id, body FROM backend.mail_payloads WHERE length(body) > 0 ORDER BY created_at DESC LIMIT 1`
    if (mail === undefined) return
    yield* Effect.mapError(
      box.open(mail.body, mail.payload_id),
      () =>
        new Usage({
          message: "BACKEND_SECRET_KEY isn't the key of this database. Nothing was done.",
          hint: "Set it as for the backend."
        })
    )
  }).pipe(Effect.provide(SecretBox.layer({ secret })))

/** Runs a handler with all services of the backend. The database must have exactly this release's migrations. */
export const withCore = <A, E, R>(handler: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const { secret, ledger } = yield* Offline
    const { dryRun } = yield* Globals
    const { env } = yield* Host
    yield* upToDate
    if (secret === undefined) {
      return yield* new Usage({
        message: "The backend's secret key is needed: it tells which sign-ins and blocks are the person's.",
        hint: "Set BACKEND_SECRET_KEY as for the backend."
      })
    }
    yield* rightKey(secret)
    // A dry run must leave nothing behind outside of the transaction that it rolls back.
    const kept = ledger === undefined || dryRun ? ErasureLedger.none : FileErasureLedger.make(ledger)
    return yield* Effect.provide(handler, coreOf(secret, env["BACKEND_SMTP_FROM"] || "Galaxy <galaxy@localhost>", kept))
  })
