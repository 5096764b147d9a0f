/** The states of games are kept in the database, file by file, and engines' folders are copies of them. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

const statements = [
  // From when it is true on, the rows below are the game's state; until then the folder of its engine's host is.
  `ALTER TABLE backend.runtime_records ADD COLUMN state_in_database boolean NOT NULL DEFAULT false`,
  `CREATE TABLE backend.engine_files (
    game_id uuid NOT NULL REFERENCES backend.runtime_records ON DELETE CASCADE,
    path text NOT NULL CHECK (octet_length(path) BETWEEN 1 AND 256),
    epoch int NOT NULL,
    revision bigint NOT NULL,
    encoding text NOT NULL,
    body bytea NOT NULL,
    size int NOT NULL,
    sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
    PRIMARY KEY (game_id, path)
  )`,
  // Bodies are compressed before they come: the database needn't try.
  `ALTER TABLE backend.engine_files ALTER COLUMN body SET STORAGE EXTERNAL`
]

/** Changes no game: each is taken in when its engine is next started. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const statement of statements) yield* sql.unsafe(statement)
})
