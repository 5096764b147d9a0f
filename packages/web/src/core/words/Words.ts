/** The languages of the client, and how one is chosen. */
import type { en } from "./en.ts"
import type { Section } from "./Section.ts"

/** The catalogue of any language. */
export type Words = Section<typeof en>

/** The languages that there are. */
export const languages = { en: "English", ru: "Русский" } as const

/** A BCP 47 tag that the client has. */
export type Language = keyof typeof languages

const isLanguage = (tag: string): tag is Language => Object.hasOwn(languages, tag)

/** The first of the wanted languages that there is, by its main part; English where there is none. */
export const languageOf = (wanted: ReadonlyArray<string>): Language => {
  for (const tag of wanted) {
    const main = tag.toLowerCase().split("-", 1)[0] ?? ""
    if (isLanguage(main)) return main
  }
  return "en"
}

/**
 * The tag by which numbers and times are written: the language with the region of the person's browser, such as `en-GB`,
 * where that names one; English days and months are written the American way otherwise.
 */
export const localeOf = (language: Language, wanted: ReadonlyArray<string>): string =>
  wanted.find((tag) => tag.toLowerCase().startsWith(`${language}-`)) ?? language
