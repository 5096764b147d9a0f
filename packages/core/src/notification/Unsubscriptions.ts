/** Stops mails of a kind for whoever holds the token of such a mail. */
import { Context, Effect, Layer, Option, Schema } from "effect"
import { MailSwitches } from "../account/MailSwitches.ts"
import { UnsubscribeLinks } from "../mail/UnsubscribeLinks.ts"
import type { StorageError } from "../shared/StorageError.ts"

/** The token isn't one of a mail from this platform, or it has been cut off or changed. */
export class UnsubscribeTokenInvalid extends Schema.TaggedError<UnsubscribeTokenInvalid>()(
  "UnsubscribeTokenInvalid",
  {}
) {
  override get message(): string {
    return "token must be that of an unsubscribe link from a mail, complete and unchanged"
  }
}

/** Acts on the tokens of unsubscribe links. */
export class Unsubscriptions extends Context.Service<
  Unsubscriptions,
  {
    /**
     * Returns the kind whose mails the player no longer gets. Repeating it changes nothing; that an account is gone
     * doesn't show.
     */
    stop(token: string): Effect.Effect<string, UnsubscribeTokenInvalid | StorageError>
  }
>()("@galaxy/core/notification/Unsubscriptions") {}

/** Building it runs no statement. */
export const layer: Layer.Layer<Unsubscriptions, never, UnsubscribeLinks | MailSwitches> = Layer.effect(
  Unsubscriptions,
  Effect.gen(function* () {
    const links = yield* UnsubscribeLinks
    const switches = yield* MailSwitches
    return Unsubscriptions.of({
      stop: Effect.fn("Unsubscriptions.stop")(function* (token) {
        const read = yield* links.read(token)
        if (Option.isNone(read)) return yield* new UnsubscribeTokenInvalid()
        const { userId, kind } = read.value
        yield* switches.switchOff(userId, kind)
        return kind
      })
    })
  })
)
