/** Players whom administrators ban from a game, whatever its state. */
import type { GameId, UserId } from "@galaxy/contract/ids/Ids"
import { Context, Effect, Layer, Option, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { Notifications } from "../notification/Notifications.ts"
import { RaceNames } from "../race-name/RaceNames.ts"
import { RuntimeJobs } from "../runtime/RuntimeJobs.ts"
import { StorageError } from "../shared/StorageError.ts"
import { Standing } from "../standing/Standing.ts"
import { ApplicationStore } from "./application/ApplicationStore.ts"
import { EarlyTurns } from "./game/EarlyTurns.ts"
import { auditView } from "./game/AdminGames.ts"
import { acting } from "./game/GameAccess.ts"
import type { StepError } from "./game/GameSteps.ts"
import { type Game, GameStore } from "./game/GameStore.ts"
import { MembershipStore } from "./membership/MembershipStore.ts"

/** There has never been an account with this id. */
export class BannedUserUnknown extends Schema.TaggedError<BannedUserUnknown>()("BannedUserUnknown", {}) {
  override get message(): string {
    return "no such user"
  }
}

/** Bans players from games. */
export class Bans extends Context.Service<
  Bans,
  {
    /**
     * Keeps a user out of a game for good, and ends their membership, or rejects their application, with the race name that it
     * reserved; their race leaves the game at its next turn, and they are told. Repeating it changes nothing.
     */
    ban(gameId: GameId, userId: UserId): Effect.Effect<Game, StepError | BannedUserUnknown>
    /**
     * Locks the game to the end of the transaction, and returns what the audit log shows of it and of the user's place
     * in it.
     */
    audited(gameId: GameId, userId: UserId): Effect.Effect<unknown, StorageError>
  }
>()("@galaxy/core/lobby/Bans") {}

/** `Bans` over the lobby's stores and the runtime's jobs. */
export const layer: Layer.Layer<
  Bans,
  never,
  | SqlClient.SqlClient
  | GameStore
  | MembershipStore
  | ApplicationStore
  | RaceNames
  | RuntimeJobs
  | EarlyTurns
  | Notifications
  | Standing
> = Layer.effect(
  Bans,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const games = yield* GameStore
    const members = yield* MembershipStore
    const applications = yield* ApplicationStore
    const raceNames = yield* RaceNames
    const runtime = yield* RuntimeJobs
    const early = yield* EarlyTurns
    const notifications = yield* Notifications
    const standing = yield* Standing

    /** Ends what the user has asked of the game. */
    const refuse = Effect.fnUntraced(function* ({ game_id, game_name }: Game, userId: UserId) {
      const rejected = yield* applications.rejectOf(game_id, userId)
      if (Option.isNone(rejected)) return
      const { application_id } = rejected.value
      yield* raceNames.release(game_id, userId)
      yield* notifications.submit({
        kind: "lobby.application.rejected",
        idempotencyKey: `application-rejected:${application_id}`,
        recipients: [userId],
        payload: { game_id, game_name, application_id }
      })
    })

    const ban = Effect.fn("Bans.ban")(function* (gameId: GameId, userId: UserId) {
      const { game } = yield* acting(games, gameId, "admin", "ban_member")
      if ((yield* standing.of(userId)) === "unknown") return yield* new BannedUserUnknown()
      yield* members.block(gameId, userId)
      yield* refuse(game, userId)
      const seat = yield* members.find(gameId, userId)
      if (Option.isNone(seat) || seat.value.status !== "active") return game
      const { membership_id, joined_at } = seat.value
      yield* members.end(gameId, userId, "blocked")
      yield* raceNames.release(gameId, userId)
      yield* runtime.requestBanish(gameId, userId)
      yield* early.check(gameId)
      yield* notifications.submit({
        kind: "lobby.membership.blocked",
        idempotencyKey: `membership-blocked:${membership_id}:${joined_at.epochMilliseconds}`,
        recipients: [userId],
        payload: { game_id: gameId, game_name: game.game_name, membership_id }
      })
      return { ...game, member_count: game.member_count - 1 }
    })

    const audited = Effect.fn("Bans.audited")(function* (gameId: GameId, userId: UserId) {
      const game = yield* games.lock(gameId)
      const seat = yield* members.find(gameId, userId)
      return {
        game: Option.getOrNull(Option.map(game, auditView)),
        user_id: userId,
        blocked: yield* members.blocked(gameId, userId),
        membership_status: Option.getOrNull(Option.map(seat, (it) => it.status))
      }
    })

    return Bans.of({ ban: (gameId, userId) => StorageError.refail(sql.withTransaction(ban(gameId, userId))), audited })
  })
)
