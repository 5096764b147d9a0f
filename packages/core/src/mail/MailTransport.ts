/**
 * Port that hands a mail to a relay.
 *
 * A failure says whether trying again can help, and never holds an address or any text of the mail: it is stored with
 * the attempt and logged.
 */
import { Context, Effect, Layer, Schema } from "effect"

/** One mail to one recipient. `from` may have a display name, `to` may not. */
export interface OutgoingMail {
  /** With angle brackets; the same for every attempt of a delivery. */
  readonly messageId: string
  readonly from: string
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html?: string
  /** Goes into `List-Unsubscribe`, for a stop with one click (RFC 8058). */
  readonly unsubscribe?: string
}

/** The relay has accepted the mail. */
export interface Accepted {
  /** The relay's code such as `250 2.0.0`. */
  readonly reply: string
}

/** The relay will never take this mail, or it has no usable address. */
export class MailRejected extends Schema.TaggedError<MailRejected>()("MailRejected", {
  /** A code such as `550 5.1.1` or `address`. */
  reason: Schema.String
}) {}

/** A later attempt may succeed: the relay is unreachable, slow, busy or misconfigured. */
export class MailDeferred extends Schema.TaggedError<MailDeferred>()("MailDeferred", {
  /** A code such as `451 4.7.1` or `timeout`. */
  reason: Schema.String
}) {}

/**
 * Hands one mail to the relay. An adapter rejects anything but one plain address (`isMailbox`); retries are up to the
 * worker.
 */
export class MailTransport extends Context.Service<
  MailTransport,
  {
    /** May be interrupted at any time; the relay may or may not have accepted the mail then. */
    send(mail: OutgoingMail): Effect.Effect<Accepted, MailRejected | MailDeferred>
    /**
     * Succeeds if the relay would take mails now: it is greeted and signed in at, and gets no mail. Absent where that
     * can't be found out.
     */
    readonly check?: Effect.Effect<void, MailRejected | MailDeferred>
  }
>()("@galaxy/core/mail/MailTransport") {}

/** For programs that send no mail. Mails wait in the outbox; the first attempt logs a warning that says why. */
export const layerNone: Layer.Layer<MailTransport> = Layer.sync(MailTransport, () => {
  let warned = false
  return {
    send: () =>
      Effect.suspend(() => {
        const deferred = Effect.fail(new MailDeferred({ reason: "no transport" }))
        if (warned) return deferred
        warned = true
        return Effect.andThen(Effect.logWarning("mails can't be sent: this program has no MailTransport"), deferred)
      })
  }
})

const mailbox = /^[^\s\p{Cc}@"(),:;<>[\\\]]{1,64}@[^\s\p{Cc}@"(),:;<>[\\\]]{1,255}$/u

/** One plain address: no name, no list, nothing that could become a header or a second recipient. */
export const isMailbox = (text: string): boolean => mailbox.test(text)

/**
 * The code of a relay's answer without its text, which often repeats the address: `550 5.1.1 <a@b>…` gives `550 5.1.1`.
 */
export const replyCode = (answer: string): string | undefined =>
  /^\d{3}(?:[ -]\d\.\d{1,3}\.\d{1,3})?(?=[ -]|$)/.exec(answer)?.[0].replace("-", " ")
