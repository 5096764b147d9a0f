/** Games as administrators see and run them. */
import type { CreateGame, GameList, UpdateGame } from "@galaxy/contract/api/UserLobby"
import type { GameId } from "@galaxy/contract/ids/Ids"
import { Context, Effect, Layer, Option, Schema, Struct } from "effect"
import type { CursorInvalid, PageRequest } from "../../shared/Page.ts"
import type { StorageError } from "../../shared/StorageError.ts"
import type { RequestOrigin } from "./Creation.ts"
import { type Created, type CreationError, GameEditing } from "./GameEditing.ts"
import { GameNotFound, type GameSettingsInvalid, type TooFewPlaces } from "./GameError.ts"
import { type AdminFilter, GameListStore } from "./GameListStore.ts"
import { paged } from "./Games.ts"
import { GameSteps, type StepError } from "./GameSteps.ts"
import { type Game, GameStore } from "./GameStore.ts"

/** A private game is cancelled, and nobody has said why. */
export class ReasonMissing extends Schema.TaggedError<ReasonMissing>()("ReasonMissing", {}) {
  override get message(): string {
    return "reason must say why a player's game is cancelled"
  }
}

/**
 * The administrators' operations on games. Those on public games are the owner's on private ones; `GameSteps` has the
 * steps for every game.
 */
export class AdminGames extends Context.Service<
  AdminGames,
  {
    list(filter: AdminFilter, page: PageRequest): Effect.Effect<typeof GameList.Type, CursorInvalid | StorageError>
    get(gameId: GameId): Effect.Effect<Game, GameNotFound | StorageError>
    /** Locks the game to the end of the transaction, and returns what the audit log shows of it. */
    audited(gameId: GameId): Effect.Effect<unknown, StorageError>
    /** Creates a public game in `draft`. See `GameEditing.create` for requests that are repeated. */
    create(
      settings: typeof CreateGame.Type,
      origin?: RequestOrigin
    ): Effect.Effect<Created, CreationError | StorageError>
    /** Changes a public game's settings. */
    update(
      gameId: GameId,
      request: typeof UpdateGame.Type
    ): Effect.Effect<Game, StepError | GameSettingsInvalid | TooFewPlaces>
    /** Cancels any game; a private one not without a reason. */
    cancel(gameId: GameId, reason: string | undefined): Effect.Effect<Game, StepError | ReasonMissing>
  }
>()("@galaxy/core/lobby/game/AdminGames") {}

/** The game without what may tell of its owner: audit rows are never removed. */
export const auditView = (game: Game): Omit<Game, "game_name" | "description" | "time_zone"> =>
  Struct.omit(game, ["game_name", "description", "time_zone"])

/** `AdminGames` over the steps, the editing and the lists of games. */
export const layer: Layer.Layer<AdminGames, never, GameSteps | GameEditing | GameListStore | GameStore> = Layer.effect(
  AdminGames,
  Effect.gen(function* () {
    const steps = yield* GameSteps
    const editing = yield* GameEditing
    const lists = yield* GameListStore
    const games = yield* GameStore

    const get = Effect.fn("AdminGames.get")(function* (gameId: GameId) {
      const found = yield* games.find(gameId)
      return Option.isNone(found) ? yield* new GameNotFound() : found.value
    })

    const cancel = Effect.fn("AdminGames.cancel")(function* (gameId: GameId, reason: string | undefined) {
      if (reason === undefined && (yield* get(gameId)).visibility === "private") return yield* new ReasonMissing()
      return yield* steps.cancel("admin", gameId)
    })

    return AdminGames.of({
      list: Effect.fn("AdminGames.list")((filter, page) =>
        paged(page, (after, limit) => lists.all(filter, after, limit))
      ),
      get,
      audited: Effect.fn("AdminGames.audited")((gameId) =>
        Effect.map(games.lock(gameId), (game) => Option.getOrNull(Option.map(game, auditView)))
      ),
      create: (settings, origin) => editing.create("admin", settings, origin),
      update: (gameId, request) => editing.update("admin", gameId, request),
      cancel
    })
  })
)
