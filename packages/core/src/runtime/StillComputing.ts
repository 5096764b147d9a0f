/** The outcome of an attempt at a turn whose engine has more to compute. */
import { Schema } from "effect"

/** The engine has not answered in time, but runs, and may be computing the turn. */
export class StillComputing extends Schema.TaggedError<StillComputing>()("StillComputing", {
  instanceId: Schema.String,
  endpoint: Schema.String
}) {}
