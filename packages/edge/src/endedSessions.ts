/**
 * Sessions that a command of the player has ended, from the backend's answer.
 *
 * This gateway revokes them before it answers, so that who has revoked a device never sees it served here again. Other
 * gateways hear of it by the push stream, as this one would a moment later. A command that has ended its own session is
 * answered all the same.
 */
import { Effect, Option, Schema } from "effect"
import type { SessionCache } from "./SessionCache.ts"

const revokedIn = Schema.decodeUnknownOption(Schema.Struct({ revoked: Schema.Array(Schema.String) }))

/** A command, and the backend's answer to it. */
export interface Done {
  readonly messageType: string
  readonly userId: string
  readonly deviceSessionId: string
  readonly json: unknown
}

const endings: ReadonlySet<string> = new Set([
  "user.account.delete",
  "user.sessions.revoke",
  "user.sessions.revoke_all"
])

/** Whether such a command can end its own session: then the end of the session alone doesn't end the command. */
export const mayEndItself = (messageType: string): boolean => endings.has(messageType)

/** Whether this successful answer says that the command has ended its own session. */
export const hasEndedItself = ({ deviceSessionId, json, messageType }: Done): boolean =>
  messageType === "user.account.delete" ||
  (mayEndItself(messageType) && Option.exists(revokedIn(json), ({ revoked }) => revoked.includes(deviceSessionId)))

/** What revokes in the cache the sessions that a successful answer says have ended; undefined where it says of none. */
export const revokeEnded = (
  cache: SessionCache["Service"],
  { json, messageType, userId }: Done
): Effect.Effect<void> | undefined => {
  if (messageType === "user.account.delete") return cache.revokeUser(userId)
  if (!mayEndItself(messageType)) return undefined
  return Option.match(revokedIn(json), {
    onNone: () => undefined,
    onSome: ({ revoked }) => Effect.forEach(revoked, cache.revokeSession, { discard: true })
  })
}
