/**
 * The operators' view of the mail outbox, and resending of mails that were not sent.
 *
 * Texts are never shown, and a delivery that was sent is never sent again from here.
 */
import { DeliveryId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Effect, Layer, Option, Schema } from "effect"
import { SqlClient, SqlSchema } from "effect/sql"
import { DatabaseSignal } from "../shared/DatabaseSignal.ts"
import { StorageError } from "../shared/StorageError.ts"
import { Attempt, DeadLetter, Delivery, DeliveryNotFound, DeliveryNotResendable, Status } from "./Mail.ts"

/** A page of a listing: newest first, by id. */
export interface DeliveriesPage {
  /** 1 to 200; other values are clamped. */
  readonly limit: number
  /** Only rows older than this id: the last one of the previous page. */
  readonly before?: string
}

/** Lists deliveries, attempts and dead letters, and makes a delivery due again. */
export class MailDeliveries extends Context.Service<
  MailDeliveries,
  {
    /** Newest first. */
    list(page: DeliveriesPage & { readonly status?: Status }): Effect.Effect<ReadonlyArray<Delivery>, StorageError>
    get(deliveryId: DeliveryId): Effect.Effect<Delivery, DeliveryNotFound | StorageError>
    /** Oldest first. */
    attempts(deliveryId: DeliveryId): Effect.Effect<ReadonlyArray<Attempt>, DeliveryNotFound | StorageError>
    /** Newest first. */
    deadLetters(page: DeliveriesPage): Effect.Effect<ReadonlyArray<DeadLetter>, StorageError>
    /**
     * Makes the delivery due at once and resets its count of attempts. Fails with `DeliveryNotResendable` if it was
     * sent, is being sent, has expired or was wiped.
     */
    resend(deliveryId: DeliveryId): Effect.Effect<void, DeliveryNotFound | DeliveryNotResendable | StorageError>
  }
>()("@galaxy/core/mail/MailDeliveries") {}

const longestPage = 200
// Above every id.
const newest = "ffffffff-ffff-ffff-ffff-ffffffffffff"
const Page = Schema.Struct({ limit: Schema.Int, before: Schema.String })
const pageOf = ({ limit, before }: DeliveriesPage) => ({
  limit: Math.min(Math.max(1, Math.floor(limit)), longestPage),
  before: before ?? newest
})

/** `resend` wakes the mail worker when its transaction commits. */
export const layer: Layer.Layer<MailDeliveries, never, SqlClient.SqlClient | DatabaseSignal> = Layer.effect(
  MailDeliveries,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const signal = yield* DatabaseSignal

    const delivery = sql.literal(`
      d.delivery_id AS "deliveryId", d.template_id AS "templateId", d.idempotency_key AS "idempotencyKey", d.status,
      d.attempts, ARRAY(SELECT r.address FROM backend.mail_recipients r WHERE r.delivery_id = d.delivery_id) AS "to",
      p.subject, d.message_id AS "messageId", d.created_at AS "createdAt", d.next_attempt_at AS "nextAttemptAt",
      d.expires_at AS "expiresAt", d.sent_at AS "sentAt"
      FROM backend.mail_deliveries d JOIN backend.mail_payloads p USING (payload_id)`)

    // Ids are ordered by the time they were made.
    const selectList = SqlSchema.findAll({
      Request: Schema.Struct({ ...Page.fields, status: Schema.NullOr(Status) }),
      Result: Delivery,
      execute: (it) => sql`
        SELECT ${delivery}
        WHERE d.delivery_id < ${it.before}::uuid AND (${it.status}::text IS NULL OR d.status = ${it.status}::text)
        ORDER BY d.delivery_id DESC LIMIT ${it.limit}::int`
    })

    const selectOne = SqlSchema.findOneOption({
      Request: DeliveryId,
      Result: Delivery,
      execute: (id) => sql`SELECT ${delivery} WHERE d.delivery_id = ${id}`
    })

    const selectAttempts = SqlSchema.findAll({
      Request: DeliveryId,
      Result: Attempt,
      execute: (id) => sql`
        SELECT attempt_no AS "attemptNo", started_at AS "startedAt", finished_at AS "finishedAt", outcome, error
        FROM backend.mail_attempts WHERE delivery_id = ${id} ORDER BY attempt_no`
    })

    const selectDeadLetters = SqlSchema.findAll({
      Request: Page,
      Result: DeadLetter,
      execute: (it) => sql`
        SELECT l.dead_letter_id AS "deadLetterId", l.delivery_id AS "deliveryId", d.template_id AS "templateId",
          l.archived_at AS "archivedAt", l.reason
        FROM backend.mail_dead_letters l JOIN backend.mail_deliveries d USING (delivery_id)
        WHERE l.dead_letter_id < ${it.before}::uuid
        ORDER BY l.dead_letter_id DESC LIMIT ${it.limit}::int`
    })

    const selectForResend = SqlSchema.findOneOption({
      Request: DeliveryId,
      Result: Schema.Struct({
        status: Status,
        expiresAt: Schema.NullOr(Schema.DateTimeUtcFromDate),
        wiped: Schema.Boolean
      }),
      execute: (id) => sql`
        SELECT d.status, d.expires_at AS "expiresAt", octet_length(p.body) = 0 AS wiped
        FROM backend.mail_deliveries d JOIN backend.mail_payloads p USING (payload_id)
        WHERE d.delivery_id = ${id} FOR UPDATE OF d`
    })

    const get = Effect.fn("MailDeliveries.get")(function* (deliveryId: DeliveryId) {
      const found = yield* StorageError.refail(selectOne(deliveryId))
      if (Option.isNone(found)) return yield* new DeliveryNotFound({ deliveryId })
      return found.value
    })

    const conditionAgainst = (
      row: { readonly status: Status; readonly expiresAt: DateTime.Utc | null; readonly wiped: boolean },
      now: DateTime.Utc
    ): DeliveryNotResendable["condition"] | undefined => {
      if (row.status === "sent" || row.status === "sending") return row.status
      if (row.expiresAt !== null && DateTime.isLessThanOrEqualTo(row.expiresAt, now)) return "expired"
      return row.wiped ? "wiped" : undefined
    }

    const resend = Effect.fn("MailDeliveries.resend")(function* (deliveryId: DeliveryId) {
      const now = yield* DateTime.now
      yield* sql.withTransaction(
        Effect.gen(function* () {
          const row = yield* selectForResend(deliveryId)
          if (Option.isNone(row)) return yield* new DeliveryNotFound({ deliveryId })
          const condition = conditionAgainst(row.value, now)
          if (condition !== undefined) return yield* new DeliveryNotResendable({ deliveryId, condition })
          const at = DateTime.toDateUtc(now)
          yield* sql`
            UPDATE backend.mail_deliveries
            SET status = 'pending', attempts = 0, next_attempt_at = ${at}, updated_at = ${at}
            WHERE delivery_id = ${deliveryId}`
          yield* signal.send("galaxy_mail")
        })
      )
    }, StorageError.refail)

    return MailDeliveries.of({
      list: Effect.fn("MailDeliveries.list")((page) =>
        StorageError.refail(selectList({ ...pageOf(page), status: page.status ?? null }))
      ),
      get,
      attempts: Effect.fn("MailDeliveries.attempts")(function* (deliveryId) {
        yield* get(deliveryId)
        return yield* StorageError.refail(selectAttempts(deliveryId))
      }),
      deadLetters: Effect.fn("MailDeliveries.deadLetters")((page) =>
        StorageError.refail(selectDeadLetters(pageOf(page)))
      ),
      resend
    })
  })
)
