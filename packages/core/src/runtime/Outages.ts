/**
 * What becomes of turns that fell due while no backend was at work: they move by the time that was lost, so that players
 * who could give no orders meanwhile get that time afterwards.
 *
 * A heartbeat is stored each minute. A longer silence than the grace is an outage, which whoever notices it first works
 * off before anything else, one game after the other. Only then the next heartbeat is stored, so an outage that is cut
 * off in the middle of this is worked off by the next one.
 */
import { DateTime, Duration, Effect, Option } from "effect"
import { SqlClient } from "effect/sql"
import { Heartbeats } from "./Heartbeats.ts"
import { RuntimeConfig } from "./RuntimeConfig.ts"
import { RuntimeEvents } from "./RuntimeEvents.ts"
import { deadlineChange, deadlineOf, type RuntimeRow } from "./RuntimeRow.ts"
import { RuntimeStore } from "./RuntimeStore.ts"
import { deadlineAfterOutage } from "./TurnTimes.ts"
import { decided, movedByOutage } from "./decisions.ts"

/** How often a heartbeat is stored. */
const every = Duration.minutes(1)

/** How long after its last heartbeat a backend may still have been at work: until it looked when the next was due. */
const lastWork = Duration.sum(every, Duration.seconds(10))

/** Games that are read at a time. */
const batch = 50

/** Stores a heartbeat where one is due, after the outage that it ends. Fails with `StorageError`. */
export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const store = yield* RuntimeStore
  const heartbeats = yield* Heartbeats
  const events = yield* RuntimeEvents
  const config = yield* RuntimeConfig
  let beatAt: DateTime.Utc | undefined

  const move = (read: RuntimeRow, outage: Duration.Duration, now: DateTime.Utc) =>
    sql
      .withTransaction(
        Effect.gen(function* () {
          const deadline = deadlineOf(read)
          const moved = deadline === null ? undefined : deadlineAfterOutage(read, deadline, outage, now)
          if (moved === undefined) {
            // It is made at once. Noting the time keeps it from being looked at again.
            yield* store.write(read, { next_turn_set_at: DateTime.toDate(now) })
            return
          }
          const turn = read.current_turn + 1
          yield* events.onTurnDelayed({ gameId: read.game_id, turn, nextTurnAt: moved.at })
          yield* store.write(read, {
            ...deadlineChange(moved, now),
            ...decided(movedByOutage(turn, Math.round(Duration.toMinutes(outage))), now)
          })
          yield* Effect.logInfo("a turn was moved after an outage")
        })
      )
      .pipe(
        Effect.catchTag(["GameGone", "RuntimeStale"], () => Effect.void),
        Effect.annotateLogs({ game_id: read.game_id })
      )

  const workOff = Effect.fnUntraced(function* (from: DateTime.Utc, now: DateTime.Utc) {
    // Always before now, so that a deadline that is set here isn't taken for one that was set before.
    const setUntil = DateTime.addDuration(from, Duration.min(lastWork, Duration.fromInputUnsafe(config.outageGrace)))
    const outage = DateTime.distance(from, now)
    yield* Effect.logWarning("no backend was at work for a while").pipe(
      Effect.annotateLogs({ since: DateTime.formatIso(from), minutes: Math.round(Duration.toMinutes(outage)) })
    )
    let known = ""
    for (;;) {
      const fallen = yield* store.fellInto(from, setUntil, now, batch)
      const games = fallen.map((it) => it.game_id).join()
      // A game that is gone stays as it is.
      if (games === known) return
      known = games
      yield* Effect.forEach(fallen, (row) => move(row, outage, now), { discard: true })
    }
  })

  return Effect.gen(function* () {
    const now = yield* DateTime.now
    if (beatAt !== undefined && Duration.isLessThan(DateTime.distance(beatAt, now), every)) return
    const last = yield* heartbeats.last
    if (config.moveAfterOutage && Option.isSome(last)) {
      const grace = Duration.fromInputUnsafe(config.outageGrace)
      if (DateTime.isLessThan(DateTime.addDuration(last.value, grace), now)) yield* workOff(last.value, now)
    }
    yield* heartbeats.beat(now)
    beatAt = now
  }).pipe(Effect.withSpan("Outages.beat"))
})
