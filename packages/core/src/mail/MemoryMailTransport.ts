/**
 * `MailTransport` that keeps mails in memory, for tests.
 *
 * It takes every mail unless told otherwise, and remembers the newest ones.
 */
import { Context, Effect, Layer } from "effect"
import {
  type Accepted,
  isMailbox,
  type MailDeferred,
  MailRejected,
  MailTransport,
  type OutgoingMail
} from "./MailTransport.ts"

export type RelayAnswer = (mail: OutgoingMail) => Effect.Effect<Accepted, MailRejected | MailDeferred>

export const accept: RelayAnswer = () => Effect.succeed({ reply: "250 2.0.0" })

const remembered = 10_000

export class MemoryMail extends Context.Service<
  MemoryMail,
  {
    /** Mails that were taken, oldest first. */
    readonly accepted: Effect.Effect<ReadonlyArray<OutgoingMail>>
    /** Every mail that was offered, taken or not, oldest first. */
    readonly offered: Effect.Effect<ReadonlyArray<OutgoingMail>>
    /** From now on mails are answered like this. */
    answer(answer: RelayAnswer): Effect.Effect<void>
  }
>()("@galaxy/core/mail/MemoryMail") {}

const remember = (list: Array<OutgoingMail>, mail: OutgoingMail) => {
  list.push(mail)
  if (list.length > remembered) list.shift()
}

export const layerMemory: Layer.Layer<MailTransport | MemoryMail> = Layer.effectContext(
  Effect.sync(() => {
    const accepted: Array<OutgoingMail> = []
    const offered: Array<OutgoingMail> = []
    let current: RelayAnswer = accept
    const transport = MailTransport.of({
      send: (mail) =>
        Effect.suspend(() => {
          remember(offered, mail)
          if (!isMailbox(mail.to)) return Effect.fail(new MailRejected({ reason: "address" }))
          return Effect.tap(current(mail), () => Effect.sync(() => remember(accepted, mail)))
        })
    })
    const memory = MemoryMail.of({
      accepted: Effect.sync(() => [...accepted]),
      offered: Effect.sync(() => [...offered]),
      answer: (answer) =>
        Effect.sync(() => {
          current = answer
        })
    })
    return Context.make(MailTransport, transport).pipe(Context.add(MemoryMail, memory))
  })
)
