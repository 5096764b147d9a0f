/** A value that changes and whoever looks on is told: the only kind of state that `core` has. */

/** What others see of a store. */
export interface Readable<A> {
  readonly get: () => A
  /** Calls `run` at each change from now on; answers how to stop that. */
  readonly subscribe: (run: (value: A) => void) => () => void
}

/** A store that its owner sets. */
export interface Store<A> extends Readable<A> {
  /** Tells nobody where the value is the same one. */
  readonly set: (value: A) => void
  readonly update: (change: (value: A) => A) => void
}

/** A store that begins with this value. A subscriber that throws keeps nobody else from being told. */
export const make = <A>(initial: A): Store<A> => {
  let value = initial
  const runs = new Set<(value: A) => void>()
  const set = (next: A) => {
    if (Object.is(value, next)) return
    value = next
    for (const run of Array.from(runs)) {
      try {
        run(next)
      } catch (error) {
        // Shown by the page as any other fault, once everybody has been told.
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }
  return {
    get: () => value,
    set,
    update: (change) => set(change(value)),
    subscribe: (run) => {
      runs.add(run)
      return () => runs.delete(run)
    }
  }
}
