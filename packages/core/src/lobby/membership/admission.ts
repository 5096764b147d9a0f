/** Who may take a place in a game: the same conditions for invites and applications. */
import type { UserId } from "@galaxy/contract/ids/Ids"
import { DateTime, Effect, Option } from "effect"
import type { StorageError } from "../../shared/StorageError.ts"
import { placesTaken } from "../game/GameState.ts"
import type { Game } from "../game/GameStore.ts"
import { AlreadyMember, BlockedFromGame, EnrollmentOver, GameFull } from "./MembershipError.ts"
import type { MembershipStore } from "./MembershipStore.ts"

/** Fails for a user who has a seat already, or is blocked from the game. */
export const notIn = (
  members: MembershipStore["Service"],
  game: Game,
  userId: UserId
): Effect.Effect<void, AlreadyMember | BlockedFromGame | StorageError> =>
  Effect.gen(function* () {
    const seat = yield* members.find(game.game_id, userId)
    if (Option.isSome(seat) && seat.value.status === "active") return yield* new AlreadyMember()
    if (yield* members.blocked(game.game_id, userId)) return yield* new BlockedFromGame()
  })

/** Fails once the end of enrollment that the owner has set is past. A game without one stays open until its start. */
export const beforeItsEnd = (game: Game): Effect.Effect<void, EnrollmentOver> =>
  Effect.flatMap(DateTime.now, (now) =>
    game.enrollment_ends_at !== undefined && !DateTime.isLessThan(now, game.enrollment_ends_at)
      ? Effect.fail(new EnrollmentOver())
      : Effect.void
  )

/** Fails if all places are taken. */
export const withRoom = (game: Game): Effect.Effect<void, GameFull> =>
  placesTaken(game) >= game.max_players ? Effect.fail(new GameFull({ capacity: game.max_players })) : Effect.void
