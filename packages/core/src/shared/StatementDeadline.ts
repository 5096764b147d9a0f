/**
 * How long a statement may take when the usual deadline doesn't fit, as for a migration of a large table.
 *
 * Adapters whose connection can be lost read it for each statement; an embedded database ignores it.
 */
import { Context } from "effect"

/** Milliseconds until the connection of a statement is given up; undefined means the adapter's own setting. */
export const StatementDeadline = Context.Reference<number | undefined>("@galaxy/core/shared/StatementDeadline", {
  defaultValue: () => undefined
})
