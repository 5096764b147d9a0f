/** What ends with a cancelled game: invites, applications and reserved race names. */
import { Effect, Layer } from "effect"
import { Notifications } from "../notification/Notifications.ts"
import { RaceNames } from "../race-name/RaceNames.ts"
import { GameEnds } from "./game/GameEnds.ts"
import { InviteStore } from "./invite/InviteStore.ts"
import { MembershipStore } from "./membership/MembershipStore.ts"

/** `GameEnds` over the lobby's stores. */
export const layer: Layer.Layer<GameEnds, never, InviteStore | MembershipStore | RaceNames | Notifications> =
  Layer.effect(
    GameEnds,
    Effect.gen(function* () {
      const invites = yield* InviteStore
      const members = yield* MembershipStore
      const raceNames = yield* RaceNames
      const notifications = yield* Notifications

      const cancelled = Effect.fn("GameEnds.cancelled")(function* (
        game: Parameters<GameEnds["Service"]["cancelled"]>[0]
      ) {
        for (const { user_id } of yield* members.active(game.game_id)) yield* raceNames.release(game.game_id, user_id)
        for (const { invite_id, invited_user_id } of yield* invites.revokePending(game.game_id)) {
          if (invited_user_id === undefined) continue
          yield* notifications.submit({
            kind: "lobby.invite.revoked",
            idempotencyKey: `invite-revoked:${invite_id}`,
            recipients: [invited_user_id],
            payload: { game_id: game.game_id, game_name: game.game_name, invite_id }
          })
        }
      })

      return GameEnds.of({ cancelled })
    })
  )
