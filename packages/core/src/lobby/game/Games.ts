/** Games as players see and run them: what an owner does with a game, and the lists of games. */
import type { CreateGame, GameList, SchedulePreview, ScheduleFires, UpdateGame } from "@galaxy/contract/api/UserLobby"
import type { GameId, UserId } from "@galaxy/contract/ids/Ids"
import { Context, Effect, Layer, Option } from "effect"
import type { NoEngineVersion } from "../../engine/EngineVersions.ts"
import { type CursorInvalid, pageOf, type PagePosition, type PageRequest } from "../../shared/Page.ts"
import type { StorageError } from "../../shared/StorageError.ts"
import { standing } from "./GameAccess.ts"
import type { RequestOrigin } from "./Creation.ts"
import { type CreationError, GameEditing } from "./GameEditing.ts"
import {
  GameNotFound,
  type GameSettingsInvalid,
  type NotEnoughPlayers,
  type TooFewPlaces,
  type TooManyGamesInPlay
} from "./GameError.ts"
import { GameListStore, type PublicFilter } from "./GameListStore.ts"
import { GameRulesets } from "./GameRulesets.ts"
import { isSeen } from "./GameState.ts"
import { GameSteps, type StepError } from "./GameSteps.ts"
import type { Game } from "./GameStore.ts"

/** A page of games. */
type Listed = Effect.Effect<typeof GameList.Type, CursorInvalid | StorageError>

/**
 * The lobby's operations on games (`lobby.games.*` and `lobby.my.games`). Each runs in one transaction. A game that the
 * caller may not see is `GameNotFound`, one that they don't own `NotGameOwner`, and a step that its state doesn't allow
 * `GameStateConflict`.
 */
export class Games extends Context.Service<
  Games,
  {
    /**
     * Creates a private game in `draft`, owned by the caller, who is seated in it if they name a race. Fails with
     * `TooManyGames` at the bound for one owner. See `GameEditing.create` for requests that are repeated.
     */
    create(
      caller: UserId,
      settings: typeof CreateGame.Type,
      origin?: RequestOrigin
    ): Effect.Effect<Game, CreationError | StorageError>
    /** The game; with its ruleset for its owner and members, once it has been started. */
    get(caller: UserId, gameId: GameId): Effect.Effect<Game, GameNotFound | StorageError>
    /** See `GameEditing.update`. */
    update(
      caller: UserId,
      gameId: GameId,
      request: typeof UpdateGame.Type
    ): Effect.Effect<Game, StepError | GameSettingsInvalid | TooFewPlaces>
    /** When the next five turns of a schedule would be due. */
    previewSchedule(request: typeof SchedulePreview.Type): Effect.Effect<typeof ScheduleFires.Type, GameSettingsInvalid>
    /** The steps are those of `GameSteps`. */
    openEnrollment(caller: UserId, gameId: GameId): Effect.Effect<Game, StepError>
    readyToStart(caller: UserId, gameId: GameId): Effect.Effect<Game, StepError | NotEnoughPlayers>
    start(
      caller: UserId,
      gameId: GameId
    ): Effect.Effect<Game, StepError | NotEnoughPlayers | TooManyGamesInPlay | NoEngineVersion>
    retryStart(caller: UserId, gameId: GameId): Effect.Effect<Game, StepError>
    pause(caller: UserId, gameId: GameId): Effect.Effect<Game, StepError>
    resume(caller: UserId, gameId: GameId): Effect.Effect<Game, StepError>
    cancel(caller: UserId, gameId: GameId): Effect.Effect<Game, StepError>
    /** Games that the caller owns or plays in. */
    mine(caller: UserId, page: PageRequest): Listed
    /** Public games; with `toJoin` those that the caller may join now, private ones included. */
    list(caller: UserId, filter: PublicFilter, page: PageRequest): Listed
  }
>()("@galaxy/core/lobby/game/Games") {}

const previewed = 5

/** A page of a list whose rows `read` gives. */
export const paged = <E>(
  page: PageRequest,
  read: (after: PagePosition, limit: number) => Effect.Effect<ReadonlyArray<Game>, E>
): Effect.Effect<typeof GameList.Type, CursorInvalid | E> =>
  Effect.map(
    pageOf(page, read, (it) => it.game_id),
    ({ rows, next }) => ({ games: rows, ...next })
  )

/** `Games` over the steps, the editing and the lists of games. */
export const layer: Layer.Layer<Games, never, GameSteps | GameEditing | GameListStore | GameRulesets> = Layer.effect(
  Games,
  Effect.gen(function* () {
    const steps = yield* GameSteps
    const editing = yield* GameEditing
    const lists = yield* GameListStore

    const rulesets = yield* GameRulesets

    const get = Effect.fn("Games.get")(function* (caller: UserId, gameId: GameId) {
      const found = yield* lists.one(gameId, caller)
      if (Option.isNone(found)) return yield* new GameNotFound()
      const { game, relation } = found.value
      if (!isSeen(game, standing(game, caller, relation))) return yield* new GameNotFound()
      if (game.started_at === undefined || !(relation.member || game.owner_user_id === caller)) return game
      const ruleset = yield* rulesets.of(gameId)
      return Option.isNone(ruleset) ? game : { ...game, ruleset: ruleset.value }
    })

    return Games.of({
      create: (caller, settings, origin) =>
        Effect.map(editing.create({ user: caller }, settings, origin), (it) => it.game),
      get,
      update: (caller, gameId, request) => editing.update({ user: caller }, gameId, request),
      previewSchedule: ({ turn_schedule, time_zone }) =>
        Effect.map(editing.preview(turn_schedule, time_zone ?? "UTC", previewed), (fires) => ({ fires })),
      openEnrollment: (caller, gameId) => steps.openEnrollment({ user: caller }, gameId),
      readyToStart: (caller, gameId) => steps.readyToStart({ user: caller }, gameId),
      start: (caller, gameId) => steps.start({ user: caller }, gameId),
      retryStart: (caller, gameId) => steps.retryStart({ user: caller }, gameId),
      pause: (caller, gameId) => steps.pause({ user: caller }, gameId),
      resume: (caller, gameId) => steps.resume({ user: caller }, gameId),
      cancel: (caller, gameId) => steps.cancel({ user: caller }, gameId),
      mine: Effect.fn("Games.mine")((caller, page) => paged(page, (after, limit) => lists.mine(caller, after, limit))),
      list: Effect.fn("Games.list")((caller, filter, page) =>
        paged(page, (after, limit) => lists.open(caller, filter, after, limit))
      )
    })
  })
)
