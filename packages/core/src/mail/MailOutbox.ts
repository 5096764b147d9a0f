/**
 * The mail outbox: a mail is committed with the fact that causes it, and sent by `MailWorker` afterwards.
 *
 * One delivery per template and idempotency key, whoever asks and how often; its Message-ID never changes.
 */
import { DeliveryId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Effect, Layer, Schema } from "effect"
import { SqlClient, SqlSchema } from "effect/sql"
import { DatabaseSignal } from "../shared/DatabaseSignal.ts"
import { note } from "../shared/SideEffects.ts"
import { newId } from "../shared/NewId.ts"
import { StorageError } from "../shared/StorageError.ts"
import { Content, isSecret, longestContent, type Mail } from "./Mail.ts"
import { SecretBox } from "./SecretBox.ts"

/** Stores mails for delivery: a mail exists if and only if the caller's transaction commits. */
export class MailOutbox extends Context.Service<
  MailOutbox,
  {
    /**
     * Joins the caller's transaction and wakes the worker when it commits. If the key was used before, returns the
     * first delivery's id and stores nothing. Dies if the mail is longer than `longestContent`.
     */
    enqueue(mail: Mail): Effect.Effect<DeliveryId, StorageError>
  }
>()("@galaxy/core/mail/MailOutbox") {}

/** Settings of the outbox, which `domainOf` derives from the host's sender. */
export interface MailOutboxOptions {
  /** Right-hand side of Message-IDs: the domain that the platform sends from. */
  readonly messageIdDomain: string
}

const contentJson = Schema.fromJsonString(Content)
const utf8 = new TextEncoder()

/** The domain of a sender such as `Galaxy <galaxy@example.org>`; `localhost` where it has none. */
export const domainOf = (sender: string): string => /@([A-Za-z0-9.-]+)>?\s*$/.exec(sender)?.[1] ?? "localhost"

/** Bodies are sealed with `SecretBox` before they are stored. */
export const layer = (
  options: MailOutboxOptions
): Layer.Layer<MailOutbox, never, SqlClient.SqlClient | DatabaseSignal | SecretBox> =>
  Layer.effect(
    MailOutbox,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const signal = yield* DatabaseSignal
      const box = yield* SecretBox

      // One statement, so that a key which is in use leaves nothing behind.
      const insert = SqlSchema.findAll({
        Request: Schema.Struct({
          deliveryId: DeliveryId,
          payloadId: Schema.String,
          recipientId: Schema.String,
          templateId: Schema.String,
          idempotencyKey: Schema.String,
          messageId: Schema.String,
          to: Schema.String,
          subject: Schema.String,
          body: Schema.Uint8Array,
          now: Schema.DateTimeUtcFromDate,
          expiresAt: Schema.NullOr(Schema.DateTimeUtcFromDate)
        }),
        Result: Schema.Struct({ deliveryId: DeliveryId }),
        execute: (row) => sql`
          WITH delivery AS (
            INSERT INTO backend.mail_deliveries
              (delivery_id, template_id, idempotency_key, status, next_attempt_at, expires_at, payload_id, message_id,
               created_at, updated_at)
            VALUES (${row.deliveryId}, ${row.templateId}, ${row.idempotencyKey}, 'pending', ${row.now},
              ${row.expiresAt}, ${row.payloadId}, ${row.messageId}, ${row.now}, ${row.now})
            ON CONFLICT (template_id, idempotency_key) DO NOTHING
            RETURNING delivery_id, payload_id, created_at
          ), payload AS (
            INSERT INTO backend.mail_payloads (payload_id, content_type, subject, body, created_at)
            SELECT payload_id, 'application/json', ${row.subject}::text, ${row.body}::bytea, created_at FROM delivery
          ), recipient AS (
            INSERT INTO backend.mail_recipients (recipient_id, delivery_id, address, kind, created_at)
            SELECT ${row.recipientId}::uuid, delivery_id, ${row.to}::text, 'to', created_at FROM delivery
          )
          SELECT delivery_id AS "deliveryId" FROM delivery`
      })

      const find = SqlSchema.findOne({
        Request: Schema.Struct({ templateId: Schema.String, idempotencyKey: Schema.String }),
        Result: Schema.Struct({ deliveryId: DeliveryId }),
        execute: (row) => sql`
          SELECT delivery_id AS "deliveryId" FROM backend.mail_deliveries
          WHERE template_id = ${row.templateId} AND idempotency_key = ${row.idempotencyKey}`
      })

      const enqueue = Effect.fn("MailOutbox.enqueue")(function* (mail: Mail) {
        const { templateId, idempotencyKey, to, subject, text, html } = mail
        const content = utf8.encode(
          yield* Effect.orDie(
            Schema.encodeEffect(contentJson)({ subject, text, ...(html === undefined ? {} : { html }) })
          )
        )
        if (content.length > longestContent) return yield* Effect.die(new Error(`mail ${templateId} is too long`))
        const deliveryId = DeliveryId.make(yield* newId)
        const payloadId = yield* newId
        const inserted = yield* insert({
          deliveryId,
          payloadId,
          recipientId: yield* newId,
          templateId,
          idempotencyKey,
          messageId: `<${deliveryId}@${options.messageIdDomain}>`,
          to,
          subject: isSecret(templateId) ? "" : subject,
          body: yield* box.seal(content, payloadId),
          now: yield* DateTime.now,
          expiresAt: mail.expiresAt ?? null
        })
        if (inserted[0] === undefined) {
          // The key is in use. The insert has waited for the other transaction, so that row is committed, or our own.
          const standing = yield* Effect.catchTag(
            find({ templateId, idempotencyKey }),
            "NoSuchElementError",
            Effect.die
          )
          return standing.deliveryId
        }
        yield* note({ kind: "mail", what: templateId })
        yield* signal.send("galaxy_mail")
        return inserted[0].deliveryId
      }, StorageError.refail)

      return MailOutbox.of({ enqueue })
    })
  )
