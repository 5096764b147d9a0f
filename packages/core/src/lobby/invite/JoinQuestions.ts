/**
 * What a player asks before they join: what a code is for (`lobby.invites.look`), and whether a race name is free in the
 * game, or in one that they are about to make (`lobby.race_names.check`).
 */
import type { InviteLook } from "@galaxy/contract/api/UserInvites"
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
import { InviteNotFound } from "./InviteError.ts"
import { InviteStore } from "./InviteStore.ts"

/** Answers without changing anything. A caller who asks too often gets `TooOften`. */
export class JoinQuestions extends Context.Service<
  JoinQuestions,
  {
    /**
     * Whether a name is free in a game that the caller may see, or has the code of an open invite to; any other is
     * `GameNotFound`. Without a game: whether the caller could use it in a new one.
     */
    check(
      caller: UserId,
      request: typeof CheckRaceName.Type
    ): Effect.Effect<typeof RaceNameCheck.Type, GameNotFound | CallerBudgets.TooOften | StorageError>
    /** What a code is an invite to. Fails with `InviteNotFound` for one that can't be redeemed, whatever the reason. */
    look(
      caller: UserId,
      code: string
    ): Effect.Effect<typeof InviteLook.Type, InviteNotFound | CallerBudgets.TooOften | StorageError>
  }
>()("@galaxy/core/lobby/invite/JoinQuestions") {}

/** Enough for somebody who types a name and asks at every letter. */
const checkBudget = { burst: 30, tokenEveryMs: 1_000, remembered: 10_000 }
/** A person follows few links; a program that guesses codes would need many more tries than these. */
const lookBudget = { burst: 20, tokenEveryMs: 3_000, remembered: 10_000 }

/** `JoinQuestions` over the lobby's stores. The callers' budgets live as long as the layer. */
export const layer: Layer.Layer<JoinQuestions, never, GameStore | InviteStore | RaceNames> = Layer.effect(
  JoinQuestions,
  Effect.gen(function* () {
    const games = yield* GameStore
    const invites = yield* InviteStore
    const names = yield* RaceNames
    const spendCheck = CallerBudgets.make(checkBudget)
    const spendLook = CallerBudgets.make(lookBudget)

    const invitedBy = Effect.fnUntraced(function* (gameId: string, code: string | undefined) {
      if (code === undefined) return yield* new GameNotFound()
      const invite = yield* invites.findOpen(InviteCode.normal(code))
      if (Option.isNone(invite) || invite.value.game_id !== gameId) return yield* new GameNotFound()
    })

    const check = Effect.fn("JoinQuestions.check")(function* (caller: UserId, request: typeof CheckRaceName.Type) {
      yield* spendCheck(caller)
      const { game_id: gameId, code, name } = request
      if (gameId !== undefined) {
        yield* Effect.catchTag(Effect.asVoid(visible(games, gameId, caller)), "GameNotFound", () =>
          invitedBy(gameId, code)
        )
      }
      const wish = { userId: caller, name }
      return yield* (gameId === undefined ? names.checkNew(wish) : names.check({ ...wish, gameId })).pipe(
        Effect.as({ available: true }),
        Effect.catchTags({
          RaceNameTaken: () => Effect.succeed({ available: false, reason: "name_taken" as const }),
          RaceNameInvalid: () => Effect.succeed({ available: false, reason: "invalid" as const })
        })
      )
    })

    const look = Effect.fn("JoinQuestions.look")(function* (caller: UserId, code: string) {
      yield* spendLook(caller)
      const found = yield* invites.findOpen(InviteCode.normal(code))
      if (Option.isNone(found)) return yield* new InviteNotFound()
      const { game_id, invite_id, game_name, issuer_name, turn_schedule, time_zone, ...rest } = found.value
      const { members, max_players, expires_at } = rest
      return { game_id, invite_id, game_name, issuer_name, turn_schedule, time_zone, members, max_players, expires_at }
    })

    return JoinQuestions.of({ check, look })
  })
)
