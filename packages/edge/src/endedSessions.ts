/**
 * Sessions that a command of the player has ended, from the backend's answer.
 *
 * This gateway revokes them before it answers, so that who has revoked a device never sees it served here again. Other
 * gateways hear of it by the push stream, as this one would a moment later.
 */
import { Effect, Option, Schema } from "effect"
import type { SessionCache } from "./SessionCache.ts"

const revokedIn = Schema.decodeUnknownOption(Schema.Struct({ revoked: Schema.Array(Schema.String) }))

/** Revokes in the cache what a successful answer says has ended. */
export const revokeEnded = (
  cache: SessionCache["Service"],
  { messageType, userId, json }: { readonly messageType: string; readonly userId: string; readonly json: unknown }
): Effect.Effect<void> => {
  switch (messageType) {
    case "user.account.delete":
      return cache.revokeUser(userId)
    case "user.sessions.revoke":
    case "user.sessions.revoke_all":
      return Option.match(revokedIn(json), {
        onNone: () => Effect.void,
        onSome: ({ revoked }) => Effect.forEach(revoked, cache.revokeSession, { discard: true })
      })
    default:
      return Effect.void
  }
}
