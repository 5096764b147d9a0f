/**
 * Who plays in a game, as players see and change it (`lobby.memberships.*`).
 *
 * A seat ends together with its race name. Where the game is in play, the race leaves the galaxy too.
 */
import type { Membership } from "@galaxy/contract/api/UserMemberships"
import type { GameId, MembershipId, UserId } from "@galaxy/contract/ids/Ids"
import { Context, Effect, Layer, Option } from "effect"
import { SqlClient } from "effect/sql"
import { Notifications } from "../../notification/Notifications.ts"
import { RaceNames } from "../../race-name/RaceNames.ts"
import { RuntimeJobs } from "../../runtime/RuntimeJobs.ts"
import { StorageError } from "../../shared/StorageError.ts"
import { EarlyTurns } from "../game/EarlyTurns.ts"
import { conflict, owned, visible } from "../game/GameAccess.ts"
import { GameNotFound, type GameStateConflict, NotGameOwner } from "../game/GameError.ts"
import { terminal } from "../game/GameState.ts"
import { type Game, GameStore } from "../game/GameStore.ts"
import { MembershipNotFound, OwnerNotBlockable } from "./MembershipError.ts"
import { MembershipStore } from "./MembershipStore.ts"

type Seat = typeof Membership.Type
type EndError = GameNotFound | NotGameOwner | MembershipNotFound | GameStateConflict | StorageError

/**
 * The lobby's operations on memberships. A game that the caller may not see is `GameNotFound`. A game that has ended
 * keeps its players: `GameStateConflict`.
 */
export class GamePlayers extends Context.Service<
  GamePlayers,
  {
    /** The game's active members, in the order in which they joined. */
    list(caller: UserId, gameId: GameId): Effect.Effect<ReadonlyArray<Seat>, GameNotFound | StorageError>
    /**
     * Ends a membership: that of the caller themselves, or any where the caller owns the game; for others
     * `NotGameOwner`. The player is told. One that has ended already stays as it is.
     */
    remove(caller: UserId, gameId: GameId, membershipId: MembershipId): Effect.Effect<Seat, EndError>
    /**
     * Ends a membership, and keeps the player from being invited, applying or redeeming again. Only the owner may;
     * they can't block themselves (`OwnerNotBlockable`). Works on a membership that has ended too.
     */
    block(caller: UserId, gameId: GameId, membershipId: MembershipId): Effect.Effect<Seat, EndError | OwnerNotBlockable>
  }
>()("@galaxy/core/lobby/membership/GamePlayers") {}

/** `GamePlayers` over the lobby's stores. */
export const layer: Layer.Layer<
  GamePlayers,
  never,
  SqlClient.SqlClient | GameStore | MembershipStore | RaceNames | RuntimeJobs | EarlyTurns | Notifications
> = Layer.effect(
  GamePlayers,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const games = yield* GameStore
    const members = yield* MembershipStore
    const raceNames = yield* RaceNames
    const runtime = yield* RuntimeJobs
    const early = yield* EarlyTurns
    const notifications = yield* Notifications

    const inTransaction = <A, E, R>(effect: Effect.Effect<A, E, R>) => StorageError.refail(sql.withTransaction(effect))

    const list = Effect.fn("GamePlayers.list")(function* (caller: UserId, gameId: GameId) {
      yield* visible(games, gameId, caller)
      return yield* members.active(gameId)
    })

    /** The seat to end. Whoever may not see the game learns nothing about it; a player keeps sight of their own seat. */
    const endable = Effect.fnUntraced(function* (caller: UserId, gameId: GameId, membershipId: MembershipId) {
      const game = yield* games.lock(gameId)
      if (Option.isNone(game)) return yield* new GameNotFound()
      const seat = yield* members.get(gameId, membershipId)
      if (Option.isSome(seat) && seat.value.user_id === caller) return { game: game.value, seat: seat.value }
      yield* visible(games, gameId, caller)
      if (game.value.owner_user_id !== caller) return yield* new NotGameOwner()
      if (Option.isNone(seat)) return yield* new MembershipNotFound()
      return { game: game.value, seat: seat.value }
    })

    const end = Effect.fnUntraced(function* (game: Game, seat: Seat, status: "removed" | "blocked") {
      if (terminal.includes(game.status)) {
        return yield* conflict(game, "end_membership")
      }
      yield* members.end(game.game_id, seat.user_id, status)
      yield* raceNames.release(game.game_id, seat.user_id)
      yield* runtime.requestBanish(game.game_id, seat.user_id)
      yield* early.check(game.game_id)
    })

    /** A player who comes back keeps the membership's id, so the time of joining is part of the key. */
    const keyOf = (seat: Seat) => `${seat.membership_id}:${seat.joined_at.epochMilliseconds}`

    const remove = Effect.fn("GamePlayers.remove")(function* (
      caller: UserId,
      gameId: GameId,
      membershipId: MembershipId
    ) {
      const { game, seat } = yield* endable(caller, gameId, membershipId)
      if (seat.status !== "active") return seat
      yield* end(game, seat, "removed")
      yield* notifications.submit({
        kind: "lobby.membership.removed",
        idempotencyKey: `membership-removed:${keyOf(seat)}`,
        recipients: [seat.user_id],
        payload: {
          game_id: gameId,
          game_name: game.game_name,
          membership_id: membershipId,
          reason: seat.user_id === caller ? "left" : "removed"
        }
      })
      return { ...seat, status: "removed" as const }
    })

    const block = Effect.fn("GamePlayers.block")(function* (
      caller: UserId,
      gameId: GameId,
      membershipId: MembershipId
    ) {
      const game = yield* owned(games, gameId, caller)
      const found = yield* members.get(gameId, membershipId)
      if (Option.isNone(found)) return yield* new MembershipNotFound()
      const seat = found.value
      if (seat.user_id === caller) return yield* new OwnerNotBlockable()
      if (seat.status === "blocked") return seat
      yield* end(game, seat, "blocked")
      yield* members.block(gameId, seat.user_id)
      yield* notifications.submit({
        kind: "lobby.membership.blocked",
        idempotencyKey: `membership-blocked:${keyOf(seat)}`,
        recipients: [seat.user_id],
        payload: { game_id: gameId, game_name: game.game_name, membership_id: membershipId }
      })
      return { ...seat, status: "blocked" as const }
    })

    return GamePlayers.of({
      list,
      remove: (caller, gameId, membershipId) => inTransaction(remove(caller, gameId, membershipId)),
      block: (caller, gameId, membershipId) => inTransaction(block(caller, gameId, membershipId))
    })
  })
)
