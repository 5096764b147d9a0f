/** How much two readings of the time may differ before a wrong clock is taken for the reason. */
import { Duration } from "effect"

/**
 * Added to the longest wait before a time is judged to have been set by a clock that was ahead. A pass reads the time once,
 * before its statements run, and the clocks of two machines differ: a retry that another fiber or process has just put off
 * for the longest wait must not look as if it lay too far in the future.
 */
export const clockSlack = Duration.minutes(1)
