/** So many at a time for each key; further ones wait in the order in which they came. */
import { Deferred, Effect } from "effect"

interface Line {
  running: number
  readonly waiting: Set<Deferred.Deferred<void>>
}

/** Whoever has acquired a turn must release it, once. A key that nobody uses is forgotten. */
export interface Turns {
  /** Waits for a turn. Interrupted, it has none. */
  readonly acquire: (key: string) => Effect.Effect<void>
  readonly release: (key: string) => void
}

/** At most `most` turns of a key at a time. */
export const make = (most: number): Turns => {
  const lines = new Map<string, Line>()

  const release = (key: string) => {
    const line = lines.get(key)
    if (line === undefined) return
    const [next] = line.waiting
    if (next === undefined) {
      line.running -= 1
      if (line.running === 0) lines.delete(key)
      return
    }
    // The turn is handed over: as many are running as before.
    line.waiting.delete(next)
    Deferred.doneUnsafe(next, Effect.void)
  }

  const acquire = (key: string): Effect.Effect<void> =>
    Effect.suspend(() => {
      const line = lines.get(key) ?? { running: 0, waiting: new Set() }
      lines.set(key, line)
      if (line.running < most) {
        line.running += 1
        return Effect.void
      }
      const turn = Deferred.makeUnsafe<void>()
      line.waiting.add(turn)
      return Effect.onInterrupt(Deferred.await(turn), () =>
        Effect.sync(() => {
          // No longer among the waiting: the turn has come in the same moment.
          if (!line.waiting.delete(turn)) release(key)
        })
      )
    })

  return { acquire, release }
}
