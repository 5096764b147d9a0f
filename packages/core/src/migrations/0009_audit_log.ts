/** The audit log of administrators. It only grows: the database itself refuses to change or remove a row. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

const statements = [
  `CREATE TABLE backend.audit_log (
    audit_id uuid PRIMARY KEY,
    created_at timestamptz NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    target_kind text NOT NULL,
    target_id text NOT NULL,
    reason text,
    before jsonb NOT NULL,
    after jsonb NOT NULL,
    request_id text NOT NULL,
    dry_run boolean NOT NULL
  )`,
  `CREATE INDEX audit_log_newest ON backend.audit_log (created_at DESC, audit_id DESC)`,
  `CREATE INDEX audit_log_actor ON backend.audit_log (actor, created_at DESC, audit_id DESC)`,
  `CREATE INDEX audit_log_action ON backend.audit_log (action, created_at DESC, audit_id DESC)`,
  `CREATE INDEX audit_log_target ON backend.audit_log (target_id, created_at DESC, audit_id DESC)`,
  `CREATE INDEX audit_log_request ON backend.audit_log (request_id)`,
  `CREATE FUNCTION backend.refuse_change() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME; END $$`,
  `CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON backend.audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION backend.refuse_change()`
]

/** Adds a table; changes nothing that exists. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const statement of statements) yield* sql.unsafe(statement)
})
