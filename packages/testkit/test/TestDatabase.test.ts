import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import * as seed from "../src/internal/DatabaseSeed.ts"

/** The tables that the backend was planned with. Migrations add more, and take none away. */
const planned = [
  "accounts",
  "admin_accounts",
  "applications",
  "auth_challenges",
  "auth_networks",
  "blocked_emails",
  "device_sessions",
  "engine_versions",
  "entitlement_records",
  "entitlement_snapshots",
  "game_blocks",
  "games",
  "invites",
  "limit_active",
  "limit_records",
  "mail_attempts",
  "mail_dead_letters",
  "mail_deliveries",
  "mail_payloads",
  "mail_recipients",
  "memberships",
  "notification_dead_letters",
  "notification_malformed_intents",
  "notification_routes",
  "notifications",
  "player_mappings",
  "push_events",
  "push_log_floor",
  "push_user_heads",
  "race_names",
  "runtime_health_snapshots",
  "runtime_operation_log",
  "runtime_records",
  "sanction_active",
  "sanction_records",
  "session_revocations",
  "user_country_counters",
  "user_event_sender",
  "user_events",
  "write_probe"
]

const id = "0190f7a2-6d3e-7c11-9a55-1f2e3d4c5b6a"

eachDatabase((name, database) => {
  layer(database, { timeout: "240 seconds" })(`a test database on ${name}`, (it) => {
    it.effect("has every table that the backend was planned with", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const rows = yield* sql<{ table_name: string }>`
          SELECT table_name FROM information_schema.tables WHERE table_schema = 'backend' ORDER BY table_name COLLATE "C"`
        assert.includeMembers(
          rows.map((it) => it.table_name),
          planned
        )
      })
    )

    it.effect("starts empty", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        assert.deepStrictEqual(yield* sql`SELECT user_id FROM backend.accounts`, [])
      })
    )

    it.effect("is made new again, with what the migrations wrote and numbers that begin anew", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const first = yield* seed.of(sql)
        const write = sql`INSERT INTO backend.push_events (event_type, user_id, kind, payload, event_id)
          VALUES ('session_invalidation', ${id}, 'any', '', ${id}) RETURNING event_no`
        yield* sql`DELETE FROM backend.auth_challenges`
        const numbers = yield* write
        yield* seed.wipe(sql, first)
        assert.deepStrictEqual(yield* seed.of(sql), first)
        assert.include(
          first.map((it) => it.table),
          "backend.auth_challenges"
        )
        assert.deepStrictEqual(yield* write, numbers)
        yield* seed.wipe(sql, first)
      })
    )
  })
})
