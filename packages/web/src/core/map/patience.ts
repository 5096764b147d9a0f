/**
 * How long the page waits for a worker's answer. A page that was hidden, or stood still, may have been kept from hearing it:
 * then it asks once more before it gives up.
 */
import type { Timer } from "../game/Timer.ts"

/** What waits for one answer at a time. */
export interface Patience {
  /** Waits for the answer to something that has just been asked; what it waited for before counts no longer. */
  readonly begin: () => void
  /** The answer is here, or is wanted no longer. */
  readonly end: () => void
  /** The page is hidden now. */
  readonly hidden: () => void
}

/** A timer that fires so many times too late tells of a page that stood still. */
const late = 1.5

/** `ms`: milliseconds of one wait. `isHidden`: whether the page is hidden as a wait begins. */
export const makePatience = (options: {
  readonly ms: number
  readonly timer: Pick<Timer, "now" | "after">
  readonly isHidden: () => boolean
  readonly again: () => void
  readonly giveUp: () => void
}): Patience => {
  const { ms, timer, isHidden, again, giveUp } = options
  let wasHidden = false
  let cancel = () => {}

  const wait = (isLast: boolean) => {
    cancel()
    wasHidden = isHidden()
    const began = timer.now()
    cancel = timer.after(ms, () => {
      const stoodStill = wasHidden || timer.now() - began > ms * late
      if (isLast || !stoodStill) return giveUp()
      wait(true)
      again()
    })
  }

  return {
    begin: () => wait(false),
    end: () => cancel(),
    hidden: () => {
      wasHidden = true
    }
  }
}
