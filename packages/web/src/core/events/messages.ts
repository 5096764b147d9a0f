/** What tabs tell each other about the one event stream that they share. */
import type { PlayerEvent } from "@galaxy/client/PlayerEvent"

/** Where the stream stands, as the person is told. `untilMs` is by this machine's clock. */
export type StreamStatus =
  | { readonly _tag: "connecting" }
  | { readonly _tag: "live" }
  | { readonly _tag: "waiting"; readonly untilMs: number }
  | { readonly _tag: "offline" }
  | { readonly _tag: "ended" }

export type TabMessage =
  /** Verified by the leader: tabs of one origin trust each other. */
  | { readonly _tag: "event"; readonly event: PlayerEvent }
  | { readonly _tag: "status"; readonly status: StreamStatus }
  /** A follower asks whether anybody leads; the leader answers with its status. */
  | { readonly _tag: "ask" }
  /** A person in another tab wants the connection anew. */
  | { readonly _tag: "reconnect" }
