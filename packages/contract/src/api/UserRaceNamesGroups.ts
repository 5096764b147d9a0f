/**
 * Endpoints whose bodies and answers are in `UserRaceNames.ts`. They are apart, so that a client can use the schemas without
 * the description of the REST surface.
 */
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { wireErrors } from "./ApiError.ts"
import { paging } from "./Fields.ts"
import { CheckRaceName, HeldRaceName, RaceNameCheck, RaceNameList, RegisterRaceName } from "./UserRaceNames.ts"

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
