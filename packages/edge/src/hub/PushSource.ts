/** Port: the backend's push log as this gateway follows it. */
import { Context, type Stream, Schema } from "effect"

/**
 * The stream to the backend is lost; it can be opened again from the last cursor. `unreadable` means that the stream had
 * begun or was refused by its content, such as a malformed frame: the same cursor may lead there again.
 */
export class PushSourceLost extends Schema.TaggedError<PushSourceLost>()("PushSourceLost", {
  message: Schema.String,
  unreadable: Schema.optionalKey(Schema.Boolean)
}) {}

/** An event of one user, in the user's own numbering. */
export interface LiveEvent {
  readonly userId: string
  /** Meant for one session only; empty for all of the user's. */
  readonly deviceSessionId: string
  readonly kind: string
  readonly payload: Uint8Array
  readonly eventId: string
  readonly requestId: string
  readonly traceId: string
  readonly sequence: number
}

/**
 * One frame of `SubscribePush` (wire.md, section 3); its cursor is where the next subscription continues. An
 * invalidation names either a session or a user, and the other is empty.
 */
export type PushFrame = { readonly cursor: string } & (
  | { readonly type: "resume"; readonly outcome: "RESUMED" | "RESTARTED" | "FRESH" }
  | { readonly type: "event"; readonly event: LiveEvent }
  | {
      readonly type: "invalidation"
      readonly deviceSessionId: string
      readonly userId: string
      readonly reason: string
    }
)

/**
 * Subscribes to the push log. Each call of `frames` is a new subscription, which fails with `PushSourceLost` when it
 * ends.
 */
export class PushSource extends Context.Service<
  PushSource,
  {
    /** Frames after the cursor, the resume frame first; an empty cursor starts at the present. */
    frames(cursor: string): Stream.Stream<PushFrame, PushSourceLost>
  }
>()("@galaxy/edge/hub/PushSource") {}
