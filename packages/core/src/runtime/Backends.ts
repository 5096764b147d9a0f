/**
 * The backends that share the games of the database: whether each is there, as the cluster's own table has it, and what it
 * says of itself.
 *
 * Only operators look at this. Nothing is decided by it: who owns what is known to the cluster alone.
 */
import { release } from "@galaxy/contract/release"
import { GameId } from "@galaxy/contract/ids/Ids"
import { Clock, Context, DateTime, Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { StorageError } from "../shared/StorageError.ts"
import { OwnAddress } from "./cluster/OwnAddress.ts"
import { live } from "./RuntimeRow.ts"

/** Backends that are shown. */
const most = 100

/** A backend that says nothing for longer has lost its games to others (`RuntimeCluster`). */
const silence = "10 seconds"

/** What a backend has said of its games counts for so long. */
const fresh = "30 seconds"

/** What is noted of a backend that has gone is removed after so long. */
const kept = "7 days"

/** How long another process is remembered that spoke under this backend's address, in milliseconds. */
const contestedMs = 60_000

/** How often a backend notes what it has to say. */
export const every = "5 seconds"

/** Longest time for one note. */
export const deadline = "10 seconds"

const Rows = Schema.Array(
  Schema.Struct({
    address: Schema.String,
    healthy: Schema.Boolean,
    heartbeat_at: Schema.DateTimeUtcFromDate,
    release: Schema.NullOr(Schema.String),
    started_at: Schema.NullOr(Schema.DateTimeUtcFromDate),
    games: Schema.NullOr(Schema.Int)
  })
)

const Before = Schema.Tuple([Schema.Struct({ before: Schema.NullOr(Schema.Date) })])

const GameIds = Schema.Array(Schema.Struct({ game_id: GameId }))

/** A backend, as operators see it. */
export interface BackendRecord {
  readonly address: string
  readonly healthy: boolean
  readonly heartbeat_at: DateTime.Utc
  /** It is this one. */
  readonly answering: boolean
  /** Another process says that it is at the same address. */
  readonly contested?: true
  readonly release?: string
  readonly started_at?: DateTime.Utc
  /** Games in play that it owns; absent where it hasn't said so for a while. */
  readonly games?: number
}

/** Fails with `StorageError`. */
export class Backends extends Context.Service<
  Backends,
  {
    /** All of them by address; none where no backend of a cluster is there, whatever an earlier one has left. */
    readonly list: Effect.Effect<ReadonlyArray<BackendRecord>, StorageError>
    /** Notes what this backend has to say; absent where it is alone. */
    readonly note: ((isOwn: (gameId: GameId) => boolean) => Effect.Effect<void, StorageError>) | undefined
  }
>()("@galaxy/core/runtime/Backends") {}

/** `Backends` over PostgreSQL. */
export const layer: Layer.Layer<Backends, never, SqlClient.SqlClient> = Layer.effect(
  Backends,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const own = yield* OwnAddress
    const startedAt = yield* DateTime.nowAsDate
    /** When another process was found to speak under this address, in milliseconds; the first note finds a predecessor's. */
    let othersAt = Number.NEGATIVE_INFINITY
    let hasNoted = false

    const list = Effect.gen(function* () {
      // The cluster makes its tables itself: a backend that was always alone has none.
      const [table] = yield* sql<{ readonly there: boolean }>`
        SELECT to_regclass('backend.cluster_runners') IS NOT NULL AS there`
      if (table?.there !== true) return []
      const rows = yield* Effect.flatMap(
        sql`
          SELECT r.address, r.healthy AND heard AS healthy, r.last_heartbeat::timestamptz AS heartbeat_at, n.release,
            n.started_at, CASE WHEN r.healthy AND heard AND n.noted_at > now() - ${fresh}::interval THEN n.games END AS games
          FROM backend.cluster_runners r
          CROSS JOIN LATERAL (SELECT r.last_heartbeat > now() - ${silence}::interval AS heard) AS seen
          LEFT JOIN backend.backend_notes n ON n.address = r.address
          WHERE EXISTS (SELECT 1 FROM backend.cluster_runners WHERE last_heartbeat > now() - ${silence}::interval)
          ORDER BY r.address LIMIT ${most}::int`,
        Schema.decodeUnknownEffect(Rows)
      )
      const isContested = (yield* Clock.currentTimeMillis) - othersAt < contestedMs
      return rows.map(
        ({ games, release, started_at, ...it }): BackendRecord => ({
          ...it,
          answering: it.address === own,
          ...(isContested && it.address === own ? { contested: true } : {}),
          ...(release === null ? {} : { release }),
          ...(started_at === null ? {} : { started_at }),
          ...(games === null ? {} : { games })
        })
      )
    }).pipe(StorageError.refail, Effect.withSpan("Backends.list"))

    const note = (address: string) =>
      Effect.fn("Backends.note")(function* (isOwn: (gameId: GameId) => boolean) {
        const all = yield* Effect.flatMap(
          sql`SELECT game_id FROM backend.runtime_records WHERE ${sql.in("status", live)}`,
          Schema.decodeUnknownEffect(GameIds)
        )
        const games = all.filter((it) => isOwn(it.game_id)).length
        const [{ before }] = yield* Effect.flatMap(
          sql`
            WITH noted AS (SELECT started_at FROM backend.backend_notes WHERE address = ${address})
            INSERT INTO backend.backend_notes (address, release, started_at, games, noted_at)
            VALUES (${address}, ${release}, ${startedAt}, ${games}, now())
            ON CONFLICT (address) DO UPDATE SET release = EXCLUDED.release, started_at = EXCLUDED.started_at,
              games = EXCLUDED.games, noted_at = EXCLUDED.noted_at
            RETURNING (SELECT started_at FROM noted) AS before`,
          Schema.decodeUnknownEffect(Before)
        )
        if (hasNoted && before !== null && before.getTime() !== startedAt.getTime()) {
          othersAt = yield* Clock.currentTimeMillis
          yield* Effect.annotateLogs(
            Effect.logError("another backend has the address of this one: give each its own BACKEND_CLUSTER_ADDR"),
            { address }
          )
        }
        hasNoted = true
        yield* sql`DELETE FROM backend.backend_notes WHERE noted_at < now() - ${kept}::interval`
      }, StorageError.refail)

    return Backends.of({ list, note: own === undefined ? undefined : note(own) })
  })
)
