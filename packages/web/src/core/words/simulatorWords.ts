/** The words of the fight simulator, in every language. */
import { simulator as en } from "./en/simulator.ts"
import { simulator as ru } from "./ru/simulator.ts"
import type { Section } from "./Section.ts"
import type { Language } from "./Words.ts"

export const simulatorWords: Readonly<Record<Language, Section<typeof en>>> = { en, ru }
