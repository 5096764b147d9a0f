/** What ends with a cancelled game: invites, applications and reserved race names. */
import { Effect, Layer } from "effect"
import { Notifications } from "../notification/Notifications.ts"
import { RaceNames } from "../race-name/RaceNames.ts"
import { closeApplications } from "./application/closing.ts"
import { GameEnds } from "./game/GameEnds.ts"
import { ApplicationStore } from "./application/ApplicationStore.ts"
import { InviteStore } from "./invite/InviteStore.ts"

/** `GameEnds` over the lobby's stores. */
export const layer: Layer.Layer<GameEnds, never, InviteStore | ApplicationStore | RaceNames | Notifications> =
  Layer.effect(
    GameEnds,
    Effect.gen(function* () {
      const invites = yield* InviteStore
      const applications = yield* ApplicationStore
      const raceNames = yield* RaceNames
      const notifications = yield* Notifications

      const cancelled = Effect.fn("GameEnds.cancelled")(function* (
        game: Parameters<GameEnds["Service"]["cancelled"]>[0]
      ) {
        yield* raceNames.releaseAll(game.game_id)
        const revoked = (yield* invites.revokePending(game.game_id)).flatMap(({ invite_id, invited_user_id: user }) =>
          user === undefined ? [] : [{ invite_id, user }]
        )
        const applicants = yield* closeApplications({ applications, raceNames, notifications }, game)
        const tellInvited = Effect.forEach(
          revoked,
          ({ invite_id, user }) =>
            notifications.submit({
              kind: "lobby.invite.revoked",
              idempotencyKey: `invite-revoked:${invite_id}`,
              recipients: [user],
              payload: { game_id: game.game_id, invite_id, game_name: game.game_name }
            }),
          { discard: true }
        )
        return {
          people: [...revoked.map((it) => it.user), ...applicants.people],
          tell: Effect.andThen(tellInvited, applicants.tell)
        }
      })

      return GameEnds.of({ cancelled })
    })
  )
