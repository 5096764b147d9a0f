/** Race names that a player holds, for players (`/api/v1/user/lobby/race-names`, `…/my/race-names`). */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { GameId, RaceNameId } from "../ids/Ids.ts"
import { wireErrors } from "./ApiError.ts"
import { label, paging, Timestamp, text } from "./Fields.ts"
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
  game_id: GameId,
  /** The code of an open invite to the game, for who can't see the game otherwise. */
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

/**
 * Registering a name that was earned. It is `not_found` where the caller has nothing pending, `conflict`, `name_taken`
 * where another player has the name, and `conflict`, `limit_reached` where the caller's plan allows no more. Repeating
 * it changes nothing.
 */
export class LobbyRaceNamesGroup extends HttpApiGroup.make("lobbyRaceNames")
  .add(
    HttpApiEndpoint.post("register", "/register", {
      payload: RegisterRaceName,
      success: HeldRaceName,
      error: wireErrors
    })
  )
  .prefix("/api/v1/user/lobby/race-names") {}

/**
 * Looking whether a name is free in a game. A game that the caller may neither see nor has a code of is `not_found`. It
 * is `rate_limited`.
 */
export class LobbyRaceNameCheckGroup extends HttpApiGroup.make("lobbyRaceNameCheck")
  .add(HttpApiEndpoint.post("check", "/check", { payload: CheckRaceName, success: RaceNameCheck, error: wireErrors }))
  .prefix("/api/v1/user/lobby/race-names") {}

/** The names that the caller holds, in pages of 50 by default and at most 200. */
export class LobbyMyRaceNamesGroup extends HttpApiGroup.make("lobbyMyRaceNames")
  .add(HttpApiEndpoint.get("raceNames", "/", { query: paging, success: RaceNameList, error: wireErrors }))
  .prefix("/api/v1/user/lobby/my/race-names") {}
