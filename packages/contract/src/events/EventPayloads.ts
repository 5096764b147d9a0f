/** The payload of each kind of event, as a type. A kind has one as soon as it is in `EventKinds`. */
import type { TableValue } from "../fbs/TableValue.ts"
import type { EventKind, eventTables, GatewayEventKind, gatewayEventTables } from "./EventKinds.ts"

type Tables = typeof eventTables & typeof gatewayEventTables

/** The decoded payload of each kind, the backend's and the gateway's, by the kind's name. */
export type EventPayloads = { readonly [Kind in EventKind | GatewayEventKind]: TableValue<Tables[Kind]> }
