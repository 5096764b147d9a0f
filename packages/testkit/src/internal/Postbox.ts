/** Where the platform's mails arrive: a transport that keeps them, with the faults of a relay. */
import {
  type Accepted,
  isMailbox,
  MailDeferred,
  MailRejected,
  type MailTransport,
  type OutgoingMail
} from "@galaxy/core/mail/MailTransport"
import { Effect } from "effect"
import { Inbox } from "./Inbox.ts"

/**
 * Refuses for the moment, refuses for good, never answers, or accepts mails and loses them: what `fail.mail` can do.
 */
export type MailFault = "defer" | "reject" | "hang" | "drop-after-250"

/** A mailbox for all players. */
export interface Postbox {
  readonly transport: MailTransport["Service"]
  /** Mails that were taken. */
  readonly mails: Inbox<OutgoingMail>
  /** Forgets all mails. */
  readonly clear: () => void
  /** How mails are answered from now on. */
  mode: MailFault | "accept"
}

const reply: Accepted = { reply: "250 2.0.0" }

/** A postbox that takes mails without a relay. Like every adapter, it rejects anything but one plain address. */
export const make = (): Postbox => {
  let mails = new Inbox<OutgoingMail>()
  const send = (mail: OutgoingMail) =>
    Effect.suspend((): Effect.Effect<Accepted, MailRejected | MailDeferred> => {
      if (!isMailbox(mail.to)) return Effect.fail(new MailRejected({ reason: "address" }))
      switch (postbox.mode) {
        case "defer":
          return Effect.fail(new MailDeferred({ reason: "451 4.7.1" }))
        case "reject":
          return Effect.fail(new MailRejected({ reason: "550 5.7.1" }))
        case "hang":
          return Effect.never
        case "drop-after-250":
          return Effect.succeed(reply)
        case "accept":
          mails.put(mail)
          return Effect.succeed(reply)
      }
    })
  const postbox: Postbox = {
    transport: { send },
    get mails() {
      return mails
    },
    clear: () => {
      mails = new Inbox()
    },
    mode: "accept"
  }
  return postbox
}
