/**
 * What can be ordered of a game in play besides its start: pausing, ending or renewing its engine, and orders about
 * single seats, which may be the engine's own.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

const statements = [
  `ALTER TABLE backend.runtime_records
    ADD COLUMN paused boolean NOT NULL DEFAULT false,
    ADD COLUMN engine_task text CHECK (engine_task IN ('stop', 'restart', 'patch')),
    ADD COLUMN previous_version text,
    ADD COLUMN previous_image text`,
  `CREATE INDEX runtime_records_tasks ON backend.runtime_records (next_attempt_at) WHERE engine_task IS NOT NULL`,
  // A seat that the engine plays has no user.
  `ALTER TABLE backend.player_mappings
    DROP CONSTRAINT player_mappings_pkey,
    DROP CONSTRAINT player_mappings_game_id_engine_player_uuid_key,
    ADD PRIMARY KEY (game_id, engine_player_uuid),
    ALTER COLUMN user_id DROP NOT NULL,
    ADD CONSTRAINT player_mappings_user UNIQUE (game_id, user_id),
    ADD COLUMN computer boolean NOT NULL DEFAULT false,
    ADD COLUMN seat_order text CHECK (seat_order IN ('banish', 'computer')),
    ADD COLUMN seat_order_at timestamptz,
    ADD COLUMN seat_order_attempts int NOT NULL DEFAULT 0`,
  `CREATE INDEX player_mappings_orders ON backend.player_mappings (seat_order_at) WHERE seat_order_at IS NOT NULL`
]

/** Changes no row: games that are in play have no orders. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const statement of statements) yield* sql.unsafe(statement)
})
