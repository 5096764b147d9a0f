/** What is measured of turns: outcomes of attempts, how long turns take, and how late they begin. */
import { counter, histogram } from "@galaxy/contract/telemetry/instruments"
import { DateTime, Duration, Effect } from "effect"

/** Attempts by their outcome. */
export const attempts = counter("galaxy.turns")

const duration = histogram("galaxy.turn.duration")
const lateness = histogram("galaxy.turn.lateness")

const seconds = (from: DateTime.Utc, to: DateTime.Utc) => Math.max(0, Duration.toSeconds(DateTime.distance(from, to)))

/** A turn was made whose attempt began at that time. */
export const made = (begun: DateTime.Utc): Effect.Effect<void> =>
  Effect.map(DateTime.now, (now) => {
    attempts(1, "made")
    duration(seconds(begun, now))
  })

/** A turn begins `now` that was due at that time. */
export const begunLate = (due: DateTime.Utc, now: DateTime.Utc): void => {
  lateness(DateTime.isGreaterThan(due, now) ? 0 : seconds(due, now))
}
