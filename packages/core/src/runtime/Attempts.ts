/** Why an attempt at a game's work failed, and when it is retried. */
import { Cause, DateTime, Duration } from "effect"
import type { RuntimeSettings } from "./RuntimeConfig.ts"

/** Longest reason that is kept, in characters. It goes into the game's row, for its players and operators. */
const maxReason = 500

/**
 * The text that a failed attempt leaves in the game's row: the error's `reason` if it has one as text, its message
 * otherwise. Cut to 500 characters, and without NUL, which PostgreSQL's text can't hold.
 */
export const reasonOf = (cause: Cause.Cause<unknown>): string => {
  const error = Cause.squash(cause)
  const text =
    typeof error === "object" && error !== null && "reason" in error && typeof error.reason === "string"
      ? error.reason
      : error instanceof Error
        ? error.message || error.name
        : "an unknown failure"
  return text.replaceAll("\u0000", "").slice(0, maxReason)
}

/** The first and the longest wait of an exponential backoff. */
export type Backoff = Pick<RuntimeSettings, "firstBackoff" | "longestBackoff">

/**
 * When to retry after this many failures in a row (1 or more): the first wait, doubled with each further failure, up to
 * the longest.
 */
export const retryAt = (settings: Backoff, failures: number, now: DateTime.Utc): DateTime.Utc => {
  const first = Duration.toMillis(Duration.fromInputUnsafe(settings.firstBackoff))
  const longest = Duration.toMillis(Duration.fromInputUnsafe(settings.longestBackoff))
  return DateTime.addDuration(now, Math.min(longest, first * 2 ** Math.min(failures - 1, 30)))
}
