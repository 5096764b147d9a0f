/**
 * `StateVault` over PostgreSQL: one row for each file, `engine_files`.
 *
 * A write holds the game's row of `runtime_records` in share mode to the end of its transaction. So the epoch and the
 * turn that it has seen stay true until it is committed, and whoever raises them waits for it and finds what it has
 * stored.
 */
import type { StateFile } from "@galaxy/contract/engine/State"
import type { GameId } from "@galaxy/contract/ids/Ids"
import { Effect, Layer, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { StorageError } from "../../shared/StorageError.ts"
import { batches, together } from "./batches.ts"
import * as Packing from "./packing.ts"
import { type PackedFile, type StateOwner, StateOvertaken, StateVault } from "./StateVault.ts"

/** Most bytes of the bodies that one statement reads, and most files. */
const mostRead = { bytes: 4 * 1024 * 1024, files: 500 }

interface FileRow {
  readonly path: string
  readonly encoding: string
  readonly body: Uint8Array
  readonly size: number
  readonly sha256: string
}

/** Builds no table: the migrations do. Bodies are written as the host's `StateCoding` says. */
export const layer: Layer.Layer<StateVault, never, SqlClient.SqlClient> = Layer.effect(
  StateVault,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const { pack, unpack } = yield* Packing.make

    /** Why nothing was stored. */
    const settled = Effect.fnUntraced(function* (
      { gameId, epoch, turn }: StateOwner & { readonly turn: number },
      { path, revision }: PackedFile
    ) {
      const [row] = yield* sql<{ readonly turn: number; readonly stands: boolean }>`
        SELECT r.current_turn AS turn, NOT r.state_in_database OR EXISTS (
          SELECT 1 FROM backend.engine_files f
          WHERE f.game_id = r.game_id AND f.path = ${path} AND (f.epoch, f.revision) >= (${epoch}::int, ${revision}::bigint)
        ) AS stands
        FROM backend.runtime_records r WHERE r.game_id = ${gameId} AND r.engine_epoch = ${epoch}`
      if (row === undefined || row.turn < turn || (row.turn === turn && !row.stands)) {
        return yield* new StateOvertaken()
      }
    })

    const keepDecision = Effect.fn("StateVault.keepDecision")(function* (
      owner: StateOwner & { readonly turn: number },
      file: PackedFile
    ) {
      const stored = yield* sql`
        WITH mine AS (
          SELECT game_id, engine_epoch FROM backend.runtime_records
          WHERE game_id = ${owner.gameId} AND engine_epoch = ${owner.epoch} AND current_turn = ${owner.turn}
            AND state_in_database
          FOR SHARE)
        INSERT INTO backend.engine_files AS f (game_id, path, epoch, revision, encoding, body, size, sha256)
        SELECT game_id, ${file.path}, engine_epoch, ${file.revision}::bigint, ${file.encoding}, ${file.body}::bytea,
          ${file.size}::int, decode(${file.sha256}, 'hex')
        FROM mine
        ON CONFLICT (game_id, path) DO UPDATE SET epoch = EXCLUDED.epoch, revision = EXCLUDED.revision,
          encoding = EXCLUDED.encoding, body = EXCLUDED.body, size = EXCLUDED.size, sha256 = EXCLUDED.sha256
        WHERE (f.epoch, f.revision) < (EXCLUDED.epoch, EXCLUDED.revision)
        RETURNING 1`
      if (stored.length === 0) yield* settled(owner, file)
    }, StorageError.refail)

    const keepTurns = Effect.fn("StateVault.keepTurns")(function* (
      turns: ReadonlyArray<StateOwner & { readonly files: ReadonlyArray<PackedFile> }>
    ) {
      const { rows, bodies } = together(turns)
      if (rows.length === 0) return
      // What the engine has is right whatever is stored: the turn was made with it.
      yield* sql`
        WITH given AS MATERIALIZED (SELECT ${JSON.stringify(rows)}::text::jsonb AS rows, ${bodies}::bytea AS bodies)
        INSERT INTO backend.engine_files AS f (game_id, path, epoch, revision, encoding, body, size, sha256)
        SELECT g.game_id, g.path, g.epoch, g.revision, g.encoding, substring(given.bodies FROM g.start FOR g.length),
          g.size, decode(g.sha256, 'hex')
        FROM given, jsonb_to_recordset(given.rows) AS g(game_id uuid, path text, epoch int, revision bigint,
          encoding text, start int, length int, size int, sha256 text)
        ON CONFLICT (game_id, path) DO UPDATE SET epoch = EXCLUDED.epoch,
          revision = GREATEST(f.revision, EXCLUDED.revision), encoding = EXCLUDED.encoding, body = EXCLUDED.body,
          size = EXCLUDED.size, sha256 = EXCLUDED.sha256`
    }, StorageError.refail)

    const takeIn = Effect.fn("StateVault.takeIn")(function* (owner: StateOwner, files: ReadonlyArray<PackedFile>) {
      const { rows, bodies } = together([{ ...owner, files }])
      const found = yield* sql`
        WITH given AS MATERIALIZED (SELECT ${JSON.stringify(rows)}::text::jsonb AS rows, ${bodies}::bytea AS bodies),
        mine AS (
          SELECT 1 FROM backend.runtime_records
          WHERE game_id = ${owner.gameId} AND engine_epoch = ${owner.epoch} AND NOT state_in_database FOR SHARE),
        taken AS (
          INSERT INTO backend.engine_files AS f (game_id, path, epoch, revision, encoding, body, size, sha256)
          SELECT g.game_id, g.path, g.epoch, g.revision, g.encoding,
            substring(given.bodies FROM g.start FOR g.length), g.size, decode(g.sha256, 'hex')
          FROM given, mine, jsonb_to_recordset(given.rows) AS g(game_id uuid, path text, epoch int, revision bigint,
            encoding text, start int, length int, size int, sha256 text)
          ON CONFLICT (game_id, path) DO UPDATE SET epoch = EXCLUDED.epoch, revision = EXCLUDED.revision,
            encoding = EXCLUDED.encoding, body = EXCLUDED.body, size = EXCLUDED.size, sha256 = EXCLUDED.sha256)
        SELECT 1 FROM mine`
      if (found.length === 0) return yield* new StateOvertaken()
    }, StorageError.refail)

    const missing = Effect.fn("StateVault.missing")(function* (gameId: GameId, files: ReadonlyArray<StateFile>) {
      const given = JSON.stringify(files.map(({ path, sha256 }) => ({ path, sha256 })))
      const rows = yield* sql<{ readonly path: string }>`
        SELECT g.path FROM jsonb_to_recordset(${given}::text::jsonb) AS g(path text, sha256 text)
        LEFT JOIN backend.engine_files f ON f.game_id = ${gameId} AND f.path = g.path
        WHERE f.sha256 IS DISTINCT FROM decode(g.sha256, 'hex')`
      const paths = new Set(rows.map((it) => it.path))
      return files.filter((it) => paths.has(it.path))
    }, StorageError.refail)

    const read = Effect.fnUntraced(function* (gameId: GameId, paths: ReadonlyArray<string>) {
      const rows = yield* sql<FileRow>`
        SELECT path, encoding, body, size, encode(sha256, 'hex') AS sha256 FROM backend.engine_files
        WHERE game_id = ${gameId} AND path IN (SELECT jsonb_array_elements_text(${JSON.stringify(paths)}::text::jsonb))
        ORDER BY path`
      return yield* Effect.forEach(rows, unpack)
    }, StorageError.refail)

    const entries = Effect.fnUntraced(function* (gameId: GameId) {
      return yield* sql<{ readonly path: string; readonly bytes: number }>`
        SELECT path, octet_length(body) AS bytes FROM backend.engine_files WHERE game_id = ${gameId} ORDER BY path`
    }, StorageError.refail)

    return StateVault.of({
      keeps: true,
      pack,
      keepDecision,
      keepTurns,
      takeIn,
      missing,
      load: (gameId) =>
        Stream.fromIterableEffect(Effect.map(entries(gameId), (all) => batches(all, mostRead))).pipe(
          Stream.mapEffect((part) =>
            read(
              gameId,
              part.map((it) => it.path)
            )
          ),
          Stream.flattenIterable
        ),
      drop: Effect.fn("StateVault.drop")(function* (gameId) {
        yield* sql`DELETE FROM backend.engine_files WHERE game_id = ${gameId}`
      }, StorageError.refail)
    })
  })
)
