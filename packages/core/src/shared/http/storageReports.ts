/** Logs what storage can't do, without a line for every request while a database is away. */
import { Cause, Clock, Context, Effect } from "effect"
import { failureFields } from "../failureFields.ts"
import { StorageError } from "../StorageError.ts"

const minute = 60_000

/** When trouble that passes was last logged, in milliseconds. Each backend keeps its own. */
export const LastStorageReport = Context.Reference<{ at: number }>("@galaxy/core/shared/http/LastStorageReport", {
  defaultValue: () => ({ at: Number.NEGATIVE_INFINITY })
})

/**
 * Logs a failed statement. Trouble that passes, such as a database that is away, is a warning at most once a minute;
 * anything else is an error each time.
 */
export const reportStorage = (cause: Cause.Cause<unknown>): Effect.Effect<void> =>
  Effect.gen(function* () {
    const fields = failureFields(cause)
    if (!StorageError.isTemporary(Cause.squash(cause))) {
      return yield* Effect.annotateLogs(Effect.logError("storage failed"), fields)
    }
    const now = yield* Clock.currentTimeMillis
    const last = yield* LastStorageReport
    if (Math.abs(now - last.at) < minute) return
    last.at = now
    yield* Effect.annotateLogs(Effect.logWarning("storage failed"), fields)
  })
