/** A mail in the catcher: on its page, in the page's JSON and in its file. */
import { Schema } from "effect"

/** Ids begin with the time, so that sorted ids are in order of arrival; `html` is null where the mail has none. */
export class CaughtMail extends Schema.Class<CaughtMail>("galaxy/mail/CaughtMail")({
  id: Schema.String,
  /** When it came, in Unix milliseconds. */
  receivedAt: Schema.Int,
  messageId: Schema.String,
  from: Schema.String,
  to: Schema.Array(Schema.String),
  subject: Schema.String,
  text: Schema.String,
  html: Schema.NullOr(Schema.String),
  /** The sign-in code, where the mail holds one. */
  code: Schema.NullOr(Schema.String)
}) {}

/** The first number of eight digits that stands alone, or of six, as earlier releases sent it. */
export const codeIn = (...texts: ReadonlyArray<string>): string | null => {
  for (const text of texts) {
    const found = /(?<![\p{L}\p{N}])(?:\d{8}|\d{6})(?![\p{L}\p{N}])/u.exec(text)
    if (found !== null) return found[0]
  }
  return null
}
