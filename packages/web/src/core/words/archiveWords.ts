/** The words of the archive, in every language. */
import { archive as en } from "./en/archive.ts"
import { archive as ru } from "./ru/archive.ts"
import type { Section } from "./Section.ts"
import type { Language } from "./Words.ts"

export const archiveWords: Readonly<Record<Language, Section<typeof en>>> = { en, ru }
