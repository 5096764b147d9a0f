/** Why an attempt at a game's work failed, and when it is tried again. */
import { Cause, DateTime, Duration } from "effect"
import type { RuntimeSettings } from "./RuntimeConfig.ts"

/** The reason is kept in the game's row, for its players and operators. */
const maxReason = 500

export const reasonOf = (cause: Cause.Cause<unknown>): string => {
  const error = Cause.squash(cause)
  const text =
    typeof error === "object" && error !== null && "reason" in error && typeof error.reason === "string"
      ? error.reason
      : error instanceof Error
        ? error.message || error.name
        : "an unknown failure"
  // NUL is no character of the database's text.
  return text.replaceAll("\u0000", "").slice(0, maxReason)
}

/** How the waits between attempts grow. */
export type Backoff = Pick<RuntimeSettings, "firstBackoff" | "longestBackoff">

/** When to try again after so many failures in a row. */
export const retryAt = (settings: Backoff, failures: number, now: DateTime.Utc): DateTime.Utc => {
  const first = Duration.toMillis(Duration.fromInputUnsafe(settings.firstBackoff))
  const longest = Duration.toMillis(Duration.fromInputUnsafe(settings.longestBackoff))
  return DateTime.addDuration(now, Math.min(longest, first * 2 ** Math.min(failures - 1, 30)))
}
