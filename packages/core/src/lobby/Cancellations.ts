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
        for (const { invite_id, invited_user_id } of yield* invites.revokePending(game.game_id)) {
          if (invited_user_id === undefined) continue
          yield* notifications.submit({
            kind: "lobby.invite.revoked",
            idempotencyKey: `invite-revoked:${invite_id}`,
            recipients: [invited_user_id],
            payload: { game_id: game.game_id, invite_id, game_name: game.game_name }
          })
        }
        yield* closeApplications({ applications, raceNames, notifications }, game)
      })

      return GameEnds.of({ cancelled })
    })
  )
