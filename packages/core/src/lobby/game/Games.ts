/**
 * Games outside of play: creation, the owner's steps through the state machine, and the list of a user's games.
 *
 * A step locks the game's row, checks owner and state, and changes the state, all in one transaction. A start queues
 * the runtime's job in that same transaction.
 */
import { lineProblem, paragraphsProblem } from "@galaxy/contract/api/Text"
import type { CreateGame, GameList } from "@galaxy/contract/api/UserLobby"
import { EnginePlayerId, GameId, type UserId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { EngineVersions, type NoEngineVersion } from "../../engine/EngineVersions.ts"
import { RuntimeJobs } from "../../runtime/RuntimeJobs.ts"
import { newId } from "../../shared/NewId.ts"
import { StorageError } from "../../shared/StorageError.ts"
import { owned, target, visible } from "./GameAccess.ts"
import type { GameAction } from "./GameState.ts"
import { GameMembers } from "./GameMembers.ts"
import { type Game, type GameChange, GameStore } from "./GameStore.ts"
import { LobbyConfig } from "./LobbyConfig.ts"
import {
  type GameNotFound,
  GameSettingsInvalid,
  type GameStateConflict,
  type NotGameOwner,
  NotEnoughPlayers,
  TooManyGames,
  TooManyGamesInPlay
} from "./GameError.ts"
import { CursorInvalid, cut, limitOf, type PageRequest, positionOf } from "../../shared/Page.ts"
import * as TurnSchedule from "./TurnSchedule.ts"

type StepError = GameNotFound | NotGameOwner | GameStateConflict | StorageError

/**
 * The lobby's operations on games (`lobby.games.*` and `lobby.my.games`). Each runs in one transaction. A game that the
 * caller may not see is `GameNotFound`, one that they don't own `NotGameOwner`, and a step that its state doesn't allow
 * `GameStateConflict`.
 */
export class Games extends Context.Service<
  Games,
  {
    /** Creates a private game in `draft`, owned by the caller. Fails with `TooManyGames` at the bound for one owner. */
    create(
      caller: UserId,
      settings: typeof CreateGame.Type
    ): Effect.Effect<Game, GameSettingsInvalid | TooManyGames | StorageError>
    get(caller: UserId, gameId: GameId): Effect.Effect<Game, GameNotFound | StorageError>
    /** Lets invited players take seats. */
    openEnrollment(caller: UserId, gameId: GameId): Effect.Effect<Game, StepError>
    /** Closes enrollment. Fails with `NotEnoughPlayers` below `min_players`. */
    readyToStart(caller: UserId, gameId: GameId): Effect.Effect<Game, StepError | NotEnoughPlayers>
    /**
     * Queues the start; the runtime reports its outcome through `RuntimeEvents`. Fails with `NoEngineVersion` where the
     * game's engine version, or every one, is no longer enabled.
     */
    start(
      caller: UserId,
      gameId: GameId
    ): Effect.Effect<Game, StepError | NotEnoughPlayers | TooManyGamesInPlay | NoEngineVersion>
    /** Makes a game whose start failed ready to be started again. */
    retryStart(caller: UserId, gameId: GameId): Effect.Effect<Game, StepError>
    /** Games that the caller owns or plays in. */
    mine(caller: UserId, page: PageRequest): Effect.Effect<typeof GameList.Type, CursorInvalid | StorageError>
  }
>()("@galaxy/core/lobby/game/Games") {}

const problemOf = (settings: typeof CreateGame.Type): string | undefined => {
  const name = lineProblem(settings.game_name)
  if (name !== undefined) return `game_name ${name}`
  const description = paragraphsProblem(settings.description ?? "")
  if (description !== undefined) return `description ${description}`
  if (settings.min_players > settings.max_players) return "min_players must not be more than max_players"
  return undefined
}

/** `Games` over the lobby's stores. Needs the runtime only to queue starts and to check engine versions. */
export const layer: Layer.Layer<
  Games,
  never,
  SqlClient.SqlClient | GameStore | GameMembers | LobbyConfig | RuntimeJobs | EngineVersions
> = Layer.effect(
  Games,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const games = yield* GameStore
    const members = yield* GameMembers
    const config = yield* LobbyConfig
    const runtime = yield* RuntimeJobs
    const versions = yield* EngineVersions

    const inTransaction = <A, E, R>(effect: Effect.Effect<A, E, R>) => StorageError.refail(sql.withTransaction(effect))

    const validated = Effect.fnUntraced(function* (settings: typeof CreateGame.Type) {
      const problem = problemOf(settings)
      if (problem !== undefined) return yield* new GameSettingsInvalid({ problem })
      const now = yield* DateTime.now
      const zone = settings.time_zone ?? "UTC"
      const turns = TurnSchedule.read(settings.turn_schedule, zone, config.turnMinIntervalMs, now)
      if ("problem" in turns) return yield* new GameSettingsInvalid(turns)
      const version = settings.engine_version
      if (version !== undefined) {
        yield* versions
          .pick(version)
          .pipe(
            Effect.catchTag("NoEngineVersion", () =>
              Effect.fail(
                new GameSettingsInvalid({ problem: "engine_version must be a registered version that is enabled" })
              )
            )
          )
      }
      return turns
    })

    const create = Effect.fn("Games.create")(function* (caller: UserId, settings: typeof CreateGame.Type) {
      const turns = yield* validated(settings)
      const limit = config.openGamesPerOwner
      if ((yield* games.countOwned(caller)).open >= limit) return yield* new TooManyGames({ limit })
      return yield* games.insert({
        game_id: GameId.make(yield* newId),
        owner_user_id: caller,
        visibility: "private",
        game_name: settings.game_name.trim(),
        description: settings.description ?? "",
        min_players: settings.min_players,
        max_players: settings.max_players,
        turn_schedule: turns.schedule,
        time_zone: turns.timeZone,
        engine_version: settings.engine_version ?? null
      })
    })

    /**
     * One step of the owner's. `before` may refuse it, or return further changes that are stored together with the new
     * state.
     */
    const step = <E, R>(
      caller: UserId,
      gameId: GameId,
      action: GameAction,
      before: (game: Game) => Effect.Effect<GameChange, E, R>
    ) =>
      inTransaction(
        Effect.gen(function* () {
          const game = yield* owned(games, gameId, caller)
          const status = yield* target(game, action)
          return yield* games.change(gameId, { ...(yield* before(game)), status })
        })
      )

    const nothing = () => Effect.succeed({})

    const enoughPlayers = (game: Game) =>
      game.member_count >= game.min_players
        ? Effect.void
        : Effect.fail(new NotEnoughPlayers({ members: game.member_count, required: game.min_players }))

    const queueStart = Effect.fnUntraced(function* (game: Game) {
      yield* enoughPlayers(game)
      const limit = config.gamesInPlayPerOwner
      const owner = game.owner_user_id
      if (owner !== undefined && (yield* games.countOwned(owner)).inPlay >= limit) {
        return yield* new TooManyGamesInPlay({ limit })
      }
      const seated = yield* members.active(game.game_id)
      yield* runtime.requestStart({
        gameId: game.game_id,
        engineVersion: game.engine_version,
        turnSchedule: game.turn_schedule,
        timeZone: game.time_zone,
        // A seat's id is its player's id in the engine, so a retried start names the same players.
        players: seated.map((it) => ({
          userId: it.user_id,
          raceName: it.race_name,
          enginePlayerId: EnginePlayerId.make(it.membership_id)
        }))
      })
      return { runtime_status: "starting", failure_reason: null }
    })

    return Games.of({
      create: (caller, settings) => inTransaction(create(caller, settings)),
      get: Effect.fn("Games.get")((caller, gameId) => visible(games, gameId, caller)),
      openEnrollment: Effect.fn("Games.openEnrollment")((caller, gameId) =>
        step(caller, gameId, "open_enrollment", nothing)
      ),
      readyToStart: Effect.fn("Games.readyToStart")((caller, gameId) =>
        step(caller, gameId, "ready_to_start", (game) => Effect.as(enoughPlayers(game), {}))
      ),
      start: Effect.fn("Games.start")((caller, gameId) => step(caller, gameId, "start", queueStart)),
      retryStart: Effect.fn("Games.retryStart")((caller, gameId) =>
        step(caller, gameId, "retry_start", () => Effect.succeed({ runtime_status: "none" }))
      ),
      mine: Effect.fn("Games.mine")(function* (caller, page) {
        const position = positionOf(page)
        if (position instanceof CursorInvalid) return yield* position
        const limit = limitOf(page)
        const { rows, next } = cut(yield* games.listOf(caller, position, limit + 1), limit, (it) => it.game_id)
        return { games: rows, ...next }
      })
    })
  })
)
