/** Tells a player before they join whether a race name is free in the game (`lobby.race_names.check`). */
import type { CheckRaceName, RaceNameCheck } from "@galaxy/contract/api/UserRaceNames"
import type { UserId } from "@galaxy/contract/ids/Ids"
import { Context, Effect, Layer, Option } from "effect"
import { RaceNames } from "../../race-name/RaceNames.ts"
import * as CallerBudgets from "../../shared/CallerBudgets.ts"
import type { StorageError } from "../../shared/StorageError.ts"
import { visible } from "../game/GameAccess.ts"
import { GameNotFound } from "../game/GameError.ts"
import { GameStore } from "../game/GameStore.ts"
import * as InviteCode from "./InviteCode.ts"
import { InviteStore } from "./InviteStore.ts"

/** Checks names without reserving them. */
export class RaceNameChecks extends Context.Service<
  RaceNameChecks,
  {
    /**
     * For a game that the caller may see, or has the code of an open invite to; any other is `GameNotFound`. A caller
     * who asks too often gets `TooOften`.
     */
    check(
      caller: UserId,
      request: typeof CheckRaceName.Type
    ): Effect.Effect<typeof RaceNameCheck.Type, GameNotFound | CallerBudgets.TooOften | StorageError>
  }
>()("@galaxy/core/lobby/invite/RaceNameChecks") {}

/** Enough for somebody who types a name and asks at every letter. */
const budgetSettings = { burst: 30, tokenEveryMs: 1_000, remembered: 10_000 }

/** `RaceNameChecks` over the lobby's stores. The callers' budgets live as long as the layer. */
export const layer: Layer.Layer<RaceNameChecks, never, GameStore | InviteStore | RaceNames> = Layer.effect(
  RaceNameChecks,
  Effect.gen(function* () {
    const games = yield* GameStore
    const invites = yield* InviteStore
    const names = yield* RaceNames
    const spend = CallerBudgets.make(budgetSettings)

    const invitedBy = Effect.fnUntraced(function* (gameId: string, code: string | undefined) {
      if (code === undefined) return yield* new GameNotFound()
      const invite = yield* invites.findOpen(InviteCode.normal(code))
      if (Option.isNone(invite) || invite.value.game_id !== gameId) return yield* new GameNotFound()
    })

    const check = Effect.fn("RaceNameChecks.check")(function* (caller: UserId, request: typeof CheckRaceName.Type) {
      yield* spend(caller)
      const { game_id: gameId, code, name } = request
      yield* Effect.catchTag(Effect.asVoid(visible(games, gameId, caller)), "GameNotFound", () =>
        invitedBy(gameId, code)
      )
      return yield* names.check({ gameId, userId: caller, name }).pipe(
        Effect.as({ available: true }),
        Effect.catchTags({
          RaceNameTaken: () => Effect.succeed({ available: false, reason: "name_taken" as const }),
          RaceNameInvalid: () => Effect.succeed({ available: false, reason: "invalid" as const })
        })
      )
    })

    return RaceNameChecks.of({ check })
  })
)
