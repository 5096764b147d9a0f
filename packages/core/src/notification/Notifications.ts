/**
 * Notifies players by every channel of the kind, in the transaction of the fact.
 *
 * One notification per kind and idempotency key, one route per recipient and channel. A malformed intent is put aside
 * and never fails or delays the producer. Mails that players cause are bounded: beyond the limits, the mail is skipped
 * and the event is still sent.
 */
import type { UserId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Effect, Layer, Result } from "effect"
import { SqlClient } from "effect/sql"
import { letter } from "../mail/Letter.ts"
import { MailOutbox } from "../mail/MailOutbox.ts"
import { PushLog } from "../push/PushLog.ts"
import { newId } from "../shared/NewId.ts"
import { StorageError } from "../shared/StorageError.ts"
import { AccountStore } from "../account/AccountStore.ts"
import { Standing } from "../standing/Standing.ts"
import { defaults, type NotificationLimits, withRoom } from "./mailRoom.ts"
import { excerpt, type Intent, type KnownIntent, type Prepared, prepare, reasonOf } from "./Intent.ts"

/** Notifies players by event and mail. A malformed intent is quarantined and logged, not an error. */
export class Notifications extends Context.Service<
  Notifications,
  {
    /** Joins the caller's transaction. Submitting the same fact again does nothing. */
    submit(intent: KnownIntent): Effect.Effect<void, StorageError>
  }
>()("@galaxy/core/notification/Notifications") {}

/** How notifications are sent. */
export interface NotificationOptions extends NotificationLimits {
  /** The operators' address. Without it, what they would be told is stored as skipped, and logged. */
  readonly operators?: { readonly address: string; readonly language: string } | undefined
}

interface Route {
  readonly channel: "push" | "email"
  /** Null for the operators' address. */
  readonly user_id: UserId | null
  /**
   * Pushed or enqueued with this transaction, or skipped: the account may not act, has had its mails for today, or the
   * operators have no address.
   */
  readonly status: "published" | "enqueued" | "skipped"
}

/** Recipients that may not act, as `Standing` says, get nothing and are recorded as skipped. */
export const layer = (
  options: Partial<NotificationOptions> = {}
): Layer.Layer<Notifications, never, SqlClient.SqlClient | PushLog | MailOutbox | Standing | AccountStore> =>
  Layer.effect(
    Notifications,
    Effect.gen(function* () {
      const limits = { ...defaults, ...options }
      const sql = yield* SqlClient.SqlClient
      const push = yield* PushLog
      const mail = yield* MailOutbox
      const accounts = yield* AccountStore
      const standing = yield* Standing

      const quarantine = (intent: Intent, fault: string) =>
        sql
          .withTransaction(
            Effect.gen(function* () {
              const now = yield* DateTime.nowAsDate
              yield* sql`
              INSERT INTO backend.notification_malformed_intents (id, received_at, payload, reason, created_at)
              VALUES (${yield* newId}, ${now}, ${excerpt(intent)}::text::jsonb, ${reasonOf(fault)}, ${now})`
              yield* Effect.logWarning("a malformed notification was put aside")
            })
          )
          .pipe(
            // A savepoint in the producer's transaction: a failure here undoes only this.
            Effect.catch((error) =>
              Effect.logError("a malformed notification was lost").pipe(
                Effect.annotateLogs(StorageError.fieldsOf(error))
              )
            ),
            Effect.annotateLogs({ kind: reasonOf(JSON.stringify(intent.kind)).slice(0, 64) })
          )

      /** Contacts of the accounts that may act; the others get nothing. */
      const reachable = Effect.fnUntraced(function* (userIds: ReadonlyArray<UserId>) {
        const active = yield* standing.active(userIds)
        const contacts = yield* accounts.contacts([...active])
        return new Map(contacts.map((it) => [it.userId, it]))
      })

      /** Returns undefined if the fact was submitted before. */
      const record = Effect.fnUntraced(function* (intent: Intent, { stored, mailSender }: Prepared, now: Date) {
        const inserted = yield* sql<{ id: string }>`
        INSERT INTO backend.notifications
          (notification_id, kind, idempotency_key, sender_user_id, payload, created_at)
        VALUES (${yield* newId}, ${intent.kind}, ${intent.idempotencyKey}, ${mailSender ?? null}, ${stored}::text::jsonb, ${now})
        ON CONFLICT (kind, idempotency_key) DO NOTHING RETURNING notification_id AS id`
        return inserted[0]?.id
      })

      const recordRoutes = Effect.fnUntraced(function* (id: string, routes: ReadonlyArray<Route>, now: Date) {
        if (routes.length === 0) return
        const rows = yield* Effect.forEach(routes, (route) => Effect.map(newId, (route_id) => ({ route_id, ...route })))
        yield* sql`
        INSERT INTO backend.notification_routes
          (route_id, notification_id, channel, user_id, status, last_attempt_at, created_at)
        SELECT r.route_id, ${id}::uuid, r.channel, r.user_id, r.status,
          CASE WHEN r.status = 'skipped' THEN NULL ELSE ${now}::timestamptz END, ${now}::timestamptz
        FROM jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
          AS r(route_id uuid, channel text, user_id uuid, status text)`
      })

      const enqueue = Effect.fnUntraced(function* (
        intent: Intent,
        prepared: Prepared,
        to: { readonly key: string; readonly address: string; readonly language: string }
      ) {
        if (prepared.mail === undefined) return
        yield* mail.enqueue({
          templateId: intent.kind,
          idempotencyKey: `${intent.idempotencyKey}:${to.key}`,
          to: to.address,
          ...letter(prepared.mail(to.language)),
          ...(prepared.mailExpiresAt === undefined ? {} : { expiresAt: prepared.mailExpiresAt })
        })
      })

      /** The event of each recipient. Locks them until the commit, which the counting of their mails relies on. */
      const pushTo = Effect.fnUntraced(function* (
        { kind }: Intent,
        { event, recipients }: Prepared,
        told: ReadonlyArray<UserId>
      ) {
        if (event === undefined) return []
        yield* push.append(told.map((userId) => ({ userId, kind, payload: event })))
        const reached = new Set(told)
        return recipients.map(
          (user_id): Route => ({ channel: "push", user_id, status: reached.has(user_id) ? "published" : "skipped" })
        )
      })

      const mailTo = Effect.fnUntraced(function* (
        intent: Intent,
        prepared: Prepared,
        reached: ReadonlyMap<UserId, { readonly email: string; readonly language: string }>
      ) {
        const { mailSender: sender, recipients } = prepared
        const told = recipients.filter((it) => reached.has(it))
        const mailed =
          sender === undefined ? reached : yield* withRoom(sql, limits, { kind: intent.kind, sender, recipients: told })
        const routes: Array<Route> = []
        for (const user_id of recipients) {
          const account = mailed.has(user_id) ? reached.get(user_id) : undefined
          routes.push({ channel: "email", user_id, status: account === undefined ? "skipped" : "enqueued" })
          if (account === undefined) continue
          yield* enqueue(intent, prepared, { key: user_id, address: account.email, language: account.language })
        }
        return routes
      })

      const mailToOperators = Effect.fnUntraced(function* (intent: Intent, prepared: Prepared) {
        const to = limits.operators
        if (to === undefined) {
          yield* Effect.logWarning("operators weren't told by mail: they have no address").pipe(
            Effect.annotateLogs({ kind: intent.kind })
          )
        } else {
          yield* enqueue(intent, prepared, { key: "operators", ...to })
        }
        return [{ channel: "email", user_id: null, status: to === undefined ? "skipped" : "enqueued" } satisfies Route]
      })

      const fanOut = Effect.fnUntraced(function* (intent: Intent, prepared: Prepared) {
        const now = yield* DateTime.nowAsDate
        const id = yield* record(intent, prepared, now)
        if (id === undefined) return
        if (prepared.mailTo === "operators") {
          return yield* recordRoutes(id, yield* mailToOperators(intent, prepared), now)
        }
        const reached = yield* reachable(prepared.recipients)
        const told = prepared.recipients.filter((it) => reached.has(it))
        const pushes = yield* pushTo(intent, prepared, told)
        const mails = prepared.mail === undefined ? [] : yield* mailTo(intent, prepared, reached)
        yield* recordRoutes(id, [...pushes, ...mails], now)
      })

      const submit = Effect.fn("Notifications.submit")(function* (intent: Intent) {
        const prepared = prepare(intent)
        if (Result.isFailure(prepared)) return yield* quarantine(intent, prepared.failure)
        yield* sql.withTransaction(fanOut(intent, prepared.success))
      }, StorageError.refail)

      return Notifications.of({ submit })
    })
  )
