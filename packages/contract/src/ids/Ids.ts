/**
 * Identifiers that cross a process boundary, one brand each.
 *
 * All are UUIDs in canonical lower case. Any other spelling is refused, so ids can be compared as strings.
 */
import { Schema } from "effect"
import { uuidPattern } from "./uuid.ts"

export { uuidPattern } from "./uuid.ts"

const Uuid = Schema.String.check(Schema.isPattern(uuidPattern))

/** One account, made at the first sign-in of an address. */
export const UserId = Uuid.pipe(Schema.brand("galaxy/UserId"))
export type UserId = typeof UserId.Type

/** One device session: a public key that acts for one user until it is revoked. */
export const DeviceSessionId = Uuid.pipe(Schema.brand("galaxy/DeviceSessionId"))
export type DeviceSessionId = typeof DeviceSessionId.Type

/** One login code that was asked for. Random throughout, since whoever knows an id can use up its attempts. */
export const ChallengeId = Uuid.pipe(Schema.brand("galaxy/ChallengeId"))
export type ChallengeId = typeof ChallengeId.Type

/** One game; the same id in lobby, runtime and engine. */
export const GameId = Uuid.pipe(Schema.brand("galaxy/GameId"))
export type GameId = typeof GameId.Type

/** One invite to one game. */
export const InviteId = Uuid.pipe(Schema.brand("galaxy/InviteId"))
export type InviteId = typeof InviteId.Type

/** One player's application to one public game. */
export const ApplicationId = Uuid.pipe(Schema.brand("galaxy/ApplicationId"))
export type ApplicationId = typeof ApplicationId.Type

/** One user's seat in one game; kept when the user leaves and is seated again. */
export const MembershipId = Uuid.pipe(Schema.brand("galaxy/MembershipId"))
export type MembershipId = typeof MembershipId.Type

/** One entry of the race-name directory: a name that one player holds. Stays the same when a name is registered. */
export const RaceNameId = Uuid.pipe(Schema.brand("galaxy/RaceNameId"))
export type RaceNameId = typeof RaceNameId.Type

/**
 * A player as an engine knows them. It has the UUID of the player's membership, so a repeated start names the same
 * players and the engine never learns user ids.
 */
export const EnginePlayerId = Uuid.pipe(Schema.brand("galaxy/EnginePlayerId"))
export type EnginePlayerId = typeof EnginePlayerId.Type

/** One mail of the backend's outbox, whatever the number of attempts to send it. */
export const DeliveryId = Uuid.pipe(Schema.brand("galaxy/DeliveryId"))
export type DeliveryId = typeof DeliveryId.Type

/** One fact that somebody was told of. */
export const NotificationId = Uuid.pipe(Schema.brand("galaxy/NotificationId"))
export type NotificationId = typeof NotificationId.Type

/** One row of the audit log: one mutation by an administrator. */
export const AuditId = Uuid.pipe(Schema.brand("galaxy/AuditId"))
export type AuditId = typeof AuditId.Type
