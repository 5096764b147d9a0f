/** Does something while the browser has nothing else to do, at the latest after this many milliseconds. */
const latestMs = 5_000

/** Answers how to call it off. A browser that can't tell when it is idle does it after a while. */
export const whenIdle = (run: () => void): (() => void) => {
  if (typeof requestIdleCallback === "function") {
    const asked = requestIdleCallback(run, { timeout: latestMs })
    return () => cancelIdleCallback(asked)
  }
  const timer = setTimeout(run, latestMs)
  return () => clearTimeout(timer)
}
