/**
 * The steps of a game through its states, by its owner or by an administrator.
 *
 * A step locks the game's row, lets the state machine decide, and changes the state, all in one transaction with the
 * runtime's order and the notifications that it causes.
 */
import { EnginePlayerId, type GameId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import type { NoEngineVersion } from "../../engine/EngineVersions.ts"
import { Notifications } from "../../notification/Notifications.ts"
import type { EngineVersionOlder } from "../../runtime/RuntimeError.ts"
import { RuntimeJobs } from "../../runtime/RuntimeJobs.ts"
import { newId } from "../../shared/NewId.ts"
import { Limits, within } from "../../standing/Limits.ts"
import { StorageError } from "../../shared/StorageError.ts"
import { ComputerSeats } from "./ComputerSeats.ts"
import { EarlyTurns } from "./EarlyTurns.ts"
import { acting, type Actor, conflict } from "./GameAccess.ts"
import { GameEnds } from "./GameEnds.ts"
import {
  type GameNotFound,
  type GameStateConflict,
  NotEnoughPlayers,
  type NotGameOwner,
  TooManyGamesInPlay
} from "./GameError.ts"
import { GameMembers } from "./GameMembers.ts"
import { type GameAction, placesTaken } from "./GameState.ts"
import { type Game, type GameChange, GameStore } from "./GameStore.ts"
import { LobbyConfig } from "./LobbyConfig.ts"

/** How every step may fail. */
export type StepError = GameNotFound | NotGameOwner | GameStateConflict | StorageError

/** How a start may fail besides. */
export type StartError = StepError | NotEnoughPlayers | NoEngineVersion

type Step<E> = (actor: Actor, gameId: GameId) => Effect.Effect<Game, E>

/** All steps of games. Each answers with the game as it is then. */
export class GameSteps extends Context.Service<
  GameSteps,
  {
    /** Opens enrolment to everybody who may join. */
    readonly openEnrollment: Step<StepError>
    /** Closes enrolment by application. Fails with `NotEnoughPlayers` below `min_players`. */
    readonly readyToStart: Step<StepError | NotEnoughPlayers>
    /**
     * Queues the start; the runtime reports its outcome through `RuntimeEvents`. Fails with `NoEngineVersion` where the
     * game's engine version, or every one, is no longer enabled.
     */
    readonly start: Step<StartError | TooManyGamesInPlay>
    /** Makes a game whose start failed ready to be started again. */
    readonly retryStart: Step<StepError>
    /** Stops the schedule, and orders; the engine goes on, and a turn that is being made is finished. */
    readonly pause: Step<StepError>
    /** Lets schedule and orders go on. `GameStateConflict` while the runtime is stopped. */
    readonly resume: Step<StepError>
    /** Ends the game without a winner, with everything that is open of it. */
    readonly cancel: Step<StepError>
    /**
     * Starts a game with the members there are, or brings one that was stopped up again: the same galaxy at the same
     * turn, on the named version if there is one. For administrators.
     */
    forceStart(gameId: GameId, engineVersion: string | undefined): Effect.Effect<Game, StartError | EngineVersionOlder>
    /** Ends the game's engine and keeps its state: the game is paused, or its first start has failed. */
    forceStop(gameId: GameId): Effect.Effect<Game, StepError>
  }
>()("@galaxy/core/lobby/game/GameSteps") {}

/** What players read where the administrators have stopped a game that was being started. */
const stoppedByForce = "the start was stopped by an administrator"

/** `GameSteps` over the lobby's stores and the runtime's jobs. */
export const layer: Layer.Layer<
  GameSteps,
  never,
  | SqlClient.SqlClient
  | GameStore
  | GameMembers
  | GameEnds
  | ComputerSeats
  | LobbyConfig
  | RuntimeJobs
  | EarlyTurns
  | Notifications
  | Limits
> = Layer.effect(
  GameSteps,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const games = yield* GameStore
    const members = yield* GameMembers
    const ends = yield* GameEnds
    const computers = yield* ComputerSeats
    const config = yield* LobbyConfig
    const limits = yield* Limits
    const runtime = yield* RuntimeJobs
    const early = yield* EarlyTurns
    const notifications = yield* Notifications

    /**
     * One step. `work` may refuse it, or return further changes that are stored together with the new state; `after`
     * runs with the game as it is then, and as it was.
     */
    const step = <E = never, E2 = never>(
      actor: Actor,
      gameId: GameId,
      action: GameAction,
      work: (game: Game) => Effect.Effect<GameChange, E>,
      after: (game: Game, before: Game) => Effect.Effect<void, E2> = () => Effect.void
    ) =>
      StorageError.refail(
        sql.withTransaction(
          Effect.gen(function* () {
            const { game, to } = yield* acting(games, gameId, actor, action)
            const changed = yield* games.change(gameId, { ...(yield* work(game)), status: to })
            yield* after(changed, game)
            return changed
          })
        )
      )

    const nothing = () => Effect.succeed({})

    /** The members, and the owner of whose game an administrator has decided. */
    const concerned = Effect.fnUntraced(function* (actor: Actor, game: Game) {
      const people = new Set((yield* members.active(game.game_id)).map((it) => it.user_id))
      if (actor === "admin" && game.owner_user_id !== undefined) people.add(game.owner_user_id)
      return [...people].toSorted()
    })

    const tell = (kind: "lobby.game.cancelled" | "lobby.game.paused" | "lobby.game.resumed", actor: Actor) =>
      Effect.fnUntraced(function* (game: Game) {
        const recipients = yield* concerned(actor, game)
        if (recipients.length === 0) return
        yield* notifications.submit({
          kind,
          idempotencyKey: `${kind}:${game.game_id}:${yield* newId}`,
          recipients,
          payload: { game_id: game.game_id, game_name: game.game_name }
        })
      })

    const enoughPlayers = (game: Game, required: number) => {
      const [members, players] = [game.member_count, placesTaken(game)]
      // A game of computer players alone is nobody's.
      return players >= required && members >= 1
        ? Effect.void
        : Effect.fail(new NotEnoughPlayers({ members, players, required }))
    }

    const queueStart = Effect.fnUntraced(function* (game: Game, engineVersion: string | undefined) {
      const seated = yield* members.active(game.game_id)
      const computerSeats = yield* computers.seat(
        game.game_id,
        game.computer_players,
        seated.map((it) => it.race_name)
      )
      yield* runtime.requestStart({
        gameId: game.game_id,
        engineVersion,
        turnSchedule: game.turn_schedule,
        timeZone: game.time_zone,
        players: [
          // A seat's id is its player's id in the engine, so a retried start names the same players.
          ...seated.map((it) => ({
            userId: it.user_id,
            raceName: it.race_name,
            enginePlayerId: EnginePlayerId.make(it.membership_id)
          })),
          ...computerSeats.map(({ raceName, enginePlayerId }) => ({
            userId: null,
            raceName,
            enginePlayerId,
            computer: true
          }))
        ]
      })
      return { runtime_status: "starting", failure_reason: null }
    })

    const start = Effect.fnUntraced(function* (game: Game) {
      yield* enoughPlayers(game, game.min_players)
      const owner = game.owner_user_id
      if (owner !== undefined) {
        const limit = within((yield* limits.of(owner)).max_games_in_play, config.gamesInPlayPerOwner)
        if ((yield* games.countOwned(owner)).inPlay >= limit) return yield* new TooManyGamesInPlay({ limit })
      }
      return yield* queueStart(game, game.engine_version)
    })

    const forceStart = Effect.fnUntraced(function* (game: Game, version: string | undefined) {
      const named = version === undefined ? {} : { engine_version: version }
      if (game.status !== "paused") {
        yield* enoughPlayers(game, 1)
        return { ...(yield* queueStart(game, version ?? game.engine_version)), ...named }
      }
      yield* runtime
        .requestStartAgain(game.game_id, { engineVersion: version })
        .pipe(Effect.catchTag(["RuntimeNotFound", "GameNotRunning"], () => Effect.fail(conflict(game, "force_start"))))
      return { runtime_status: "starting", failure_reason: null, ...named }
    })

    const pause = (game: Game) =>
      runtime.requestPause(game.game_id).pipe(
        Effect.catchTag(["RuntimeNotFound", "GameNotRunning"], () => Effect.fail(conflict(game, "pause"))),
        Effect.as({ next_turn_at: null })
      )

    const resume = (game: Game) =>
      runtime.requestResume(game.game_id).pipe(
        Effect.catchTag(["RuntimeNotFound", "GameNotRunning"], () => Effect.fail(conflict(game, "resume"))),
        Effect.map((due) => ({ next_turn_at: due === undefined ? null : DateTime.toDateUtc(due) }))
      )

    const cancel = Effect.fnUntraced(function* (game: Game) {
      const started = game.status !== "start_failed" && game.runtime_status !== "none"
      yield* runtime.requestCancel(game.game_id)
      return { next_turn_at: null, ...(started ? { runtime_status: "stopped" } : {}) }
    })

    const closed = (actor: Actor) =>
      Effect.fnUntraced(function* (game: Game) {
        const ending = yield* ends.cancelled(game)
        yield* notifications.lock([...ending.people, ...(yield* concerned(actor, game))])
        yield* ending.tell
        yield* tell("lobby.game.cancelled", actor)(game)
      })

    const forceStop = Effect.fnUntraced(function* (game: Game) {
      const back = yield* runtime.requestStop(game.game_id, "stopped by an administrator")
      const neverPlayed = game.status === "starting" && game.started_at === undefined
      return {
        runtime_status: "stopped",
        next_turn_at: null,
        ...(back === undefined ? {} : { engine_version: back }),
        ...(neverPlayed ? { failure_reason: stoppedByForce } : {})
      }
    })

    return GameSteps.of({
      openEnrollment: Effect.fn("GameSteps.openEnrollment")((actor, gameId) =>
        step(actor, gameId, "open_enrollment", nothing)
      ),
      readyToStart: Effect.fn("GameSteps.readyToStart")((actor, gameId) =>
        step(actor, gameId, "ready_to_start", (game) => Effect.as(enoughPlayers(game, game.min_players), {}))
      ),
      start: Effect.fn("GameSteps.start")((actor, gameId) => step(actor, gameId, "start", start)),
      retryStart: Effect.fn("GameSteps.retryStart")((actor, gameId) =>
        // The next start makes computer players of its own.
        step(actor, gameId, "retry_start", () => Effect.as(computers.seat(gameId, 0, []), { runtime_status: "none" }))
      ),
      pause: Effect.fn("GameSteps.pause")((actor, gameId) =>
        step(actor, gameId, "pause", pause, tell("lobby.game.paused", actor))
      ),
      resume: Effect.fn("GameSteps.resume")((actor, gameId) =>
        step(actor, gameId, "resume", resume, (game) =>
          // Somebody who wasn't ready may have left meanwhile.
          Effect.andThen(early.check(gameId), tell("lobby.game.resumed", actor)(game))
        )
      ),
      cancel: Effect.fn("GameSteps.cancel")((actor, gameId) => step(actor, gameId, "cancel", cancel, closed(actor))),
      forceStart: Effect.fn("GameSteps.forceStart")((gameId, version) =>
        step("admin", gameId, "force_start", (game) => forceStart(game, version))
      ),
      forceStop: Effect.fn("GameSteps.forceStop")((gameId) =>
        step("admin", gameId, "force_stop", forceStop, (game, before) =>
          game.status === "paused" && before.status !== "paused"
            ? tell("lobby.game.paused", "admin")(game)
            : Effect.void
        )
      )
    })
  })
)
