/** What a mail says, before it is written as text and HTML. */

/** A paragraph, or a code that is to be read and typed in. */
export type Paragraph = string | { readonly code: string }

/** The words of a mail, in plain text and one language: its subject, which is one line, and its paragraphs. */
export interface MailWords {
  readonly subject: string
  readonly paragraphs: ReadonlyArray<Paragraph>
}
