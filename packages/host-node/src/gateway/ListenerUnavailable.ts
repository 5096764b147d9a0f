/** Why a gateway's port isn't open. */
import { Schema } from "effect"

/** The address can't be listened on. */
export class ListenerUnavailable extends Schema.TaggedError<ListenerUnavailable>()("ListenerUnavailable", {
  message: Schema.String
}) {}
