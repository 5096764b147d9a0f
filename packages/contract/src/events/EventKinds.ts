/**
 * The kinds of events that players and operators are told of, with the FlatBuffers table of each event that is sent.
 *
 * This is the only list of them: the backend's catalogue and producers, the gateway and clients all read it. A kind
 * that isn't here, or an event that has no table in `fbs/`, doesn't compile.
 */
import type { TableName } from "../gen/fbs-tables.ts"

/** The backend's events, which are stored for the player and numbered. */
export const eventTables = {
  "game.finished": "galaxy.push.GameFinished",
  "game.generation.failed": "galaxy.push.GameGenerationFailed",
  "game.seat.taken_over": "galaxy.push.GameSeatTakenOver",
  "game.started": "galaxy.push.GameStarted",
  "game.turn.delayed": "galaxy.push.GameTurnDelayed",
  "game.turn.missed": "galaxy.push.GameTurnMissed",
  "game.turn.ready": "galaxy.push.GameTurnReady",
  "lobby.application.approved": "galaxy.push.LobbyApplicationApproved",
  "lobby.application.rejected": "galaxy.push.LobbyApplicationRejected",
  "lobby.game.cancelled": "galaxy.push.LobbyGameCancelled",
  "lobby.game.paused": "galaxy.push.LobbyGamePaused",
  "lobby.game.resumed": "galaxy.push.LobbyGameResumed",
  "lobby.invite.received": "galaxy.push.LobbyInviteReceived",
  "lobby.invite.revoked": "galaxy.push.LobbyInviteRevoked",
  "lobby.membership.blocked": "galaxy.push.LobbyMembershipBlocked",
  "lobby.membership.removed": "galaxy.push.LobbyMembershipRemoved",
  "lobby.race_name.expired": "galaxy.push.LobbyRaceNameExpired",
  "lobby.race_name.pending": "galaxy.push.LobbyRaceNamePending",
  "lobby.race_name.registered": "galaxy.push.LobbyRaceNameRegistered"
} as const satisfies Readonly<Record<string, TableName>>

/** Kinds of events that players are mailed about. A player may switch off the mails of each (`mail_kinds_off`). */
export const playerMailKinds = [
  "game.finished",
  "game.seat.taken_over",
  "game.started",
  "game.turn.missed",
  "lobby.application.approved",
  "lobby.application.rejected",
  "lobby.game.cancelled",
  "lobby.invite.received",
  "lobby.membership.blocked",
  "lobby.membership.removed",
  "lobby.race_name.expired",
  "lobby.race_name.pending",
  "lobby.race_name.registered",
  "user.session.ended"
] as const

/** Kinds of events that only the operators' address is mailed about. Players never see them. */
export const operatorKinds = [
  "lobby.application.submitted",
  "mail.dead_lettered",
  "runtime.engine_unhealthy",
  "runtime.image_missing",
  "runtime.start_failed",
  "runtime.turn_failed"
] as const

/** The gateway's own events, about the stream itself. They are neither stored nor numbered: their sequence is 0. */
export const gatewayEventTables = {
  "gateway.server_time": "galaxy.gateway.ServerTime",
  "gateway.gap": "galaxy.gateway.Gap",
  "gateway.heartbeat": "galaxy.gateway.Heartbeat"
} as const satisfies Readonly<Record<string, TableName>>

/** A kind of the backend's events. */
export type EventKind = keyof typeof eventTables

/** A kind of event that players are mailed about. */
export type PlayerMailKind = (typeof playerMailKinds)[number]

/** A kind of event that only operators are mailed about. */
export type OperatorKind = (typeof operatorKinds)[number]

/** Every kind of fact that somebody is told of, by whatever channel. */
export type NotificationKind = EventKind | PlayerMailKind | OperatorKind

/** A kind of the gateway's own events. */
export type GatewayEventKind = keyof typeof gatewayEventTables

const all: ReadonlyMap<string, TableName> = new Map<string, TableName>([
  ...Object.entries(eventTables),
  ...Object.entries(gatewayEventTables)
])

/** Returns whether this version's backend sends events of the kind. */
export const isEventKind = (kind: string): kind is EventKind => Object.hasOwn(eventTables, kind)

/** Returns whether players are mailed about the kind, so that they may switch its mails off. */
export const isPlayerMailKind = (kind: string): kind is PlayerMailKind =>
  (playerMailKinds as ReadonlyArray<string>).includes(kind)

/** The table of a kind's payload; `undefined` for a kind that this version doesn't know. */
export const payloadTable = (kind: string): TableName | undefined => all.get(kind)
