/** Draws some of many, the same ones with the same seed. */

/** A small generator of numbers from 0 to 1 (mulberry32). */
const generator = (seed: number) => {
  let state = seed >>> 0
  return (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** All of them, in an order of chance. */
export const shuffled = <A>(all: ReadonlyArray<A>, seed: number): Array<A> => {
  const next = generator(seed)
  return all
    .map((it) => ({ it, key: next() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ it }) => it)
}

/** At most `count` of them, in their order. */
export const sampled = <A>(all: ReadonlyArray<A>, count: number, seed: number): ReadonlyArray<A> =>
  shuffled([...all.keys()], seed)
    .slice(0, count)
    .toSorted((a, b) => a - b)
    .flatMap((index) => all.slice(index, index + 1))
