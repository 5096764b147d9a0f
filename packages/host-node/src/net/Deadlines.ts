/**
 * Many waits of the same length with one timer between them: each begins and ends at the price of an entry in a map.
 */

/** Waits that all have the same length. */
export interface Deadlines {
  /** Begins a wait; `act` is called at its end, unless the function that is returned is called before. */
  readonly begin: (act: () => void) => () => void
}

interface Wait {
  readonly act: () => void
  /** Of `performance.now()`. */
  readonly endsAt: number
}

/** Waits of so many milliseconds. They keep no process alive: what is waited for does. */
export const make = (millis: number): Deadlines => {
  // In the order in which they began, and so of their ends.
  const waits = new Set<Wait>()
  let timer: NodeJS.Timeout | undefined

  const look = () => {
    timer = undefined
    const now = performance.now()
    for (const wait of waits) {
      if (wait.endsAt > now) {
        arm(wait.endsAt - now)
        return
      }
      waits.delete(wait)
      wait.act()
    }
  }
  const arm = (left: number) => {
    timer ??= setTimeout(look, Math.ceil(left)).unref()
  }

  return {
    begin: (act) => {
      const wait = { act, endsAt: performance.now() + millis }
      waits.add(wait)
      arm(millis)
      return () => void waits.delete(wait)
    }
  }
}
