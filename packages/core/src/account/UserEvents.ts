/**
 * Port: tells other services of changes of accounts. It is auxiliary: the database alone is right about accounts.
 *
 * Nothing waits for it, and an event that can't be sent is lost. Whoever publishes does so after the commit.
 */
import { Context, type DateTime, Effect, Layer } from "effect"
import type { UserId } from "@galaxy/contract/ids/Ids"

/** What happens to accounts, by where it is told: the beginning and end of accounts, and everything in between. */
export const userEventTypes = {
  lifecycle: ["account.created", "account.blocked", "account.deleted"],
  domain: ["account.changed", "entitlement.changed", "sanction.changed", "limit.changed"]
} as const

/** One type of `userEventTypes`. */
export type UserEventType = (typeof userEventTypes)[keyof typeof userEventTypes][number]

/** One event. It says what has changed, and never whose account it is but by id. */
export interface UserEvent {
  readonly type: UserEventType
  readonly userId: UserId
  readonly at: DateTime.Utc
  /** Codes of what has changed, such as `limit_code`. */
  readonly details?: Readonly<Record<string, string>>
}

/** Publishes events. Never fails and never waits for a receiver. */
export class UserEvents extends Context.Service<
  UserEvents,
  {
    publish(event: UserEvent): Effect.Effect<void>
  }
>()("@galaxy/core/account/UserEvents") {}

/** Tells nobody. */
export const layerNone: Layer.Layer<UserEvents> = Layer.succeed(UserEvents, { publish: () => Effect.void })
