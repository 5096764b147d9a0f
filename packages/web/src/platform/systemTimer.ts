/** The time of this machine. */
import type { Timer } from "../core/game/Timer.ts"

export const systemTimer: Timer = {
  now: () => Date.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
  random: () => Math.random()
}
