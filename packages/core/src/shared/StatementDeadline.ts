/**
 * How long a statement may take, where the database's own deadline doesn't fit: a migration of a large table, say.
 *
 * Adapters whose connection can be lost read it for each statement; an embedded database has no use for it.
 */
import { Context } from "effect"

/** Milliseconds until the connection of a statement is given up; `undefined` for what the adapter is set to. */
export const StatementDeadline = Context.Reference<number | undefined>("@galaxy/core/shared/StatementDeadline", {
  defaultValue: () => undefined
})
