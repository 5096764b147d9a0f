/** Numbers of a seed, the same each time. */
export interface Dice {
  /** From 0 up to 1. */
  next(): number
  /** A whole number below `n`. */
  below(n: number): number
  /** True in so many of 100 cases. */
  percent(n: number): boolean
  pick<A>(of: ReadonlyArray<A>): A
}

/** Mulberry32. */
export const dice = (seed: number): Dice => {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let it = Math.imul(state ^ (state >>> 15), 1 | state)
    it = (it + Math.imul(it ^ (it >>> 7), 61 | it)) ^ it
    return ((it ^ (it >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (n: number) => Math.floor(next() * n)
  return {
    next,
    below,
    percent: (n) => next() * 100 < n,
    pick: <A>(of: ReadonlyArray<A>) => of[below(of.length)] as A
  }
}
