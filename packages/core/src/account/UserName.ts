/**
 * The handle that an account gets at its first sign-in: pronounceable, random and never changed.
 *
 * It reveals nothing about the address it was made for.
 */
import { Effect } from "effect"
import { secureRandom } from "../shared/webCrypto.ts"

const consonants = "bdfghklmnprstvz"
const vowels = "aeiou"

const below = (count: number) => secureRandom.intBetween(0, count, { halfOpen: true })

const letter = (alphabet: string) => Effect.map(below(alphabet.length), (at) => alphabet[at] ?? "a")

const sixLetters = Array.from({ length: 6 }, (_, at) => letter(at % 2 === 0 ? consonants : vowels))

/** For example `tovaki-48213`. There are some 4·10^10 names, so a clash is rare; it costs one more try. */
export const newUserName: Effect.Effect<string> = Effect.gen(function* () {
  const letters = yield* Effect.all(sixLetters)
  const number = yield* below(100_000)
  return `${letters.join("")}-${String(number).padStart(5, "0")}`
})
