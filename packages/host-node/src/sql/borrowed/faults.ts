/** Errors of node-postgres as those of our own driver. */
import { SqlError } from "effect/sql"

interface Refusal extends Error {
  readonly code: string
  readonly constraint?: unknown
}

/** What the server itself says about a statement; any other error is one of the connection. */
export const isRefusal = (cause: unknown): cause is Refusal =>
  cause instanceof Error && "severity" in cause && "code" in cause && typeof cause.code === "string"

const reasonOf = (cause: Refusal, operation: string): SqlError.SqlErrorReason => {
  const { code, message } = cause
  const given = { cause, message, operation }
  if (code.startsWith("08")) return new SqlError.ConnectionError(given)
  if (code.startsWith("28")) return new SqlError.AuthenticationError(given)
  if (code === "42501") return new SqlError.AuthorizationError(given)
  if (code.startsWith("42")) return new SqlError.SqlSyntaxError(given)
  if (code === "23505") {
    const constraint = typeof cause.constraint === "string" ? cause.constraint.trim() : ""
    return new SqlError.UniqueViolation({ ...given, constraint: constraint === "" ? "unknown" : constraint })
  }
  if (code.startsWith("23")) return new SqlError.ConstraintError(given)
  if (code === "40P01") return new SqlError.DeadlockError(given)
  if (code === "40001") return new SqlError.SerializationError(given)
  if (code === "55P03") return new SqlError.LockTimeoutError(given)
  if (code === "57014") return new SqlError.StatementTimeoutError(given)
  return new SqlError.UnknownError(given)
}

const textOf = (cause: unknown): string => {
  if (cause instanceof AggregateError && cause.message === "") return textOf(cause.errors[0])
  return cause instanceof Error && cause.message !== "" ? cause.message : "the connection failed"
}

/** A failure that may be tried again on another connection, unless the server refused the statement. */
export const sqlError = (cause: unknown, operation: "connect" | "query"): SqlError.SqlError => {
  if (isRefusal(cause)) return new SqlError.SqlError({ reason: reasonOf(cause, operation) })
  const message = textOf(cause)
  return new SqlError.SqlError({
    reason: new SqlError.ConnectionError({
      cause: cause instanceof Error ? cause : new Error(message),
      message,
      operation
    })
  })
}
