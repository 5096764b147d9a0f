/** `DatabaseSignal` over LISTEN and NOTIFY: reaches every process on the same database. */
import { PgClient } from "@effect/sql-pg"
import { DatabaseSignal } from "@galaxy/core/shared/DatabaseSignal"
import { Effect, Layer, Queue, Schedule, Stream } from "effect"

/**
 * Listens again a second after its connection was lost. Each start of listening gives one signal, for what was sent
 * before.
 */
export const layer: Layer.Layer<DatabaseSignal, never, PgClient.PgClient> = Layer.effect(
  DatabaseSignal,
  Effect.gen(function* () {
    const pg = yield* PgClient.PgClient
    return DatabaseSignal.of({
      send: (channel) => Effect.asVoid(pg`SELECT pg_notify(${channel}, '')`),
      signals: (channel) =>
        Stream.scoped(
          Stream.unwrap(
            Effect.map(pg.listen(channel), (queue) =>
              // Signals from before it listened, or while the connection was lost, are made up for by looking now.
              Stream.concat(Stream.make(undefined), Stream.fromEffectRepeat(Effect.asVoid(Queue.take(queue))))
            )
          )
        ).pipe(Stream.retry(Schedule.spaced("1 second")), Stream.orDie)
    })
  })
)
