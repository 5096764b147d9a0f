/**
 * Blocked addresses become keyed hashes. Only the backend knows the key, so it hashes the earlier rows once it runs;
 * until then a row has its address. Accounts know by themselves whether their address is blocked.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

const statements = [
  `ALTER TABLE backend.blocked_emails
    DROP CONSTRAINT blocked_emails_pkey,
    ALTER COLUMN email DROP NOT NULL,
    ADD COLUMN blocked_address_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    ADD COLUMN address_hash bytea UNIQUE,
    ADD COLUMN blocked_by text,
    ADD CONSTRAINT blocked_emails_email UNIQUE (email),
    ADD CHECK ((email IS NULL) <> (address_hash IS NULL))`,
  `CREATE INDEX blocked_emails_newest ON backend.blocked_emails (created_at DESC, blocked_address_id DESC)`,
  `ALTER TABLE backend.accounts ADD COLUMN address_blocked boolean NOT NULL DEFAULT false`,
  `UPDATE backend.accounts a SET address_blocked = true FROM backend.blocked_emails b WHERE b.email = a.email`
]

/** Rewrites no table: blocked addresses are few. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const statement of statements) yield* sql.unsafe(statement)
})
