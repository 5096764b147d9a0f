/** Any failure of building the layers as the one error that the embedding program gets. */
import { reasonOf } from "@galaxy/host-node/sql/PgSession"
import { SqlError } from "effect/sql"
import { GalaxyStartFailed } from "../errors.ts"

const unreachable: ReadonlySet<string> = new Set(["ConnectionError", "AuthenticationError", "AuthorizationError"])

const tagOf = (failure: unknown): unknown =>
  typeof failure === "object" && failure !== null && "_tag" in failure ? failure._tag : undefined

/** Texts are the driver's and ours; neither holds the password of a URL. */
export const startFailure = (failure: unknown): GalaxyStartFailed => {
  if (failure instanceof GalaxyStartFailed) return failure
  const cause = { cause: failure }
  if (failure instanceof SqlError.SqlError) {
    return unreachable.has(failure.reason._tag)
      ? new GalaxyStartFailed("database_unreachable", `the database can't be reached: ${reasonOf(failure)}`, cause)
      : new GalaxyStartFailed("database_refused", `the database refused a statement: ${reasonOf(failure)}`, cause)
  }
  const message = failure instanceof Error ? failure.message : String(failure)
  switch (tagOf(failure)) {
    case "DatabaseInUse":
      return new GalaxyStartFailed("database_in_use", message, cause)
    case "MigrationError":
      return new GalaxyStartFailed("database_refused", `the database can't be brought up to date: ${message}`, cause)
    case "ListenerUnavailable":
    case "PushServerUnavailable":
      return new GalaxyStartFailed("port_unavailable", message, cause)
    default:
      return new GalaxyStartFailed("failed", message, cause)
  }
}
