/** Time that moves by hand. */
import type { Timer } from "@galaxy/web/core/game/Timer"

export interface HandTimer extends Timer {
  /** Lets so many milliseconds pass, and what they bring about settle. */
  readonly pass: (ms: number) => Promise<void>
}

/** Lets all that is ready run, without waiting for time. */
export const settle = async (): Promise<void> => {
  for (let round = 0; round < 40; round++) await Promise.resolve()
}

export const handTimer = (): HandTimer => {
  let now = 1_000_000
  let waiting: ReadonlyArray<{ readonly at: number; readonly run: () => void }> = []
  return {
    now: () => now,
    random: () => 1,
    after: (ms, run) => {
      const entry = { at: now + ms, run }
      waiting = [...waiting, entry]
      return () => {
        waiting = waiting.filter((it) => it !== entry)
      }
    },
    pass: async (ms) => {
      const until = now + ms
      await settle()
      for (;;) {
        const next = waiting.filter(({ at }) => at <= until).toSorted((one, other) => one.at - other.at)[0]
        if (next === undefined) break
        waiting = waiting.filter((it) => it !== next)
        now = next.at
        next.run()
        await settle()
      }
      now = until
    }
  }
}
