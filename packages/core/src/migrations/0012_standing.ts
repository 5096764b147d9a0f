/** Entitlements with their validity, who lifted a sanction or limit and why, and the indexes of the list of users. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

const statements = [
  // Records from before have no start of their own: they count from when they were made.
  `ALTER TABLE backend.entitlement_records RENAME COLUMN tier TO plan_code`,
  `ALTER TABLE backend.entitlement_records
    ADD COLUMN is_paid boolean NOT NULL DEFAULT false,
    ADD COLUMN starts_at timestamptz,
    ADD COLUMN ends_at timestamptz,
    ADD COLUMN actor text NOT NULL DEFAULT 'system',
    ADD COLUMN reason text NOT NULL DEFAULT '',
    ADD CHECK (ends_at > starts_at)`,
  `ALTER TABLE backend.entitlement_snapshots RENAME COLUMN tier TO plan_code`,
  // next_change_at: when the entitlement ends or another one begins, so that the snapshot has to be taken again.
  `ALTER TABLE backend.entitlement_snapshots
    ADD COLUMN is_paid boolean NOT NULL DEFAULT false,
    ADD COLUMN source text NOT NULL DEFAULT 'registration',
    ADD COLUMN starts_at timestamptz,
    ADD COLUMN ends_at timestamptz,
    ADD COLUMN next_change_at timestamptz,
    ADD COLUMN max_open_games int NOT NULL DEFAULT 100,
    ADD COLUMN max_games_in_play int NOT NULL DEFAULT 20,
    ADD COLUMN max_memberships int NOT NULL DEFAULT 200`,
  `CREATE INDEX entitlement_snapshots_plan ON backend.entitlement_snapshots (plan_code, is_paid)`,
  `CREATE INDEX entitlement_snapshots_paid_end ON backend.entitlement_snapshots (ends_at)
    WHERE is_paid AND ends_at IS NOT NULL`,
  `CREATE INDEX entitlement_snapshots_due ON backend.entitlement_snapshots (next_change_at)
    WHERE next_change_at IS NOT NULL`,
  `ALTER TABLE backend.sanction_records
    ADD COLUMN lifted_by text,
    ADD COLUMN lift_reason text`,
  `ALTER TABLE backend.limit_records
    ADD COLUMN reason text NOT NULL DEFAULT '',
    ADD COLUMN lifted_by text,
    ADD COLUMN lift_reason text`,
  `CREATE INDEX sanction_active_code ON backend.sanction_active (sanction_code)`,
  `CREATE INDEX limit_active_code ON backend.limit_active (limit_code)`,
  `DROP INDEX backend.accounts_country`,
  `CREATE INDEX accounts_country ON backend.accounts (declared_country, created_at DESC, user_id DESC)`,
  `CREATE INDEX accounts_deleted ON backend.accounts (created_at DESC, user_id DESC) WHERE deleted_at IS NOT NULL`,
  `CREATE INDEX accounts_blocked ON backend.accounts (created_at DESC, user_id DESC) WHERE permanent_block`,
  `CREATE INDEX accounts_display_name ON backend.accounts (display_name) WHERE display_name <> ''`
]

/** Adds columns and indexes, and names the plan's column as the contract does. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const statement of statements) yield* sql.unsafe(statement)
})
