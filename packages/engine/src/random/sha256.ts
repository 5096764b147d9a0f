/**
 * SHA-256 (FIPS 180-4) as a plain function, because the platform's own is asynchronous and the rules are not.
 *
 * Integer arithmetic only: the same on every machine.
 */

/** Fractional parts of the cube roots of the first 64 primes, found with integers. */
const roundConstants: ReadonlyArray<number> = (() => {
  const primes: Array<number> = []
  for (let candidate = 2; primes.length < 64; candidate++) {
    if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate)
  }
  return primes.map((prime) => Number(integerRoot(BigInt(prime) << 96n, 3n) & 0xffffffffn))
})()

/** Fractional parts of the square roots of the first 8 primes. */
const initialState: ReadonlyArray<number> = [2n, 3n, 5n, 7n, 11n, 13n, 17n, 19n].map((prime) =>
  Number(integerRoot(prime << 64n, 2n) & 0xffffffffn)
)

/** Largest whole number whose `degree`-th power is at most `value`. */
function integerRoot(value: bigint, degree: bigint): bigint {
  let low = 0n
  let high = 1n << 50n
  while (low < high) {
    const middle = (low + high + 1n) >> 1n
    if (middle ** degree <= value) low = middle
    else high = middle - 1n
  }
  return low
}

const rotate = (word: number, by: number): number => (word >>> by) | (word << (32 - by))
const at = (words: { readonly [index: number]: number }, index: number): number => words[index] ?? 0

/** The digest as eight 32-bit words. */
export const sha256Words = (message: Uint8Array): ReadonlyArray<number> => {
  const padded = new Uint8Array((((message.length + 8) >> 6) + 1) << 6)
  padded.set(message)
  padded[message.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setBigUint64(padded.length - 8, BigInt(message.length) * 8n)
  const state = Int32Array.from(initialState)
  const schedule = new Int32Array(64)
  for (let block = 0; block < padded.length; block += 64) {
    for (let step = 0; step < 16; step++) schedule[step] = view.getInt32(block + 4 * step)
    for (let step = 16; step < 64; step++) {
      const early = at(schedule, step - 15)
      const late = at(schedule, step - 2)
      schedule[step] =
        at(schedule, step - 16) +
        (rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3)) +
        at(schedule, step - 7) +
        (rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10))
    }
    let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state
    for (let step = 0; step < 64; step++) {
      const first =
        (h +
          (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) +
          ((e & f) ^ (~e & g)) +
          at(roundConstants, step) +
          at(schedule, step)) |
        0
      const second = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0
      h = g
      g = f
      f = e
      e = (d + first) | 0
      d = c
      c = b
      b = a
      a = (first + second) | 0
    }
    for (const [index, word] of [a, b, c, d, e, f, g, h].entries()) state[index] = at(state, index) + word
  }
  return Array.from(state, (word) => word >>> 0)
}

const utf8 = new TextEncoder()

/** The digest of a text's UTF-8 bytes, in lower-case hex. */
export const sha256Hex = (text: string): string =>
  sha256Words(utf8.encode(text))
    .map((word) => word.toString(16).padStart(8, "0"))
    .join("")
