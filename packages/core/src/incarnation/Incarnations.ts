/**
 * Which incarnation of the platform a database is. Restored from a copy it goes on from an earlier moment, while engines,
 * gateways and players know what came after that. So it becomes another incarnation, for which nothing of that counts.
 *
 * In one transaction the tokens of all engines become void, games get epochs above any that they can have had, gateways
 * start afresh, and players' events get numbers that nobody has seen (docs/decisions/1471).
 */
import { Context, Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { PushLog } from "../push/PushLog.ts"
import { StorageError } from "../shared/StorageError.ts"
import * as Server from "./Server.ts"

/** Finds out whether the database is another incarnation, and makes it one. Fails with `StorageError` only. */
export class Incarnations extends Context.Service<
  Incarnations,
  {
    /**
     * Begins a new incarnation if the server isn't the one that was noted, or writes on another timeline; notes it where
     * nothing was. Returns whether a new one has begun. Safe to call by several backends at once: one of them begins it.
     */
    readonly check: Effect.Effect<boolean, StorageError>
    /** Begins a new one whatever the server says, as for a dump that was restored into the same cluster. */
    readonly begin: Effect.Effect<void, StorageError>
  }
>()("@galaxy/core/incarnation/Incarnations") {}

const decodeNoted = Schema.decodeUnknownEffect(
  Schema.Tuple([Schema.Struct({ system: Schema.NullOr(Schema.String), timeline: Schema.NullOr(Schema.Int) })])
)

type Noted = { readonly system: string | null; readonly timeline: number | null }

const isAnother = (noted: Noted, server: Server.Server): boolean =>
  noted.system !== null && (noted.system !== server.systemIdentifier || noted.timeline !== server.timeline)

/** `Incarnations` over PostgreSQL. */
export const layer: Layer.Layer<Incarnations, never, SqlClient.SqlClient | PushLog> = Layer.effect(
  Incarnations,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const log = yield* PushLog

    const noted = sql`SELECT system_identifier AS system, timeline FROM backend.installation`.pipe(
      Effect.flatMap(decodeNoted),
      Effect.map(([row]): Noted => row)
    )
    const lock = sql`SELECT 1 FROM backend.installation FOR UPDATE`

    const note = (server: Server.Server | undefined) =>
      server === undefined
        ? Effect.void
        : sql`UPDATE backend.installation
            SET system_identifier = ${server.systemIdentifier}::text, timeline = ${server.timeline}::int`

    // Epochs count up by one with each start of an engine, and versions with each write of a row. The seconds since 2000 and
    // the milliseconds since 1970 are above all that there can have been: an owner that has read a row of the other history
    // writes nothing, though its game may have come to as many writes again.
    // A game that had not begun yet may have been played there, too.
    const overtake = sql`
      UPDATE backend.runtime_records
      SET engine_epoch = greatest(engine_epoch + 1, extract(epoch FROM now())::bigint - 946684800)::int,
        row_version = greatest(row_version + 1, (extract(epoch FROM now()) * 1000)::bigint),
        engine_endpoint = NULL, current_container_id = NULL, generating_since = NULL`

    const renew = Effect.fnUntraced(function* (server: Server.Server | undefined) {
      yield* sql`UPDATE backend.installation SET incarnation = gen_random_uuid(), created_at = now()`
      yield* note(server)
      yield* overtake
      yield* log.startAfresh
    })

    const check = Effect.gen(function* () {
      const server = yield* Server.read(sql)
      if (server === undefined) return false
      const before = yield* noted
      if (before.system !== null && !isAnother(before, server)) return false
      return yield* sql.withTransaction(
        Effect.gen(function* () {
          yield* lock
          const now = yield* noted
          if (isAnother(now, server)) {
            yield* renew(server)
            return true
          }
          if (now.system === null) yield* note(server)
          return false
        })
      )
    }).pipe(
      StorageError.refail,
      Effect.tap((begun) =>
        begun
          ? Effect.logWarning(
              "the database was restored, or its server was replaced: engines and gateways start afresh"
            )
          : Effect.void
      ),
      Effect.withSpan("Incarnations.check")
    )

    const begin = sql
      .withTransaction(Effect.andThen(lock, Effect.flatMap(Server.read(sql), renew)))
      .pipe(StorageError.refail, Effect.asVoid, Effect.withSpan("Incarnations.begin"))

    return Incarnations.of({ check, begin })
  })
)
