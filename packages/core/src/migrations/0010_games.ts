/**
 * What a game's owner may set beside players and schedule, what the lobby shows of a player's orders, and the seats
 * that computer players take.
 *
 * The indexes fit the lists of games: each is read newest first, from the cursor on.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

const statements = [
  `ALTER TABLE backend.games
    ADD COLUMN computer_players int NOT NULL DEFAULT 0,
    ADD COLUMN early_turns boolean NOT NULL DEFAULT false,
    ADD COLUMN missed_turns_reminder int CHECK (missed_turns_reminder >= 1),
    ADD COLUMN missed_turns_limit int CHECK (missed_turns_limit >= 1),
    ADD COLUMN absence_action text CHECK (absence_action IN ('computer', 'removal')),
    ADD COLUMN enrollment_ends_at timestamptz,
    ADD COLUMN name_key text COLLATE "C" NOT NULL DEFAULT '',
    ADD CHECK (computer_players >= 0 AND computer_players < max_players),
    ADD CHECK ((missed_turns_limit IS NULL) = (absence_action IS NULL))`,
  // Names of earlier versions are found by their exact letters where the database can't fold them.
  `UPDATE backend.games SET name_key = lower(game_name)`,
  `DROP INDEX backend.games_owner`,
  `CREATE INDEX games_owner ON backend.games (owner_user_id, created_at DESC, game_id DESC)`,
  `CREATE INDEX games_newest ON backend.games (created_at DESC, game_id DESC)`,
  `CREATE INDEX games_status ON backend.games (status, created_at DESC, game_id DESC)`,
  `CREATE INDEX games_open ON backend.games (created_at DESC, game_id DESC)
    WHERE visibility = 'public' AND status = 'enrollment_open'`,
  `CREATE INDEX games_name ON backend.games (name_key)`,
  `ALTER TABLE backend.memberships
    ADD COLUMN orders_given_at timestamptz,
    ADD COLUMN orders_count int CHECK (orders_count >= 0),
    ADD COLUMN orders_refused int CHECK (orders_refused >= 0),
    ADD COLUMN ready_turn int CHECK (ready_turn >= 0)`,
  `CREATE TABLE backend.computer_seats (
    game_id uuid NOT NULL REFERENCES backend.games,
    seat int NOT NULL CHECK (seat >= 1),
    race_name text NOT NULL,
    engine_player_uuid uuid NOT NULL UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (game_id, seat)
  )`
]

/** Games of earlier versions have no computer players, no early turns, no absence policy and no end of enrolment. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const statement of statements) yield* sql.unsafe(statement)
})
