/** What goes out on a stream. */
import type { LiveEvent } from "./PushSource.ts"

/** What is sent to the client, before it is signed. */
export type Outgoing =
  | { readonly type: "server_time"; readonly newest: number }
  | { readonly type: "event"; readonly event: LiveEvent }
  | { readonly type: "gap"; readonly first: number; readonly last: number; readonly resumedAfter: number }
  | { readonly type: "heartbeat" }
