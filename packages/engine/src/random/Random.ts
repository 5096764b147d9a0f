/**
 * Seeded random numbers: the same seed and stream give the same numbers on every machine.
 *
 * Streams are separated by a cryptographic hash, so that what a player can see of one (the map) reveals nothing about
 * another (the next battle).
 */
import { sha256Words } from "./sha256.ts"

/** One stream of random numbers. Every call advances it, so the sequence of calls is part of the outcome. */
export interface Random {
  /** Uniform in [0, 1), with 53 bits. */
  next(): number
  /** Uniform whole number in [0, bound). */
  below(bound: number): number
  /** Uniform in [low, high). */
  between(low: number, high: number): number
  /** The items in a uniformly random order. */
  shuffled<A>(items: ReadonlyArray<A>): ReadonlyArray<A>
}

const utf8 = new TextEncoder()

/** The generator of one stream of a seed: Chris Doty-Humphrey's sfc32, started from a SHA-256 of seed and stream. */
export const make = (seed: string, ...stream: ReadonlyArray<string | number>): Random => {
  const digest = sha256Words(utf8.encode(JSON.stringify([seed, ...stream])))
  let [a = 0, b = 0, c = 0] = digest
  let counter = 1

  const word = (): number => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return sum >>> 0
  }
  for (let round = 0; round < 16; round++) word()

  const next = (): number => {
    const high = word() >>> 5
    const low = word() >>> 6
    return (high * 0x4000000 + low) / 0x20000000000000
  }
  const below = (bound: number): number => {
    // A word has fewer values than this, and among so many the bias is negligible.
    if (bound > 0x100000000) return Math.floor(next() * bound)
    // Words in the last, incomplete run of `bound` would favour small numbers.
    const fair = 0x100000000 - (0x100000000 % bound)
    let drawn = word()
    while (drawn >= fair) drawn = word()
    return drawn % bound
  }
  const between = (low: number, high: number): number => low + next() * (high - low)
  const shuffled = <A>(items: ReadonlyArray<A>): ReadonlyArray<A> => {
    const left = [...items]
    const drawn: Array<A> = []
    while (left.length > 0) drawn.push(...left.splice(below(left.length), 1))
    return drawn
  }
  return { next, below, between, shuffled }
}
