/**
 * Joining games: one pending application of a player to a game, the version of race names' keys, and indexes that fit
 * the lists of applications, invites and race names, each of which is read newest first, from the cursor on.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

const statements = [
  `CREATE UNIQUE INDEX applications_one_pending ON backend.applications (game_id, applicant_user_id)
    WHERE status = 'pending'`,
  `DROP INDEX backend.applications_game`,
  `CREATE INDEX applications_game ON backend.applications (game_id, created_at DESC, application_id DESC)`,
  `DROP INDEX backend.applications_applicant`,
  `CREATE INDEX applications_applicant
    ON backend.applications (applicant_user_id, created_at DESC, application_id DESC)`,
  `DROP INDEX backend.invites_invited`,
  `CREATE INDEX invites_invited ON backend.invites (invited_user_id, created_at DESC, invite_id DESC)`,
  `CREATE INDEX invites_issuer ON backend.invites (issuer_user_id, created_at DESC, invite_id DESC)`,
  `ALTER TABLE backend.race_names ADD COLUMN key_version int NOT NULL DEFAULT 1`,
  `CREATE INDEX race_names_key_version ON backend.race_names (key_version)`,
  `DROP INDEX backend.race_names_owner`,
  `CREATE INDEX race_names_owner ON backend.race_names (owner_user_id, created_at DESC, race_name_id DESC)`
]

/** Keys of earlier versions are of version 1. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const statement of statements) yield* sql.unsafe(statement)
})
