/** The words of explanations, in every language. */
import { why as en } from "./en/why.ts"
import { why as ru } from "./ru/why.ts"
import type { Section } from "./Section.ts"
import type { Language } from "./Words.ts"

export type WhyWords = Section<typeof en>

export const whyWords: Readonly<Record<Language, WhyWords>> = { en, ru }
