/**
 * The worker's side of the outbox: claims due deliveries and settles their outcome.
 *
 * A claim is a lease with a token. When the lease ends, the delivery is due again, so a worker that dies loses nothing.
 * A settlement counts only while the token is current, so a worker that is too late changes nothing.
 */
import { DeliveryId } from "@galaxy/contract/ids/Ids"
import { type DateTime, Effect, Schema } from "effect"
import { SqlClient, SqlSchema } from "effect/sql"
import { newId } from "../shared/NewId.ts"
import { DeadLetterReason } from "./Mail.ts"

const At = Schema.DateTimeUtcFromDate

/** A delivery that one worker may send until `claimedUntil`, with its sealed body. */
export class Claim extends Schema.Class<Claim>("galaxy/mail/Claim")({
  deliveryId: DeliveryId,
  claimToken: Schema.String,
  claimedUntil: At,
  templateId: Schema.String,
  /** Attempts since the delivery was enqueued or resent, this one included. */
  attempts: Schema.Int,
  /** Number of this attempt in the delivery's whole life, from 1; resending doesn't reset it. */
  attemptNo: Schema.Int,
  expiresAt: Schema.NullOr(At),
  messageId: Schema.String,
  payloadId: Schema.String,
  /** Sealed with `SecretBox`, with `payloadId` as the context. */
  body: Schema.Uint8Array,
  to: Schema.String,
  /** Lower-case domain of `to`, for the limit per domain. */
  domain: Schema.String
}) {}

/** Times and limits of one claim, and what the worker has under way already. */
export interface ClaimRequest {
  readonly now: DateTime.Utc
  /** End of the lease. */
  readonly until: DateTime.Utc
  /**
   * The latest time to which an attempt can have been put off. A later one was set by a wrong clock, and counts as due.
   */
  readonly latest: DateTime.Utc
  /** How many to claim at most, and how many of them may have been tried before. */
  readonly slots: number
  readonly retrySlots: number
  /** Most deliveries under way for one domain, those in `underWay` included. */
  readonly perDomain: number
  /** How many deliveries the worker has under way for each domain. */
  readonly underWay: ReadonlyMap<string, number>
  /** Ids of the deliveries under way, which are not claimed again. */
  readonly held: ReadonlySet<DeliveryId>
}

const DeliveryOutcome = Schema.Literals(["sent", "deferred", "rejected", "expired", "exhausted", "interrupted"])

/**
 * The outcome of an attempt, and what becomes of the delivery: sent, due again, or given up. `wipe` erases the sealed
 * body.
 */
export const Settlement = Schema.Struct({
  outcome: DeliveryOutcome,
  /** A code such as `250 2.0.0`; never contains an address. */
  detail: Schema.NullOr(Schema.String),
  /** When to try again; null if the delivery is over, either sent or with the reason in `deadLetter`. */
  nextAttemptAt: Schema.NullOr(At),
  deadLetter: Schema.NullOr(DeadLetterReason),
  wipe: Schema.Boolean
})
export type Settlement = typeof Settlement.Type

/**
 * The statements: `claim` leases due deliveries to this worker, `settle` stores an outcome. They fail with the driver's
 * errors, which the worker wraps.
 */
export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const domain = sql.literal("lower(split_part(r.address, '@', -1))")

  const claimRows = SqlSchema.findAll({
    Request: Schema.Struct({
      now: At,
      until: At,
      latest: At,
      token: Schema.String,
      slots: Schema.Int,
      retrySlots: Schema.Int,
      perDomain: Schema.Int,
      underWay: Schema.fromJsonString(Schema.Record(Schema.String, Schema.Int)),
      held: Schema.fromJsonString(Schema.Array(DeliveryId)),
      scan: Schema.Int
    }),
    Result: Claim,
    execute: (it) => sql`
      WITH candidate AS MATERIALIZED (
        SELECT d.delivery_id, d.next_attempt_at, d.attempts > 0 AS tried, r.address, ${domain} AS domain,
          coalesce((${it.underWay}::text::jsonb ->> ${domain})::int, 0) AS under_way
        FROM backend.mail_deliveries d JOIN backend.mail_recipients r ON r.delivery_id = d.delivery_id
        WHERE d.status IN ('pending', 'sending', 'retrying') AND (d.next_attempt_at <= ${it.now} OR d.next_attempt_at > ${it.latest})
          AND NOT ${it.held}::text::jsonb ? d.delivery_id::text
          AND coalesce((${it.underWay}::text::jsonb ->> ${domain})::int, 0) < ${it.perDomain}::int
          AND (d.attempts = 0 OR ${it.retrySlots}::int > 0)
        ORDER BY d.next_attempt_at, d.delivery_id
        LIMIT ${it.scan}::int
        FOR UPDATE OF d SKIP LOCKED
      ), by_domain AS (
        SELECT *, row_number() OVER (PARTITION BY domain ORDER BY next_attempt_at, delivery_id) AS place FROM candidate
      ), by_trial AS (
        SELECT *, row_number() OVER (PARTITION BY tried ORDER BY next_attempt_at, delivery_id) AS trial_place
        FROM by_domain WHERE place <= ${it.perDomain}::int - under_way
      ), chosen AS (
        SELECT delivery_id, address, domain FROM by_trial
        WHERE NOT tried OR trial_place <= ${it.retrySlots}::int
        ORDER BY next_attempt_at, delivery_id
        LIMIT ${it.slots}::int
      ), claimed AS (
        UPDATE backend.mail_deliveries d
        SET status = 'sending', attempts = d.attempts + 1, claim_token = ${it.token}, claimed_until = ${it.until},
          next_attempt_at = ${it.until}, updated_at = ${it.now}
        FROM chosen c WHERE d.delivery_id = c.delivery_id
        RETURNING d.*, c.address, c.domain
      ), lost AS (
        UPDATE backend.mail_attempts a SET finished_at = ${it.now}, outcome = 'lost'
        FROM claimed c WHERE a.delivery_id = c.delivery_id AND a.finished_at IS NULL
      ), attempt AS (
        INSERT INTO backend.mail_attempts (attempt_id, delivery_id, attempt_no, started_at, created_at)
        SELECT gen_random_uuid(), c.delivery_id, 1 + coalesce(
            (SELECT max(a.attempt_no) FROM backend.mail_attempts a WHERE a.delivery_id = c.delivery_id), 0),
          ${it.now}::timestamptz, ${it.now}::timestamptz
        FROM claimed c
        RETURNING delivery_id, attempt_no
      )
      SELECT c.delivery_id AS "deliveryId", c.claim_token AS "claimToken", c.claimed_until AS "claimedUntil",
        c.template_id AS "templateId", c.attempts, a.attempt_no AS "attemptNo", c.expires_at AS "expiresAt",
        c.message_id AS "messageId", c.payload_id AS "payloadId", p.body, c.address AS "to", c.domain
      FROM claimed c JOIN attempt a USING (delivery_id) JOIN backend.mail_payloads p USING (payload_id)`
  })

  const claim = Effect.fnUntraced(function* (request: ClaimRequest) {
    return yield* claimRows({
      ...request,
      token: yield* newId,
      underWay: Object.fromEntries(request.underWay),
      held: [...request.held],
      // More than can be taken, so that many mails to one domain don't hide the others.
      scan: request.slots * 8
    })
  })

  const settleRow = SqlSchema.findAll({
    Request: Schema.Struct({
      deliveryId: DeliveryId,
      claimToken: Schema.String,
      attemptNo: Schema.Int,
      now: At,
      deadLetterId: Schema.String,
      ...Settlement.fields
    }),
    Result: Schema.Struct({ deliveryId: DeliveryId }),
    execute: (it) => sql`
      WITH settled AS (
        UPDATE backend.mail_deliveries
        SET status = CASE WHEN ${it.outcome}::text = 'sent' THEN 'sent'
            WHEN ${it.deadLetter}::text IS NOT NULL THEN 'dead_lettered' ELSE 'retrying' END,
          sent_at = CASE WHEN ${it.outcome}::text = 'sent' THEN ${it.now}::timestamptz END,
          next_attempt_at = ${it.nextAttemptAt}::timestamptz, claim_token = NULL, claimed_until = NULL,
          updated_at = ${it.now}
        WHERE delivery_id = ${it.deliveryId} AND claim_token = ${it.claimToken}
        RETURNING delivery_id, payload_id
      ), attempt AS (
        UPDATE backend.mail_attempts a
        SET finished_at = ${it.now}, outcome = ${it.outcome}::text, error = ${it.detail}::text
        FROM settled s WHERE a.delivery_id = s.delivery_id AND a.attempt_no = ${it.attemptNo}
      ), wiped AS (
        UPDATE backend.mail_payloads p SET body = ''::bytea
        FROM settled s WHERE p.payload_id = s.payload_id AND ${it.wipe}::boolean
      ), archived AS (
        INSERT INTO backend.mail_dead_letters (dead_letter_id, delivery_id, archived_at, reason, created_at)
        SELECT ${it.deadLetterId}::uuid, delivery_id, ${it.now}::timestamptz, ${it.deadLetter}::text,
          ${it.now}::timestamptz
        FROM settled WHERE ${it.deadLetter}::text IS NOT NULL
      )
      SELECT delivery_id AS "deliveryId" FROM settled`
  })

  /** Returns whether the claim was still current; if not, nothing changed. */
  const settle = Effect.fnUntraced(function* (claim: Claim, now: DateTime.Utc, settlement: Settlement) {
    const rows = yield* settleRow({
      deliveryId: claim.deliveryId,
      claimToken: claim.claimToken,
      attemptNo: claim.attemptNo,
      now,
      deadLetterId: yield* newId,
      ...settlement
    })
    return rows.length > 0
  })

  return { claim, settle }
})
