/**
 * Games outside of play: creation, the owner's steps through the state machine, and the list of a user's games.
 *
 * A step locks the game's row, checks owner and state, and changes the state, all in one transaction. A start queues
 * the runtime's job in that same transaction.
 */
import type { CreateGame, GameList, UpdateGame } from "@galaxy/contract/api/UserLobby"
import { EnginePlayerId, GameId, type UserId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { EngineVersions, type NoEngineVersion } from "../../engine/EngineVersions.ts"
import { RuntimeJobs } from "../../runtime/RuntimeJobs.ts"
import { newId } from "../../shared/NewId.ts"
import { StorageError } from "../../shared/StorageError.ts"
import { owned, target, visible } from "./GameAccess.ts"
import { changed, fitsInPlay, type GameSettings, initial, problemOf, settingsOf, updated } from "./GameSettings.ts"
import { type GameAction, inPlay, placesTaken, terminal } from "./GameState.ts"
import { GameMembers } from "./GameMembers.ts"
import { type Game, type GameChange, GameStore } from "./GameStore.ts"
import { LobbyConfig } from "./LobbyConfig.ts"
import {
  type GameNotFound,
  GameSettingsInvalid,
  GameStateConflict,
  type NotGameOwner,
  NotEnoughPlayers,
  TooFewPlaces,
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
    /**
     * Changes settings. Absent ones stay, and so does a game whose settings are the wanted ones already. Fails with
     * `GameStateConflict` for what can't change any more, and with `TooFewPlaces` below the places that are taken.
     */
    update(
      caller: UserId,
      gameId: GameId,
      request: typeof UpdateGame.Type
    ): Effect.Effect<Game, StepError | GameSettingsInvalid | TooFewPlaces>
    /** Opens enrolment to everybody who may join. */
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

    /** The settings in their stored form. Times and version are checked where they differ from those of `before`. */
    const validated = Effect.fnUntraced(function* (wanted: GameSettings, before: GameSettings | undefined) {
      const problem = problemOf(wanted)
      if (problem !== undefined) return yield* new GameSettingsInvalid({ problem })
      const now = yield* DateTime.now
      const turns = TurnSchedule.read(wanted.turn_schedule, wanted.time_zone, config.turnMinIntervalMs, now)
      if ("problem" in turns) return yield* new GameSettingsInvalid(turns)
      const after = { ...wanted, turn_schedule: turns.schedule, time_zone: turns.timeZone }
      const change = before === undefined ? after : changed(before, after)
      const { enrollment_ends_at: ends, engine_version: version } = change
      if (ends !== undefined && ends !== null && !DateTime.isGreaterThan(ends, now)) {
        return yield* new GameSettingsInvalid({ problem: "enrollment_ends_at must lie in the future" })
      }
      if (version !== undefined && version !== null) {
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
      return after
    })

    const create = Effect.fn("Games.create")(function* (caller: UserId, settings: typeof CreateGame.Type) {
      const valid = yield* validated(initial(settings), undefined)
      const limit = config.openGamesPerOwner
      if ((yield* games.countOwned(caller)).open >= limit) return yield* new TooManyGames({ limit })
      return yield* games.insert({
        ...valid,
        game_id: GameId.make(yield* newId),
        owner_user_id: caller,
        visibility: "private"
      })
    })

    const update = Effect.fn("Games.update")(function* (
      caller: UserId,
      gameId: GameId,
      request: typeof UpdateGame.Type
    ) {
      const game = yield* owned(games, gameId, caller)
      const before = settingsOf(game)
      const after = yield* validated(updated(before, request), before)
      const change = changed(before, after)
      if (Object.keys(change).length === 0) return game
      const { status } = game
      if (terminal.includes(status) || (inPlay.includes(status) && !fitsInPlay(change))) {
        return yield* new GameStateConflict({ status, operation: "update" })
      }
      const taken = game.member_count + after.computer_players
      if (taken > after.max_players) return yield* new TooFewPlaces({ taken, places: after.max_players })
      return yield* games.change(gameId, change)
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

    const enoughPlayers = (game: Game) => {
      const [members, players] = [game.member_count, placesTaken(game)]
      // A game of computer players alone is nobody's.
      return players >= game.min_players && members >= 1
        ? Effect.void
        : Effect.fail(new NotEnoughPlayers({ members, players, required: game.min_players }))
    }

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
      update: (caller, gameId, request) => inTransaction(update(caller, gameId, request)),
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
