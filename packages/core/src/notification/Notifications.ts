/**
 * Tells players of something by every channel of its kind, in the transaction of the fact.
 *
 * One notification per kind and idempotency key, one route per recipient and channel. A malformed intent is put aside and
 * never fails or delays the producer.
 */
import * as codec from "@galaxy/contract/fbs/codec"
import { tables } from "@galaxy/contract/gen/fbs-tables"
import type { UserId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Effect, Layer, Result, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { MailOutbox } from "../mail/MailOutbox.ts"
import { PushLog } from "../push/PushLog.ts"
import { newId } from "../shared/NewId.ts"
import { StorageError } from "../shared/StorageError.ts"
import * as Catalog from "./Catalog.ts"

export interface Intent {
  /** A kind of the catalogue. */
  readonly kind: string
  /** Of the producer's making; with the kind it names the fact. */
  readonly idempotencyKey: string
  readonly recipients: ReadonlyArray<UserId>
  readonly payload: codec.JsonObject
}

export class Notifications extends Context.Service<
  Notifications,
  {
    /** Joins the caller's transaction. The same fact submitted again does nothing. */
    submit(intent: Intent): Effect.Effect<void, StorageError>
  }
>()("@galaxy/core/notification/Notifications") {}

interface Recipient {
  readonly userId: UserId
  readonly email: string
  readonly language: string
}

/** Everything about an intent that can be wrong without asking the database. */
const prepare = (intent: Intent) => {
  const kind = Catalog.find(intent.kind)
  if (kind === undefined) return Result.fail("unknown kind")
  const payload = Schema.decodeUnknownResult(kind.payload)(intent.payload)
  if (Result.isFailure(payload)) return Result.fail(`payload: ${payload.failure.message}`)
  try {
    const event = kind.push === undefined ? undefined : codec.encode(tables, kind.push, intent.payload)
    return Result.succeed({ kind, payload: payload.success, event })
  } catch (cause) {
    return Result.fail(cause instanceof Error ? cause.message : String(cause))
  }
}

export const layer: Layer.Layer<Notifications, never, SqlClient.SqlClient | PushLog | MailOutbox> = Layer.effect(
  Notifications,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const push = yield* PushLog
    const mail = yield* MailOutbox

    const quarantine = (intent: Intent, reason: string) =>
      Effect.gen(function* () {
        const payload = JSON.stringify({ ...intent, recipients: intent.recipients.length })
        yield* sql`
          INSERT INTO backend.notification_malformed_intents (id, received_at, payload, reason)
          VALUES (${yield* newId}, ${yield* DateTime.nowAsDate}, ${payload}::text::jsonb, ${reason.slice(0, 2_000)})`
        yield* Effect.logWarning("a malformed notification was put aside").pipe(
          Effect.annotateLogs({ kind: intent.kind })
        )
      })

    const recipientsOf = (userIds: ReadonlyArray<UserId>) =>
      userIds.length === 0
        ? Effect.succeed([])
        : sql<Recipient>`
            SELECT user_id AS "userId", email, preferred_language AS language FROM backend.accounts
            WHERE ${sql.in("user_id", userIds)} AND deleted_at IS NULL`

    const route = (notificationId: string, channel: "push" | "email", userId: UserId, status: string, now: Date) =>
      Effect.flatMap(
        newId,
        (id) => sql`
          INSERT INTO backend.notification_routes
            (route_id, notification_id, channel, user_id, status, last_attempt_at, created_at)
          VALUES (${id}, ${notificationId}, ${channel}, ${userId}, ${status}, ${now}, ${now})`
      )

    const submit = Effect.fn("Notifications.submit")(function* (intent: Intent) {
      const prepared = prepare(intent)
      if (Result.isFailure(prepared)) return yield* quarantine(intent, prepared.failure)
      const { kind, payload, event } = prepared.success
      yield* sql.withTransaction(
        Effect.gen(function* () {
          const now = yield* DateTime.nowAsDate
          const inserted = yield* sql<{ id: string }>`
            INSERT INTO backend.notifications (notification_id, kind, idempotency_key, payload, created_at)
            VALUES (${yield* newId}, ${intent.kind}, ${intent.idempotencyKey}, ${JSON.stringify(intent.payload)}::text::jsonb, ${now})
            ON CONFLICT (kind, idempotency_key) DO NOTHING RETURNING notification_id AS id`
          const id = inserted[0]?.id
          if (id === undefined) return
          const wanted = [...new Set(intent.recipients)]
          const reachable = new Map((yield* recipientsOf(wanted)).map((it) => [it.userId, it]))
          if (event !== undefined) {
            yield* push.append([...reachable.keys()].map((userId) => ({ userId, kind: intent.kind, payload: event })))
            for (const userId of wanted) {
              yield* route(id, "push", userId, reachable.has(userId) ? "published" : "skipped", now)
            }
          }
          if (kind.mail === undefined) return
          for (const userId of wanted) {
            const recipient = reachable.get(userId)
            yield* route(id, "email", userId, recipient === undefined ? "skipped" : "enqueued", now)
            if (recipient === undefined) continue
            const text = kind.mail[Catalog.languageOf(recipient.language)](payload)
            yield* mail.enqueue({
              templateId: intent.kind,
              idempotencyKey: `${intent.idempotencyKey}:${userId}`,
              to: recipient.email,
              ...text
            })
          }
        })
      )
    }, StorageError.refail)

    return Notifications.of({ submit })
  })
)
