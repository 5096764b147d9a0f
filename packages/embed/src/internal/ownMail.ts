/** The port of mails over a function of the embedding program. */
import { isMailbox, MailDeferred, MailRejected, MailTransport } from "@galaxy/core/mail/MailTransport"
import { Effect, Layer } from "effect"
import * as Mail from "../mail.ts"
import { codeOf, faultFields } from "./faults.ts"

/** What the provider returned, as it may be stored with the attempt: its id of the mail. */
const replyOf = (id: unknown): string =>
  typeof id === "string" && /^[\x21-\x7e]{1,128}$/.test(id) && !id.includes("@") ? id : "accepted"

/** What an error means for the mail; `fault` is one that the provider's code didn't mean to throw. */
const outcomeOf = (cause: unknown): { readonly outcome: MailRejected | MailDeferred; readonly fault?: unknown } => {
  if (cause instanceof Mail.MailRejected) {
    return { outcome: new MailRejected({ reason: codeOf(cause.message, "rejected") }) }
  }
  if (cause instanceof Mail.MailDeferred) {
    return { outcome: new MailDeferred({ reason: codeOf(cause.message, "deferred") }) }
  }
  return { outcome: new MailDeferred({ reason: "send failed" }), fault: cause }
}

/** Provides `MailTransport`; an error that isn't one of ours is logged by its kind and place, and the mail deferred. */
export const layer = (send: Mail.SendMail): Layer.Layer<MailTransport> =>
  Layer.succeed(MailTransport, {
    send: (mail) => {
      if (!isMailbox(mail.to)) return Effect.fail(new MailRejected({ reason: "address" }))
      // A function that throws at once is treated like one that rejects.
      return Effect.tryPromise({ try: async (signal) => send(mail, { signal }), catch: outcomeOf }).pipe(
        Effect.map((id) => ({ reply: replyOf(id) })),
        Effect.tapError(({ fault }) =>
          fault === undefined
            ? Effect.void
            : Effect.annotateLogs(Effect.logWarning("mail.send failed"), faultFields(fault))
        ),
        Effect.mapError(({ outcome }) => outcome)
      )
    }
  })
