/** The languages that mails are written in, and which of them a reader gets. */

/** Readers of any other language get the first. A mail has a text in each, or it doesn't compile. */
export const languages = ["en", "ru"] as const

/** A language that every mail has a text in. */
export type Language = (typeof languages)[number]

/** The language of a mail for a reader who prefers the BCP 47 tag: `ru` for `ru` and `ru-RU`, the first for all others. */
export const languageOf = (tag: string): Language => {
  const primary = tag.split("-")[0]?.toLowerCase()
  return languages.find((it) => it === primary) ?? languages[0]
}
