/** What a mail says, and the text that is made of it. */

/** The words of a mail, in plain text and one language: its subject, which is one line, and its paragraphs. */
export interface MailWords {
  readonly subject: string
  readonly paragraphs: ReadonlyArray<string>
}

/** The mail as it is stored in the outbox. */
export const letter = (words: MailWords) => ({
  subject: words.subject,
  text: `${words.paragraphs.join("\n\n")}\n`
})
