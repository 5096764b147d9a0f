/** So many at a time for each key; further ones wait in the order in which they came. */

interface Line {
  running: number
  readonly waiting: Set<() => void>
}

/** Whoever has acquired a turn must release it, once. A key that nobody uses is forgotten. */
export interface Turns {
  /**
   * Undefined where there is a turn at once, otherwise resolves when it has come. One that leaves has none: it rejects with the
   * signal's reason.
   */
  readonly acquire: (key: string, signal?: AbortSignal) => Promise<void> | undefined
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
    next()
  }

  const wait = ({ waiting }: Line, signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const begin = () => {
        signal?.removeEventListener("abort", leave)
        resolve()
      }
      const leave = () => {
        waiting.delete(begin)
        reject(signal?.reason as Error)
      }
      waiting.add(begin)
      signal?.addEventListener("abort", leave, { once: true })
    })

  const acquire = (key: string, signal?: AbortSignal) => {
    signal?.throwIfAborted()
    const line = lines.get(key) ?? { running: 0, waiting: new Set() }
    lines.set(key, line)
    if (line.running >= most) return wait(line, signal)
    line.running += 1
    return undefined
  }

  return { acquire, release }
}
