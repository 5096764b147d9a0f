/**
 * A process of the release before 0026 may give accounts their snapshots, and players who were there stay present.
 *
 * A backend and a user process share a database and aren't replaced at the same moment. The older one inserts snapshots
 * without the time at which the account was made, so the database adds it.
 *
 * `seen_turn` is the newest turn for which a player has said that they are ready. Unlike `ready_turn` it isn't taken
 * back when they write again.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

const statements = [
  `CREATE FUNCTION backend.entitlement_snapshot_created_at() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      NEW.account_created_at := (SELECT created_at FROM backend.accounts WHERE user_id = NEW.user_id);
      RETURN NEW;
    END
  $$`,
  `CREATE TRIGGER entitlement_snapshot_created_at BEFORE INSERT ON backend.entitlement_snapshots
    FOR EACH ROW WHEN (NEW.account_created_at IS NULL)
    EXECUTE FUNCTION backend.entitlement_snapshot_created_at()`,
  `ALTER TABLE backend.memberships ADD COLUMN seen_turn integer`,
  `UPDATE backend.memberships SET seen_turn = ready_turn WHERE ready_turn IS NOT NULL`
]

/** Adds the trigger and the column; seats that are ready now have been seen. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const statement of statements) yield* sql.unsafe(statement)
})
