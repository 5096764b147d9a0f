/**
 * Making games and changing their settings, for owners and administrators alike.
 */
import type { CreateGame, UpdateGame } from "@galaxy/contract/api/UserLobby"
import { GameId, type UserId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Effect, Layer, Option } from "effect"
import { SqlClient } from "effect/sql"
import { EngineVersions } from "../../engine/EngineVersions.ts"
import type { RaceNameInvalid, RaceNameTaken } from "../../race-name/RaceName.ts"
import { newId } from "../../shared/NewId.ts"
import { Limits, within } from "../../standing/Limits.ts"
import { StorageError } from "../../shared/StorageError.ts"
import { type Creation, creationOf, type RequestOrigin } from "./Creation.ts"
import { EarlyTurns } from "./EarlyTurns.ts"
import { acting, type Actor, conflict } from "./GameAccess.ts"
import {
  CreationKeyTaken,
  GameSettingsInvalid,
  TooFewPlaces,
  TooManyGames,
  type TooManyMemberships
} from "./GameError.ts"
import { GameMembers } from "./GameMembers.ts"
import {
  changed,
  fitsInPlay,
  type GameSettings,
  initial,
  countsTurns,
  problemOf,
  settingsOf,
  updated
} from "./GameSettings.ts"
import { inPlay } from "./GameState.ts"
import type { StepError } from "./GameSteps.ts"
import { type Game, GameStore } from "./GameStore.ts"
import { LobbyConfig } from "./LobbyConfig.ts"
import * as TurnSchedule from "./TurnSchedule.ts"

/** How making a game can fail. */
export type CreationError =
  | GameSettingsInvalid
  | CreationKeyTaken
  | TooManyGames
  | TooManyMemberships
  | RaceNameInvalid
  | RaceNameTaken

/** A game, and whether an earlier request has made it already. */
export interface Created {
  readonly game: Game
  readonly repeated: boolean
}

/** Creates games and changes their settings. Settings that make no sense are `GameSettingsInvalid`. */
export class GameEditing extends Context.Service<
  GameEditing,
  {
    /**
     * Creates a game in `draft`: a private one of a player, who is seated in it if `race_name` is there, or a public one
     * of the administrators. A request that is repeated (`Creation`) gets the game that it has made, as it is now. Fails
     * with `CreationKeyTaken` where its key was used for another game, and with `TooManyGames` at the bound for one
     * owner.
     */
    create(
      actor: Actor,
      settings: typeof CreateGame.Type,
      origin?: RequestOrigin
    ): Effect.Effect<Created, CreationError | StorageError>
    /**
     * Changes settings. Absent ones stay, and so does a game whose settings are the wanted ones already. Fails with
     * `GameStateConflict` for what can't change any more, and with `TooFewPlaces` below the places that are taken.
     */
    update(
      actor: Actor,
      gameId: GameId,
      request: typeof UpdateGame.Type
    ): Effect.Effect<Game, StepError | GameSettingsInvalid | TooFewPlaces>
    /** When the next `count` turns of a schedule would be due. */
    preview(
      schedule: string,
      timeZone: string,
      count: number
    ): Effect.Effect<ReadonlyArray<DateTime.Utc>, GameSettingsInvalid>
  }
>()("@galaxy/core/lobby/game/GameEditing") {}

/** `GameEditing` over the lobby's stores. Needs the registry of engine versions to check those that are named. */
export const layer: Layer.Layer<
  GameEditing,
  never,
  SqlClient.SqlClient | GameStore | GameMembers | LobbyConfig | EngineVersions | EarlyTurns | Limits
> = Layer.effect(
  GameEditing,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const games = yield* GameStore
    const members = yield* GameMembers
    const config = yield* LobbyConfig
    const limits = yield* Limits
    const versions = yield* EngineVersions
    const early = yield* EarlyTurns

    const inTransaction = <A, E, R>(effect: Effect.Effect<A, E, R>) => StorageError.refail(sql.withTransaction(effect))

    const scheduleOf = Effect.fnUntraced(function* (schedule: string, timeZone: string) {
      const now = yield* DateTime.now
      const turns = TurnSchedule.read(schedule, timeZone, config.turnMinIntervalMs, now)
      return "problem" in turns ? yield* new GameSettingsInvalid(turns) : turns
    })

    /** The settings in their stored form. Times and version are checked where they differ from those of `before`. */
    const validated = Effect.fnUntraced(function* (wanted: GameSettings, before: GameSettings | undefined) {
      const problem = problemOf(wanted)
      if (problem !== undefined) return yield* new GameSettingsInvalid({ problem })
      const turns = yield* scheduleOf(wanted.turn_schedule, wanted.time_zone)
      const after = { ...wanted, turn_schedule: turns.schedule, time_zone: turns.timeZone }
      const change = before === undefined ? after : changed(before, after)
      const { enrollment_ends_at: ends, engine_version: version } = change
      if (ends !== undefined && ends !== null && !DateTime.isGreaterThan(ends, yield* DateTime.now)) {
        return yield* new GameSettingsInvalid({ problem: "enrollment_ends_at must lie in the future" })
      }
      if (version !== undefined && version !== null) {
        const invalid = new GameSettingsInvalid({
          problem: "engine_version must be a registered version that is enabled"
        })
        yield* Effect.catchTag(versions.pick(version), "NoEngineVersion", () => Effect.fail(invalid))
      }
      return after
    })

    const insert = (settings: GameSettings, owner: UserId | null, creation: Creation | undefined) =>
      Effect.flatMap(newId, (id) =>
        games.insert(
          {
            ...settings,
            game_id: GameId.make(id),
            owner_user_id: owner,
            visibility: owner === null ? "public" : "private"
          },
          creation
        )
      )

    /** The game that this request has made before. Two requests of one owner take turns. */
    const made = Effect.fnUntraced(function* (owner: UserId | null, creation: Creation | undefined) {
      if (creation === undefined) return Option.none<Game>()
      yield* games.lockOwner(owner)
      const found = yield* games.createdBy(owner, creation.key)
      if (Option.isNone(found)) return Option.none<Game>()
      if (found.value.digest !== creation.digest) return yield* new CreationKeyTaken()
      return Option.some(found.value.game)
    })

    const create = Effect.fn("GameEditing.create")(function* (
      actor: Actor,
      settings: typeof CreateGame.Type,
      origin?: RequestOrigin
    ) {
      const creation = yield* creationOf(settings, origin)
      const before = yield* made(actor === "admin" ? null : actor.user, creation)
      if (Option.isSome(before)) return { game: before.value, repeated: true }
      const valid = yield* validated(initial(settings), undefined)
      if (actor === "admin") return { game: yield* insert(valid, null, creation), repeated: false }
      const limit = within((yield* limits.of(actor.user)).max_open_games, config.openGamesPerOwner)
      if ((yield* games.countOwned(actor.user)).open >= limit) return yield* new TooManyGames({ limit })
      const game = yield* insert(valid, actor.user, creation)
      if (settings.race_name === undefined) return { game, repeated: false }
      yield* members.seat(game.game_id, actor.user, settings.race_name)
      return { game: { ...game, member_count: 1 }, repeated: false }
    })

    const update = Effect.fn("GameEditing.update")(function* (
      actor: Actor,
      gameId: GameId,
      request: typeof UpdateGame.Type
    ) {
      const { game } = yield* acting(games, gameId, actor, "update")
      const before = settingsOf(game)
      const after = yield* validated(updated(before, request), before)
      const change = changed(before, after)
      if (Object.keys(change).length === 0) return game
      if (inPlay.includes(game.status) && !fitsInPlay(change)) return yield* conflict(game, "update")
      const taken = game.member_count + after.computer_players
      if (taken > after.max_players) return yield* new TooFewPlaces({ taken, places: after.max_players })
      // Turns aren't counted while nothing is done about missed ones.
      if (!countsTurns(before) && countsTurns(after)) yield* members.countAnew(gameId)
      const edited = yield* games.change(gameId, change)
      // All may have been ready before.
      if (change.early_turns === true) yield* early.check(gameId)
      return edited
    })

    const preview = Effect.fn("GameEditing.preview")(function* (schedule: string, timeZone: string, count: number) {
      const turns = yield* scheduleOf(schedule, timeZone)
      const fires: Array<DateTime.Utc> = []
      for (let last = yield* DateTime.now; fires.length < count; ) {
        last = TurnSchedule.next(turns, last)
        fires.push(last)
      }
      return fires
    })

    return GameEditing.of({
      create: (actor, settings, origin) => inTransaction(create(actor, settings, origin)),
      update: (actor, gameId, request) => inTransaction(update(actor, gameId, request)),
      preview
    })
  })
)
