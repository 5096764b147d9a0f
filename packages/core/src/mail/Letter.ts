/**
 * What a mail says, and the text and HTML that are made of it.
 *
 * Both forms say the same. Words may hold any text that players have chosen: in HTML it is escaped.
 */
import type { Language } from "../shared/mailLanguage.ts"
import { page } from "./letterHtml.ts"
import type { MailWords, Paragraph } from "./MailWords.ts"

/** What a letter is made of besides its words. */
export interface LetterOptions {
  readonly language: Language
  /** Where the reader can stop mails of this kind; left out where they can't be stopped. */
  readonly unsubscribe?: string | undefined
}

/** A mail as it is stored in the outbox. */
export interface Letter {
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly unsubscribe?: string
}

/** The words around every letter. */
export const frame = {
  en: {
    stop: "No more mails of this kind",
    automatic: "This mail was sent automatically. Nobody reads answers to it."
  },
  ru: {
    stop: "Не присылать таких писем",
    automatic: "Это письмо отправлено автоматически. Ответы на него никто не читает."
  }
} as const satisfies Record<Language, unknown>

const plain = (it: Paragraph): string => (typeof it === "string" ? it : `    ${it.code}`)

/** Writes the letter in both forms. */
export const letter = (words: MailWords, { language, unsubscribe }: LetterOptions): Letter => {
  const { stop, automatic } = frame[language]
  const foot = unsubscribe === undefined ? automatic : `${automatic}\n${stop}: ${unsubscribe}`
  return {
    subject: words.subject,
    text: `${[...words.paragraphs.map(plain), `-- \n${foot}`].join("\n\n")}\n`,
    html: page({
      language,
      title: words.subject,
      paragraphs: words.paragraphs,
      foot: automatic,
      link: unsubscribe === undefined ? undefined : { text: stop, url: unsubscribe }
    }),
    ...(unsubscribe === undefined ? {} : { unsubscribe })
  }
}
