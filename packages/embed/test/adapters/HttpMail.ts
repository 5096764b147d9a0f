/** `MailTransport` over the HTTP API of a mail provider. */
import { isMailbox, MailDeferred, MailRejected, MailTransport } from "@galaxy/core/mail/MailTransport"
import { Effect, Layer, Redacted } from "effect"

export interface HttpMailOptions {
  readonly url: string
  readonly key: Redacted.Redacted
}

export const layer = ({ url, key }: HttpMailOptions): Layer.Layer<MailTransport> =>
  Layer.succeed(MailTransport, {
    send: Effect.fn("HttpMail.send")(function* (mail) {
      // Nothing that could become a second recipient leaves this program.
      if (!isMailbox(mail.to)) return yield* new MailRejected({ reason: "address" })
      const { status } = yield* Effect.tryPromise({
        // Whoever is interrupted gives the request up, too.
        try: (signal) =>
          fetch(url, {
            method: "POST",
            headers: { authorization: `Bearer ${Redacted.value(key)}`, "idempotency-key": mail.messageId },
            body: JSON.stringify(mail),
            signal
          }),
        // The text of an error may hold an address, and the reason is stored.
        catch: () => new MailDeferred({ reason: "unreachable" })
      })
      if (status === 429 || status >= 500) return yield* new MailDeferred({ reason: `451 http-${status}` })
      if (status >= 300) return yield* new MailRejected({ reason: `550 http-${status}` })
      return { reply: "250" }
    })
  })
