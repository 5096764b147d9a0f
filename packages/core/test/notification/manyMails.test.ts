/** A database full of mails and notifications: every page of operators' lists, and of notices, is read by an index. */
import { UserId } from "@galaxy/contract/ids/Ids"
import { MailDeliveries } from "@galaxy/core/mail/MailDeliveries"
import { NotificationLedger } from "@galaxy/core/notification/NotificationLedger"
import { Notices } from "@galaxy/core/push/Notices"
import { onPostgres } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { SqlClient, Statement } from "effect/sql"
import { platformOn } from "../http/platform.ts"

const count = 20_000
/** Has one mail in 400. */
const player = UserId.make("018f0000-0000-7000-8000-00000000000b")

const filled = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const numbers = sql`generate_series(1, ${count}::int) n`
  const at = sql.literal("now() - n * interval '1 second'")
  const id = (kind: string) => sql.literal(`('018f0000-0000-7000-800${kind}-' || lpad(to_hex(n), 12, '0'))::uuid`)
  const whose = sql`CASE WHEN n % 400 = 1 THEN ${player}::uuid ELSE ${id("5")} END`
  yield* sql`
    INSERT INTO backend.accounts (user_id, email, user_name, preferred_language, time_zone)
    VALUES (${player}, 'busy@example.org', 'busy', 'en', 'UTC')`
  yield* sql`
    INSERT INTO backend.mail_payloads (payload_id, content_type, subject, body)
    SELECT ${id("1")}, 'application/json', 's', '' FROM ${numbers}`
  yield* sql`
    INSERT INTO backend.mail_deliveries
      (delivery_id, template_id, idempotency_key, status, payload_id, message_id, created_at)
    SELECT ${id("1")}, CASE WHEN n % 200 = 1 THEN 'rare.kind' ELSE 'game.started' END, 'k' || n,
      CASE WHEN n % 200 = 3 THEN 'dead_lettered' ELSE 'sent' END, ${id("1")}, 'm' || n, ${at} FROM ${numbers}`
  yield* sql`
    INSERT INTO backend.mail_recipients (recipient_id, delivery_id, address, kind)
    SELECT ${id("1")}, ${id("1")}, CASE WHEN n % 400 = 1 THEN 'busy@example.org' ELSE n || '@example.org' END, 'to'
    FROM ${numbers}`
  yield* sql`
    INSERT INTO backend.mail_dead_letters (dead_letter_id, delivery_id, archived_at, reason, created_at)
    SELECT ${id("1")}, ${id("1")}, now(), 'rejected', ${at} FROM ${numbers}`
  yield* sql`
    INSERT INTO backend.notifications (notification_id, kind, idempotency_key, payload, created_at)
    SELECT ${id("2")}, CASE WHEN n % 200 = 1 THEN 'rare.kind' ELSE 'game.started' END, 'k' || n, '{}', ${at}
    FROM ${numbers}`
  yield* sql`
    INSERT INTO backend.notification_routes (route_id, notification_id, channel, user_id, status, delivery_id, created_at)
    SELECT ${id("3")}, ${id("2")}, 'email', ${whose}, 'failed', ${id("1")}, ${at} FROM ${numbers}`
  yield* sql`
    INSERT INTO backend.notification_dead_letters
      (dead_letter_id, notification_id, route_id, archived_at, reason, created_at)
    SELECT ${id("4")}, ${id("2")}, ${id("3")}, now(), 'rejected', ${at} FROM ${numbers}`
  yield* sql`
    INSERT INTO backend.notification_malformed_intents (id, received_at, payload, reason, created_at)
    SELECT ${id("4")}, ${at}, '{}', 'r', ${at} FROM ${numbers}`
  yield* sql`
    INSERT INTO backend.push_events (event_type, user_id, sequence, kind, payload, event_id)
    SELECT 'client_event', ${player}, n, 'gone.kind', '', ${id("4")} FROM ${numbers}`
  yield* sql.unsafe("ANALYZE")
})

interface Plan {
  readonly "Node Type": string
  readonly "Relation Name"?: string
  readonly "Actual Rows": number
  readonly "Actual Loops": number
  readonly "Rows Removed by Filter"?: number
  readonly Plans?: ReadonlyArray<Plan>
}

const scans = (plan: Plan): ReadonlyArray<Plan> => [
  ...(plan["Relation Name"] === undefined ? [] : [plan]),
  ...(plan.Plans ?? []).flatMap(scans)
]

/** How many rows of each table the statements of an effect read, at most in one scan. */
const reads = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const sent: Array<readonly [string, ReadonlyArray<unknown>]> = []
    yield* Effect.provideService(effect, Statement.CurrentTransformer, (statement) => {
      sent.push(statement.compile())
      return Effect.succeed(statement)
    })
    const found: Array<string> = []
    for (const [text, params] of sent) {
      const rows = yield* sql.unsafe<{ readonly "QUERY PLAN": ReadonlyArray<{ readonly Plan: Plan }> }>(
        `EXPLAIN (ANALYZE, FORMAT JSON) ${text}`,
        params
      )
      for (const scan of scans(
        rows[0]?.["QUERY PLAN"][0]?.Plan ?? { "Node Type": "", "Actual Rows": 0, "Actual Loops": 0 }
      )) {
        const read = (scan["Actual Rows"] + (scan["Rows Removed by Filter"] ?? 0)) * scan["Actual Loops"]
        if (read > bound) found.push(`${scan["Node Type"]} on ${scan["Relation Name"]} reads ${read} rows`)
      }
    }
    return found
  })

/** A page of 50 and what is looked up for it, with some room. */
const bound = 300

onPostgres((postgres) => {
  const database = Layer.provideMerge(Layer.effectDiscard(filled), platformOn(postgres))
  layer(database, { timeout: "240 seconds", excludeTestServices: true })(`lists of ${count} mails`, (it) => {
    it.effect("read a page each, whatever the filter", () =>
      Effect.gen(function* () {
        const mails = yield* MailDeliveries
        const ledger = yield* NotificationLedger
        const notices = yield* Notices
        const second = (yield* mails.list({}, {})).next_cursor
        assert(second !== undefined)
        const lists = {
          "all mails": mails.list({}, {}),
          "mails, second page": mails.list({}, { cursor: second }),
          "mails given up": mails.list({ status: "dead_lettered" }, {}),
          "mails of a kind": mails.list({ template_id: "rare.kind" }, {}),
          "mails to a player": mails.list({ user_id: player }, {}),
          "dead letters": mails.deadLetters({}),
          "all notifications": ledger.list({}, {}),
          "notifications of a kind": ledger.list({ kind: "rare.kind" }, {}),
          "notifications to a player": ledger.list({ user_id: player }, {}),
          "failed routes": ledger.deadLetters({}),
          "malformed intents": ledger.malformed({}),
          notices: notices.list(player, {})
        }
        for (const [what, list] of Object.entries(lists)) {
          const found = yield* reads(Effect.asVoid(list as Effect.Effect<unknown, unknown>))
          assert.deepStrictEqual(found, [], what)
        }
      })
    )
  })
})
