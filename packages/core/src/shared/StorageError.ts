/** The one failure that storage may report; it keeps driver errors out of the domain. */
import { Effect, Schema } from "effect"
import type { SqlError } from "effect/sql"

export class StorageError extends Schema.TaggedError<StorageError>()("StorageError", {
  /** Whether the same call could succeed if tried again. */
  retryable: Schema.Boolean,
  cause: Schema.Defect()
}) {
  /** Wraps driver failures. A row that does not decode is a bug, so it dies. */
  static refail: <A, E, R>(
    effect: Effect.Effect<A, E, R>
  ) => Effect.Effect<A, StorageError | Exclude<E, SqlError.SqlError | Schema.SchemaError>, R> = <A, E, R>(
    effect: Effect.Effect<A, E, R>
  ) =>
    Effect.catch(
      effect,
      (error: E): Effect.Effect<never, StorageError | Exclude<E, SqlError.SqlError | Schema.SchemaError>> => {
        const tagged = error as { readonly _tag?: string; readonly isRetryable?: boolean }
        if (tagged._tag === "SqlError") {
          return Effect.fail(new StorageError({ retryable: tagged.isRetryable === true, cause: error }))
        }
        if (tagged._tag === "SchemaError") return Effect.die(error)
        return Effect.fail(error as Exclude<E, SqlError.SqlError | Schema.SchemaError>)
      }
    )
}
