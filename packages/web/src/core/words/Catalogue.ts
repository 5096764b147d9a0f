/** The words that are loaded: some parts of the catalogue, in one language at a time. */
import { make as makeStore, type Readable } from "../Store.ts"
import type { LoadPart, Part } from "./parts.ts"
import type { Language, Words } from "./Words.ts"

/** What is said at the moment. `language` is that of `words`. */
export interface Spoken {
  readonly language: Language
  /** Only the sections whose parts have been asked for are there. */
  readonly words: Words
}

export interface Catalogue {
  readonly spoken: Readable<Spoken>
  /** Is done once these parts are there, in the language that is then spoken. Fails where they can't be loaded. */
  readonly need: (parts: ReadonlyArray<Part>) => Promise<void>
  /** Loads all parts that are in use in another language, and changes to it when it has them. The last one asked wins. */
  readonly speak: (language: Language) => Promise<void>
}

/** Begins with the part `door` in some language, and with the first `need` changes to the language that is wanted. */
export const make = (door: Spoken, language: Language, load: LoadPart): Catalogue => {
  const spoken = makeStore(door)
  const used = new Set<Part>(["door"])
  let known: ReadonlySet<Part> = new Set(used)
  let wanted = language

  /** Until everything in use is there, in the wanted language: both may change while something is loaded. */
  const catchUp = async (): Promise<void> => {
    for (;;) {
      const next = wanted
      const isNew = next !== spoken.get().language
      const missing = Array.from(used).filter((part) => isNew || !known.has(part))
      if (missing.length === 0) return
      const loaded = await Promise.all(missing.map((part) => load(next, part)))
      if (next !== wanted || isNew !== (next !== spoken.get().language)) continue
      known = new Set(isNew ? missing : [...known, ...missing])
      const before = isNew ? {} : spoken.get().words
      spoken.set({ language: next, words: Object.assign({}, before, ...loaded) as Words })
    }
  }

  return {
    spoken,
    need: (parts) => {
      for (const part of parts) used.add(part)
      return catchUp()
    },
    speak: async (next) => {
      const before = wanted
      wanted = next
      try {
        await catchUp()
      } catch (error) {
        // It stays with the language that it has.
        if (wanted === next) wanted = before
        throw error
      }
    }
  }
}
