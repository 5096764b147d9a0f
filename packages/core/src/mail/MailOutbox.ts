/**
 * The mail outbox: a mail is committed with the fact that causes it, and sent by `MailWorker` afterwards.
 *
 * One delivery per template and idempotency key, whoever asks and how often; its Message-ID never changes.
 */
import { DeliveryId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Effect, Layer, Schema } from "effect"
import * as Base64 from "effect/encoding/Base64"
import { SqlClient } from "effect/sql"
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
    /** Like `enqueue`, for many mails with few statements; returns their deliveries in the same order. */
    enqueueAll(mails: ReadonlyArray<Mail>): Effect.Effect<ReadonlyArray<DeliveryId>, StorageError>
  }
>()("@galaxy/core/mail/MailOutbox") {}

/** Settings of the outbox, which `domainOf` derives from the host's sender. */
export interface MailOutboxOptions {
  /** Right-hand side of Message-IDs: the domain that the platform sends from. */
  readonly messageIdDomain: string
}

const contentJson = Schema.fromJsonString(Content)
const utf8 = new TextEncoder()

/** Mails of one statement. */
const insertBatch = 200

const keyOf = (mail: Mail): string => `${mail.templateId} ${mail.idempotencyKey}`

const idIn = (found: ReadonlyMap<string, DeliveryId>, mail: Mail): Effect.Effect<DeliveryId> => {
  const id = found.get(keyOf(mail))
  return id === undefined ? Effect.die(new Error("a mail was neither stored nor found")) : Effect.succeed(id)
}

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
      const insert = (rows: ReadonlyArray<object>) => sql<{ deliveryId: DeliveryId; key: string }>`
        WITH n AS (
          SELECT * FROM jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) AS n(delivery_id uuid, payload_id uuid,
            recipient_id uuid, template_id text, idempotency_key text, message_id text, address text, subject text,
            body text, created_at timestamptz, expires_at timestamptz)
        ), delivery AS (
          INSERT INTO backend.mail_deliveries
            (delivery_id, template_id, idempotency_key, status, next_attempt_at, expires_at, payload_id, message_id,
             created_at, updated_at)
          SELECT n.delivery_id, n.template_id, n.idempotency_key, 'pending', n.created_at, n.expires_at, n.payload_id,
            n.message_id, n.created_at, n.created_at
          FROM n ORDER BY n.template_id, n.idempotency_key
          ON CONFLICT (template_id, idempotency_key) DO NOTHING
          RETURNING delivery_id
        ), payload AS (
          INSERT INTO backend.mail_payloads (payload_id, content_type, subject, body, created_at)
          SELECT n.payload_id, 'application/json', n.subject, decode(n.body, 'base64'), n.created_at
          FROM n JOIN delivery USING (delivery_id)
        ), recipient AS (
          INSERT INTO backend.mail_recipients (recipient_id, delivery_id, address, kind, created_at)
          SELECT n.recipient_id, n.delivery_id, n.address, 'to', n.created_at FROM n JOIN delivery USING (delivery_id)
        )
        SELECT delivery_id AS "deliveryId", n.template_id || ' ' || n.idempotency_key AS key
        FROM n JOIN delivery USING (delivery_id)`

      // Where a key is in use, the insert has waited for the other transaction: its row is committed, or our own.
      const standing = (mails: ReadonlyArray<Mail>) => sql<{ deliveryId: DeliveryId; key: string }>`
        SELECT d.delivery_id AS "deliveryId", d.template_id || ' ' || d.idempotency_key AS key
        FROM jsonb_to_recordset(${JSON.stringify(mails.map((it) => ({ t: it.templateId, k: it.idempotencyKey })))}::text::jsonb)
          AS n(t text, k text)
        JOIN backend.mail_deliveries d ON d.template_id = n.t AND d.idempotency_key = n.k`

      const rowOf = Effect.fnUntraced(function* (mail: Mail, now: string) {
        const { templateId, idempotencyKey, to, subject, text, html, unsubscribe } = mail
        const content = utf8.encode(
          yield* Effect.orDie(
            Schema.encodeEffect(contentJson)({
              subject,
              text,
              ...(html === undefined ? {} : { html }),
              ...(unsubscribe === undefined ? {} : { unsubscribe })
            })
          )
        )
        if (content.length > longestContent) return yield* Effect.die(new Error(`mail ${templateId} is too long`))
        const delivery_id = DeliveryId.make(yield* newId)
        const payload_id = yield* newId
        return {
          delivery_id,
          payload_id,
          recipient_id: yield* newId,
          template_id: templateId,
          idempotency_key: idempotencyKey,
          message_id: `<${delivery_id}@${options.messageIdDomain}>`,
          address: to,
          subject: isSecret(templateId) ? "" : subject,
          body: Base64.encode(yield* box.seal(content, payload_id)),
          created_at: now,
          expires_at: mail.expiresAt === undefined ? null : DateTime.formatIso(mail.expiresAt)
        }
      })

      const enqueueSome = Effect.fnUntraced(function* (mails: ReadonlyArray<Mail>) {
        const now = DateTime.formatIso(yield* DateTime.now)
        const inserted = yield* insert(yield* Effect.forEach(mails, (mail) => rowOf(mail, now)))
        const found = new Map(inserted.map((it) => [it.key, it.deliveryId]))
        const isNew = new Set(found.keys())
        const others = mails.filter((it) => !found.has(keyOf(it)))
        if (others.length > 0) for (const it of yield* standing(others)) found.set(it.key, it.deliveryId)
        for (const mail of mails) if (isNew.delete(keyOf(mail))) yield* note({ kind: "mail", what: mail.templateId })
        return { ids: yield* Effect.forEach(mails, (it) => idIn(found, it)), stored: inserted.length > 0 }
      })

      const enqueueAll = Effect.fn("MailOutbox.enqueueAll")(function* (mails: ReadonlyArray<Mail>) {
        const ids: Array<DeliveryId> = []
        let stored = false
        for (let at = 0; at < mails.length; at += insertBatch) {
          const some = yield* enqueueSome(mails.slice(at, at + insertBatch))
          ids.push(...some.ids)
          stored ||= some.stored
        }
        if (stored) yield* signal.send("galaxy_mail")
        return ids
      }, StorageError.refail)

      const enqueue = Effect.fn("MailOutbox.enqueue")(function* (mail: Mail) {
        const { ids, stored } = yield* enqueueSome([mail])
        if (stored) yield* signal.send("galaxy_mail")
        return yield* Effect.fromNullishOr(ids[0]).pipe(Effect.orDie)
      }, StorageError.refail)

      return MailOutbox.of({ enqueue, enqueueAll })
    })
  )
