/**
 * The kinds of events that players get, each with the FlatBuffers table of its payload.
 *
 * This is the only list of them: the backend's catalogue and producers, the gateway and clients all read it. A kind
 * that isn't here, or that has no table in `fbs/`, doesn't compile.
 */
import type { TableName } from "../gen/fbs-tables.ts"

/** The backend's events, which are stored for the player and numbered. */
export const eventTables = {
  "game.turn.ready": "galaxy.push.GameTurnReady",
  "lobby.invite.received": "galaxy.push.LobbyInviteReceived",
  "lobby.invite.revoked": "galaxy.push.LobbyInviteRevoked"
} as const satisfies Readonly<Record<string, TableName>>

/** The gateway's own events, about the stream itself. They are neither stored nor numbered: their sequence is 0. */
export const gatewayEventTables = {
  "gateway.server_time": "galaxy.gateway.ServerTime",
  "gateway.gap": "galaxy.gateway.Gap",
  "gateway.heartbeat": "galaxy.gateway.Heartbeat"
} as const satisfies Readonly<Record<string, TableName>>

/** A kind of the backend's events. */
export type EventKind = keyof typeof eventTables

/** A kind of the gateway's own events. */
export type GatewayEventKind = keyof typeof gatewayEventTables

const all: ReadonlyMap<string, TableName> = new Map<string, TableName>([
  ...Object.entries(eventTables),
  ...Object.entries(gatewayEventTables)
])

/** Returns whether this version's backend sends events of the kind. */
export const isEventKind = (kind: string): kind is EventKind => Object.hasOwn(eventTables, kind)

/** The table of a kind's payload; `undefined` for a kind that this version doesn't know. */
export const payloadTable = (kind: string): TableName | undefined => all.get(kind)
