/**
 * Wakes readers of the database when a writer has committed.
 *
 * A signal carries no data and may be lost: whoever waits for one also looks for work at intervals.
 */
import { Context, Effect, Layer, PubSub, Stream } from "effect"
import { SqlClient, type SqlError } from "effect/sql"

/**
 * One channel per queue: events to push, mails to send, games to work on, events of accounts to send, deliveries by
 * foreign channels.
 */
export type Channel = "galaxy_push" | "galaxy_mail" | "galaxy_runtime" | "galaxy_user_events" | "galaxy_channels"

/** Wakes loops early, across processes where the adapter can. Only a hint: nothing may depend on it but the delay. */
export class DatabaseSignal extends Context.Service<
  DatabaseSignal,
  {
    /** Inside a transaction, the signal is sent when it commits, and only then. */
    send(channel: Channel): Effect.Effect<void, SqlError.SqlError>
    /**
     * One element for each signal from any process on the same database, and one each time that listening begins, so
     * that the reader looks for work that was signalled before.
     */
    signals(channel: Channel): Stream.Stream<void>
  }
>()("@galaxy/core/shared/DatabaseSignal") {}

/** Signals within one process only, after commit: enough where one backend owns its database. */
export const layerProcess: Layer.Layer<DatabaseSignal, never, SqlClient.SqlClient> = Layer.effect(
  DatabaseSignal,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const hub = yield* PubSub.sliding<Channel>(1024)
    return DatabaseSignal.of({
      send: (channel) => sql.afterCommit(PubSub.publish(hub, channel)).pipe(Effect.asVoid),
      signals: (channel) =>
        Stream.scoped(
          Stream.unwrap(
            Effect.map(PubSub.subscribe(hub), (subscription) =>
              Stream.concat(
                Stream.make(undefined),
                Stream.fromSubscription(subscription).pipe(
                  Stream.filter((it) => it === channel),
                  Stream.map(() => undefined)
                )
              )
            )
          )
        )
    })
  })
)
