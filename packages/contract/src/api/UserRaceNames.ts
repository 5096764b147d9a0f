/** Race names that a player holds, for players (`/api/v1/user/lobby/race-names`, `…/my/race-names`). */
import { Schema } from "effect"
import { GameId, RaceNameId } from "../ids/Ids.ts"
import { label, Timestamp, text } from "./Fields.ts"
import { line } from "./Text.ts"

/**
 * `reservation`: the name is used in one game. `pending_registration`: it was earned in a game that has finished, and
 * may be registered until `expires_at`. `registered`: it is its owner's on the whole platform, for good.
 */
export const RaceNameStatus = Schema.Literals(["reservation", "pending_registration", "registered"])

/** One name that the caller holds. */
export const HeldRaceName = Schema.Struct({
  race_name_id: RaceNameId,
  name: Schema.String,
  status: RaceNameStatus,
  /** The game it is reserved in, or was earned in; absent once it is registered. */
  game_id: Schema.optionalKey(GameId),
  game_name: Schema.optionalKey(Schema.String),
  /** The end of the time in which it may be registered; only while it is pending. */
  expires_at: Schema.optionalKey(Timestamp),
  registered_at: Schema.optionalKey(Timestamp),
  created_at: Timestamp
})

/**
 * Answer of `lobby.my.race_names`: the caller's names in any status, newest first. Without `next_cursor` it is the last
 * page.
 */
export const RaceNameList = Schema.Struct({
  race_names: Schema.Array(HeldRaceName),
  next_cursor: Schema.optionalKey(Schema.String)
})

/** Body of `lobby.race_names.register`. A name that looks like the pending one counts as it. */
export const RegisterRaceName = Schema.Struct({ name: line(64) })

/** Body of `lobby.race_names.check`. */
export const CheckRaceName = Schema.Struct({
  /** Absent before there is a game: then the answer is for one that nobody has joined. */
  game_id: Schema.optionalKey(GameId),
  /** The code of an open invite to the game, for callers who can't see the game otherwise; means nothing without a game. */
  code: Schema.optionalKey(label(64)),
  /** As it was typed; any text may be checked. */
  name: text(256)
})

/**
 * Answer of `lobby.race_names.check`. It reserves nothing, so a name that is available now may be taken in a moment.
 * `invalid`: the text can't be a race name.
 */
export const RaceNameCheck = Schema.Struct({
  available: Schema.Boolean,
  reason: Schema.optionalKey(Schema.Literals(["name_taken", "invalid"]))
})
