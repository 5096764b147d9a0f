/**
 * `MailTransport` that keeps mails in memory, for tests.
 *
 * It accepts every mail unless `answer` says otherwise, and keeps the newest 10,000.
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

/** How the simulated relay answers a mail. It may also never return, like a relay that hangs. */
export type RelayAnswer = (mail: OutgoingMail) => Effect.Effect<Accepted, MailRejected | MailDeferred>

/** Accepts every mail: the answer that `layerMemory` starts with. */
export const accept: RelayAnswer = () => Effect.succeed({ reply: "250 2.0.0" })

const remembered = 10_000

/** The test's side of the transport: what was sent, and how the relay answers. */
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

/** Provides the transport and the test's side of it. Like every adapter, it rejects anything but one plain address. */
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
