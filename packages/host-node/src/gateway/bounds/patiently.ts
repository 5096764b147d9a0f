/** A deadline for others that doesn't run out just because this process was busy. */

const moments = 10

/**
 * Runs the action after `ms`, in ten steps, so that a process that stood still first gets a chance to see what it waits
 * for. Returns how to cancel it.
 */
export const patiently = (ms: number, action: () => void): (() => void) => {
  let left = moments
  const tick = () => {
    left -= 1
    if (left === 0) action()
    else timer = setTimeout(tick, ms / moments).unref()
  }
  let timer = setTimeout(tick, ms / moments).unref()
  return () => clearTimeout(timer)
}
