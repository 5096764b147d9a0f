/** When a backend was last at work: the one row of `runtime_heartbeat`. */
import { Context, DateTime, Effect, Layer, Option, Schema } from "effect"
import { SqlClient, SqlSchema } from "effect/sql"
import { StorageError } from "../shared/StorageError.ts"

/** Reads and writes the heartbeat. Fails with `StorageError` only. */
export class Heartbeats extends Context.Service<
  Heartbeats,
  {
    /** The last one; none before the first backend's first. */
    readonly last: Effect.Effect<Option.Option<DateTime.Utc>, StorageError>
    /** A backend is at work now. */
    beat(now: DateTime.Utc): Effect.Effect<void, StorageError>
  }
>()("@galaxy/core/runtime/Heartbeats") {}

/** `Heartbeats` over PostgreSQL. */
export const layer: Layer.Layer<Heartbeats, never, SqlClient.SqlClient> = Layer.effect(
  Heartbeats,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const select = SqlSchema.findOneOption({
      Request: Schema.Void,
      Result: Schema.Struct({ beat_at: Schema.DateTimeUtcFromDate }),
      execute: () => sql`SELECT beat_at FROM backend.runtime_heartbeat`
    })
    return Heartbeats.of({
      last: StorageError.refail(
        Effect.map(
          select(undefined),
          Option.map((it) => it.beat_at)
        )
      ),
      beat: (now) => {
        const at = DateTime.toDate(now)
        return StorageError.refail(
          Effect.asVoid(sql`
            INSERT INTO backend.runtime_heartbeat (only_one, beat_at) VALUES (true, ${at})
            ON CONFLICT (only_one) DO UPDATE SET beat_at = ${at}`)
        )
      }
    })
  })
)
