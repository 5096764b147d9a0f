/**
 * Mails by your own provider: what is handed over, and how a provider says no.
 *
 * A mail is kept in the database until `send` has returned, so it survives a restart. It is sent at least once; a
 * repeated attempt has the same `messageId`.
 */

/** One mail to one recipient, which has never more than one plain address. */
export interface Mail {
  /** With angle brackets; the same in every attempt. Give it to providers that drop repeated mails by a key. */
  readonly messageId: string
  /** As in the options. */
  readonly from: string
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html?: string
  /** For the header `List-Unsubscribe`: stops mails of this kind with one click (RFC 8058). */
  readonly unsubscribe?: string
}

/**
 * Hands one mail to a provider, and returns the provider's id of it where there is one. `signal` is aborted when the
 * attempt has taken too long, 30 seconds, or the Galaxy closes. Throw `MailDeferred` or `MailRejected` to say what to
 * do; any other error counts as deferred.
 */
export type SendMail = (mail: Mail, context: { readonly signal: AbortSignal }) => Promise<string | undefined | void>

/**
 * Try again later: the provider is busy or unreachable. The wait grows with each attempt; after ten, which takes about
 * an hour, the mail is a dead letter. The reason is a short code such as `429`: it is stored and logged.
 */
export class MailDeferred extends Error {
  override readonly name = "MailDeferred"
}

/** Never try again: the provider refuses this mail or this address. It is a dead letter at once. */
export class MailRejected extends Error {
  override readonly name = "MailRejected"
}
