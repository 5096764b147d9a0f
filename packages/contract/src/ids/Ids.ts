/**
 * Identifiers that cross a process boundary, one brand each.
 *
 * All are canonical lower-case UUIDs; an id in any other form is a different string and is refused.
 */
import { Schema } from "effect"

/** The canonical lower-case form of a UUID. */
export const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

const Uuid = Schema.String.check(Schema.isPattern(uuidPattern))

export const UserId = Uuid.pipe(Schema.brand("galaxy/UserId"))
export type UserId = typeof UserId.Type

export const DeviceSessionId = Uuid.pipe(Schema.brand("galaxy/DeviceSessionId"))
export type DeviceSessionId = typeof DeviceSessionId.Type

export const ChallengeId = Uuid.pipe(Schema.brand("galaxy/ChallengeId"))
export type ChallengeId = typeof ChallengeId.Type

export const GameId = Uuid.pipe(Schema.brand("galaxy/GameId"))
export type GameId = typeof GameId.Type

export const InviteId = Uuid.pipe(Schema.brand("galaxy/InviteId"))
export type InviteId = typeof InviteId.Type

export const MembershipId = Uuid.pipe(Schema.brand("galaxy/MembershipId"))
export type MembershipId = typeof MembershipId.Type

export const EnginePlayerId = Uuid.pipe(Schema.brand("galaxy/EnginePlayerId"))
export type EnginePlayerId = typeof EnginePlayerId.Type

export const DeliveryId = Uuid.pipe(Schema.brand("galaxy/DeliveryId"))
export type DeliveryId = typeof DeliveryId.Type
