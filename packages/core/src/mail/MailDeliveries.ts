/**
 * The operators' view of the mail outbox, and resending of mails that were not sent.
 *
 * Texts are never shown, and a delivery that was sent is never sent again from here. Listings show addresses masked:
 * only who asks for one delivery sees whose it is.
 */
import type * as Api from "@galaxy/contract/api/admin/Mail"
import type { DeliveryId, UserId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { AccountStore } from "../account/AccountStore.ts"
import { DatabaseSignal } from "../shared/DatabaseSignal.ts"
import { type CursorInvalid, pageOf, type PageRequest } from "../shared/Page.ts"
import { withoutNulls } from "../shared/rows.ts"
import { note } from "../shared/SideEffects.ts"
import { StorageError } from "../shared/StorageError.ts"
import { DeliveryFate } from "./DeliveryFate.ts"
import { AttemptRow, DeadLetterRow, DeliveryNotFound, DeliveryNotResendable, DeliveryRow, type Status } from "./Mail.ts"

/** Which deliveries are listed; all parts must match. */
export interface DeliveryFilter {
  readonly status?: Status
  readonly template_id?: string
  /** Mails to the address that this player has now. */
  readonly user_id?: UserId
}

/** Lists deliveries, attempts and dead letters, and makes a delivery due again. */
export class MailDeliveries extends Context.Service<
  MailDeliveries,
  {
    /** Newest first, with masked addresses. */
    list(
      filter: DeliveryFilter,
      page: PageRequest
    ): Effect.Effect<typeof Api.DeliveryList.Type, CursorInvalid | StorageError>
    /** With the whole address. */
    get(deliveryId: DeliveryId): Effect.Effect<typeof Api.Delivery.Type, DeliveryNotFound | StorageError>
    /** As it is listed; locks the delivery until the transaction ends. */
    locked(deliveryId: DeliveryId): Effect.Effect<typeof Api.DeliveryRow.Type, DeliveryNotFound | StorageError>
    /** Oldest first; the newest 200. */
    attempts(
      deliveryId: DeliveryId
    ): Effect.Effect<ReadonlyArray<typeof Api.Attempt.Type>, DeliveryNotFound | StorageError>
    /** Newest first. */
    deadLetters(page: PageRequest): Effect.Effect<typeof Api.DeadLetterList.Type, CursorInvalid | StorageError>
    /**
     * Makes the delivery due at once and resets its count of attempts. Fails with `DeliveryNotResendable` if it was
     * sent, is being sent, has expired or was wiped.
     */
    resend(deliveryId: DeliveryId): Effect.Effect<void, DeliveryNotFound | DeliveryNotResendable | StorageError>
  }
>()("@galaxy/core/mail/MailDeliveries") {}

const mostAttempts = 200

/** `ada@example.org` as `a…@example.org`. */
export const masked = (address: string): string => address.replace(/^(.)[^@]*(?=@)/u, "$1…")

const decodeDeliveries = Schema.decodeUnknownEffect(Schema.Array(DeliveryRow))
const decodeAttempts = Schema.decodeUnknownEffect(Schema.Array(AttemptRow))
const decodeLetters = Schema.decodeUnknownEffect(Schema.Array(DeadLetterRow))

const whole = ({ wiped: _wiped, subject, ...row }: typeof DeliveryRow.Type): typeof Api.Delivery.Type => ({
  ...withoutNulls(row),
  ...(subject === "" ? {} : { subject })
})

const listed = ({ wiped: _wiped, subject: _subject, idempotency_key: _key, ...row }: typeof DeliveryRow.Type) => ({
  ...withoutNulls(row),
  to: row.to.map(masked)
})

/** `resend` wakes the mail worker when its transaction commits. */
export const layer: Layer.Layer<
  MailDeliveries,
  never,
  SqlClient.SqlClient | DatabaseSignal | AccountStore | DeliveryFate
> = Layer.effect(
  MailDeliveries,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const signal = yield* DatabaseSignal
    const accounts = yield* AccountStore
    const fate = yield* DeliveryFate

    const delivery = sql.literal(`
      d.delivery_id, d.template_id, d.idempotency_key, d.status, d.attempts, d.message_id, d.created_at,
      d.next_attempt_at, d.expires_at, d.sent_at, p.subject, octet_length(p.body) = 0 AS wiped,
      ARRAY(SELECT r.address FROM backend.mail_recipients r WHERE r.delivery_id = d.delivery_id ORDER BY r.address) AS "to"
      FROM backend.mail_deliveries d JOIN backend.mail_payloads p USING (payload_id)`)

    /** The condition of a filter by player; undefined if there is no such player, who has no mails then. */
    const toUser = Effect.fnUntraced(function* (userId: UserId | undefined) {
      if (userId === undefined) return []
      const [contact] = yield* accounts.contacts([userId])
      return contact === undefined
        ? undefined
        : [sql`d.delivery_id IN (SELECT delivery_id FROM backend.mail_recipients WHERE address = ${contact.email})`]
    })

    const list = Effect.fn("MailDeliveries.list")(function* (filter: DeliveryFilter, page: PageRequest) {
      const matching = [
        ...(filter.status === undefined ? [] : [sql`d.status = ${filter.status}`]),
        ...(filter.template_id === undefined ? [] : [sql`d.template_id = ${filter.template_id}`])
      ]
      const { rows, next } = yield* pageOf(
        page,
        Effect.fnUntraced(function* (after, limit) {
          const ofUser = yield* toUser(filter.user_id)
          if (ofUser === undefined) return []
          const from = sql`(d.created_at, d.delivery_id) < (${after.createdAt}, ${after.id}::uuid)`
          return yield* decodeDeliveries(
            yield* sql`
              SELECT ${delivery} WHERE ${sql.and([from, ...matching, ...ofUser])}
              ORDER BY d.created_at DESC, d.delivery_id DESC LIMIT ${limit}::int`
          )
        }),
        (it) => it.delivery_id
      )
      return { deliveries: rows.map(listed), ...next }
    }, StorageError.refail)

    const find = Effect.fnUntraced(function* (deliveryId: DeliveryId, lock: boolean) {
      const forUpdate = sql.literal(lock ? "FOR UPDATE OF d" : "")
      const [row] = yield* decodeDeliveries(
        yield* sql`SELECT ${delivery} WHERE d.delivery_id = ${deliveryId} ${forUpdate}`
      )
      return row === undefined ? yield* new DeliveryNotFound({ deliveryId }) : row
    }, StorageError.refail)

    const attempts = Effect.fn("MailDeliveries.attempts")(function* (deliveryId: DeliveryId) {
      yield* find(deliveryId, false)
      const rows = yield* decodeAttempts(
        yield* sql`
          SELECT attempt_no, started_at, finished_at, outcome, error FROM backend.mail_attempts
          WHERE delivery_id = ${deliveryId} ORDER BY attempt_no DESC LIMIT ${mostAttempts}::int`
      )
      return rows.map(withoutNulls).toReversed()
    }, StorageError.refail)

    const deadLetters = Effect.fn("MailDeliveries.deadLetters")(function* (page: PageRequest) {
      const { rows, next } = yield* pageOf(
        page,
        (after, limit) =>
          Effect.flatMap(
            sql`
              SELECT l.dead_letter_id, l.delivery_id, d.template_id, l.reason, l.archived_at, l.created_at
              FROM backend.mail_dead_letters l JOIN backend.mail_deliveries d USING (delivery_id)
              WHERE (l.created_at, l.dead_letter_id) < (${after.createdAt}, ${after.id}::uuid)
              ORDER BY l.created_at DESC, l.dead_letter_id DESC LIMIT ${limit}::int`,
            decodeLetters
          ),
        (it) => it.dead_letter_id
      )
      return { dead_letters: rows.map(({ created_at: _at, ...it }) => it), ...next }
    }, StorageError.refail)

    const conditionAgainst = (row: typeof DeliveryRow.Type, now: DateTime.Utc) => {
      if (row.status === "sent" || row.status === "sending") return row.status
      if (row.expires_at !== null && DateTime.isLessThanOrEqualTo(row.expires_at, now)) return "expired"
      return row.wiped ? "wiped" : undefined
    }

    const resend = Effect.fn("MailDeliveries.resend")(function* (deliveryId: DeliveryId) {
      const now = yield* DateTime.now
      yield* sql.withTransaction(
        Effect.gen(function* () {
          const row = yield* find(deliveryId, true)
          const condition = conditionAgainst(row, now)
          if (condition !== undefined) return yield* new DeliveryNotResendable({ deliveryId, condition })
          const at = DateTime.toDateUtc(now)
          yield* sql`
            UPDATE backend.mail_deliveries
            SET status = 'pending', attempts = 0, next_attempt_at = ${at}, updated_at = ${at}
            WHERE delivery_id = ${deliveryId}`
          yield* fate.renewed(deliveryId)
          yield* note({ kind: "mail", what: row.template_id })
          yield* signal.send("galaxy_mail")
        })
      )
    }, StorageError.refail)

    return MailDeliveries.of({
      list,
      get: Effect.fn("MailDeliveries.get")((id) => Effect.map(find(id, false), whole)),
      locked: Effect.fn("MailDeliveries.locked")((id) => Effect.map(find(id, true), listed)),
      attempts,
      deadLetters,
      resend
    })
  })
)
