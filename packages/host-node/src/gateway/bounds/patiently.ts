/** A deadline for others that a busy process doesn't run down by itself. */

const moments = 10

/**
 * Does something after a time, and not before the process has had some moments meanwhile to hear of what it waits for.
 * What it returns calls it off.
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
