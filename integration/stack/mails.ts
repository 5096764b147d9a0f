/** The mails that the platform has sent, as the catcher behind its relay shows them. */
import { Effect, Option } from "effect"
import { failed, type StackFailed } from "./StackFailed.ts"
import { until } from "./patience.ts"
import { Stack } from "./Stack.ts"

/** One mail that was taken. */
export interface Mail {
  readonly id: string
  readonly subject: string
  readonly text: string
}

/** Asks the catcher at this origin, whose page has this key. */
export const mailsAt =
  (origin: string, key: string) =>
  (address: string): Effect.Effect<ReadonlyArray<Mail>, StackFailed> =>
    Effect.tryPromise({
      try: async (signal) => {
        const answer = await fetch(`${origin}/api/mails?to=${encodeURIComponent(address)}`, {
          headers: { authorization: `Bearer ${key}` },
          signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)])
        })
        if (!answer.ok) throw new Error(`status ${answer.status}`)
        return ((await answer.json()) as { readonly mails: ReadonlyArray<Mail> }).mails
      },
      catch: failed("the mail catcher")
    })

/** The newest mail to the address that fits, once there is one. */
export const mailTo = (address: string, what: string, fits: (mail: Mail) => boolean) =>
  Effect.flatMap(Stack, (stack) =>
    until(
      `${what} to ${address}`,
      Effect.map(stack.mailsTo(address), (mails) => Option.fromUndefinedOr(mails.find(fits)))
    )
  )
