/** The one failure that storage may report; it keeps driver errors out of the domain. */
import { Effect, Schema } from "effect"
import type { SqlError } from "effect/sql"
import { databaseTrouble } from "./databaseTrouble.ts"

/** A failed statement or connection. Rows that don't decode are not reported this way: they are defects. */
export class StorageError extends Schema.TaggedError<StorageError>()("StorageError", {
  /** Whether the same call could succeed if tried again. */
  retryable: Schema.Boolean,
  cause: Schema.Defect()
}) {
  /**
   * Fields for a log line. The driver's own text is left out: PostgreSQL quotes the values of the row that it refuses.
   */
  get logFields(): Readonly<Record<string, string>> {
    return StorageError.fieldsOf(this.cause)
  }

  /** The same fields for a driver's failure that isn't wrapped. */
  static fieldsOf(failure: unknown): Readonly<Record<string, string>> {
    const reason = (failure as { readonly reason?: unknown } | undefined)?.reason
    if (typeof reason !== "object" || reason === null) return { reason: "unknown" }
    const { _tag, cause } = reason as { readonly _tag?: unknown; readonly cause?: unknown }
    const driver: object = typeof cause === "object" && cause !== null ? cause : {}
    const named = (["code", "schema", "table", "constraint"] as const).flatMap((key) => {
      const value: unknown = Reflect.get(driver, key)
      return typeof value === "string" ? [[key === "code" ? "sqlstate" : key, value] as const] : []
    })
    const trouble = databaseTrouble(failure)
    return {
      reason: String(_tag),
      ...Object.fromEntries(named),
      ...(trouble === undefined ? {} : { database: trouble })
    }
  }

  /** Whether a failure of any kind is due to the database, so that the same call can succeed later. */
  static isTemporary(failure: unknown): boolean {
    return failure instanceof StorageError ? failure.retryable : databaseTrouble(failure) !== undefined
  }

  /** Wraps driver failures. A row that doesn't decode is a bug, so it dies. */
  static refail: <A, E, R>(
    effect: Effect.Effect<A, E, R>
  ) => Effect.Effect<A, StorageError | Exclude<E, SqlError.SqlError | Schema.SchemaError>, R> = <A, E, R>(
    effect: Effect.Effect<A, E, R>
  ) =>
    Effect.catch(
      effect,
      (error: E): Effect.Effect<never, StorageError | Exclude<E, SqlError.SqlError | Schema.SchemaError>> => {
        const tagged = error as { readonly _tag?: string }
        if (tagged._tag === "SqlError") {
          return Effect.fail(new StorageError({ retryable: databaseTrouble(error) !== undefined, cause: error }))
        }
        if (tagged._tag === "SchemaError") return Effect.die(error)
        return Effect.fail(error as Exclude<E, SqlError.SqlError | Schema.SchemaError>)
      }
    )
}
