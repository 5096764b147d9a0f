/** Ends of accounts: by whom, whether every module has done its part, and when it is run again. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

const statements = [
  `CREATE TABLE backend.account_ends (
    end_id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES backend.accounts,
    kind text NOT NULL CHECK (kind IN ('soft_delete_user', 'soft_delete_admin', 'admin_sanction')),
    actor_user_id uuid,
    actor_username text,
    attempts int NOT NULL DEFAULT 0,
    next_attempt_at timestamptz,
    completed_at timestamptz,
    created_at timestamptz NOT NULL,
    CHECK ((actor_user_id IS NULL) <> (actor_username IS NULL)),
    CHECK (completed_at IS NOT NULL OR next_attempt_at IS NOT NULL)
  )`,
  `CREATE INDEX account_ends_due ON backend.account_ends (next_attempt_at) WHERE next_attempt_at IS NOT NULL`,
  `CREATE INDEX account_ends_user ON backend.account_ends (user_id)`,
  // Administrators end sessions too, and listings of one person's rows are paged.
  `ALTER TABLE backend.session_revocations
    DROP CONSTRAINT session_revocations_actor_kind_check,
    ADD CONSTRAINT session_revocations_actor_kind_check CHECK (actor_kind IN ('user_revoke', 'user_revoke_all',
      'admin_revoke_all', 'admin_sanction', 'soft_delete_admin', 'soft_delete_user'))`,
  `CREATE INDEX session_revocations_newest ON backend.session_revocations (user_id, created_at DESC, revocation_id DESC)`,
  `DROP INDEX backend.session_revocations_user`,
  `CREATE INDEX device_sessions_newest ON backend.device_sessions (user_id, created_at DESC, device_session_id DESC)`,
  `DROP INDEX backend.device_sessions_user`
]

/** Accounts that ended earlier have no row: nothing of theirs is repeated. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const statement of statements) yield* sql.unsafe(statement)
})
