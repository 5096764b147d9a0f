/**
 * Sign-in that strangers can't disturb: the network that asked for a challenge, whether its code was mailed, the
 * networks from which an address has signed in, and the decoys on which attempts at unknown challenges are counted.
 *
 * An older challenge has no network, so no request is answered with it; its code counts as mailed.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

const statements = [
  `ALTER TABLE backend.auth_challenges
    ADD COLUMN network bytea,
    ADD COLUMN known_network boolean NOT NULL DEFAULT false,
    ADD COLUMN mailed boolean NOT NULL DEFAULT true`,
  `CREATE INDEX auth_challenges_network ON backend.auth_challenges (email, network, created_at DESC)`,
  `CREATE INDEX auth_challenges_mailed ON backend.auth_challenges (email, created_at DESC) WHERE mailed`,
  `DROP INDEX backend.auth_challenges_email`,
  `INSERT INTO backend.auth_challenges
    (challenge_id, email, code_hash, preferred_language, created_at, expires_at, consumed_at, mailed)
    SELECT ('00000000-0000-0000-0000-0000000000' || lpad(to_hex(n), 2, '0'))::uuid, '', ''::bytea, 'en',
      'epoch', 'epoch', 'epoch', false
    FROM generate_series(0, 255) AS n`,
  `CREATE TABLE backend.auth_networks (
    address_hash bytea NOT NULL,
    network_hash bytea NOT NULL,
    last_sign_in_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (address_hash, network_hash)
  )`,
  `CREATE INDEX auth_networks_age ON backend.auth_networks (last_sign_in_at)`
]

/**
 * Adds columns, indexes and a table, and inserts 256 decoys: one for each pair of hexadecimal digits that an id can end
 * with.
 */
export default Effect.flatMap(SqlClient.SqlClient, (sql) =>
  Effect.forEach(statements, (statement) => sql.unsafe(statement), { discard: true })
)
