/**
 * The handle that an account gets at its first sign-in: pronounceable, nobody's wish, and never changed.
 *
 * It says nothing about the address it was made for.
 */
import { Effect } from "effect"

const consonants = "bdfghklmnprstvz"
const vowels = "aeiou"

const letter = (alphabet: string, byte: number) => alphabet[byte % alphabet.length] ?? "a"

/** As `tovaki-48213`: some 10^10 of them, so that a clash is rare and costs one more try. */
export const newUserName: Effect.Effect<string> = Effect.sync(() => {
  const bytes = crypto.getRandomValues(new Uint8Array(6))
  const [number = 0] = crypto.getRandomValues(new Uint32Array(1))
  const syllables = Array.from(bytes, (byte, index) => letter(index % 2 === 0 ? consonants : vowels, byte)).join("")
  return `${syllables}-${String(number % 100_000).padStart(5, "0")}`
})
