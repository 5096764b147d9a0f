/** Applications that nobody has decided when their game starts or is cancelled. */
import { Effect } from "effect"
import type { Notifications } from "../../notification/Notifications.ts"
import type { RaceNames } from "../../race-name/RaceNames.ts"
import type { StorageError } from "../../shared/StorageError.ts"
import type { Ending } from "../game/GameEnds.ts"
import type { Game } from "../game/GameStore.ts"
import type { ApplicationStore } from "./ApplicationStore.ts"

/** What closing applications needs. */
export interface Closing {
  readonly applications: ApplicationStore["Service"]
  readonly raceNames: RaceNames["Service"]
  readonly notifications: Notifications["Service"]
}

/**
 * Rejects the game's pending applications in the caller's transaction, which holds the game's row lock. The names that
 * they reserved are free again. The applicants are told when the caller says so; their number is bounded
 * (`LobbySettings.pendingApplicationsPerGame`).
 */
export const closeApplications = (
  { applications, raceNames, notifications }: Closing,
  game: Game
): Effect.Effect<Ending, StorageError> =>
  Effect.gen(function* () {
    const rejected = yield* applications.rejectPending(game.game_id)
    const people = rejected.map((it) => it.applicant_user_id)
    yield* raceNames.releaseOf(game.game_id, people)
    const tell = Effect.forEach(
      rejected,
      ({ application_id, applicant_user_id }) =>
        notifications.submit({
          kind: "lobby.application.rejected",
          idempotencyKey: `application-rejected:${application_id}`,
          recipients: [applicant_user_id],
          payload: { game_id: game.game_id, game_name: game.game_name, application_id }
        }),
      { discard: true }
    )
    return { people, tell }
  })
