/**
 * Applications to public games.
 *
 * An applicant's race name is reserved from the application on, so that an approval is never refused because somebody
 * was quicker with the name. A rejection frees it again. Every step locks the game first, so of two decisions that are
 * made at once the second sees the first.
 */
import type { ApplicationList, ApplicationStatus, SubmitApplication } from "@galaxy/contract/api/UserApplications"
import { ApplicationId, type GameId, type UserId } from "@galaxy/contract/ids/Ids"
import { Context, Effect, Layer, Option } from "effect"
import { SqlClient } from "effect/sql"
import { Notifications } from "../../notification/Notifications.ts"
import type { RaceNameInvalid, RaceNameTaken } from "../../race-name/RaceName.ts"
import { RaceNames } from "../../race-name/RaceNames.ts"
import { newId } from "../../shared/NewId.ts"
import { type CursorInvalid, pageOf, type PagePosition, type PageRequest } from "../../shared/Page.ts"
import type { Limits } from "../../standing/Limits.ts"
import { StorageError } from "../../shared/StorageError.ts"
import { conflict, owned, visible } from "../game/GameAccess.ts"
import { GameNotFound, type GameStateConflict, type NotGameOwner, type TooManyMemberships } from "../game/GameError.ts"
import { rules } from "../game/GameState.ts"
import { type Game, GameStore } from "../game/GameStore.ts"
import { LobbyConfig } from "../game/LobbyConfig.ts"
import { beforeItsEnd, notIn, withRoom } from "../membership/admission.ts"
import {
  type AlreadyMember,
  type BlockedFromGame,
  EnrollmentOver,
  type GameFull
} from "../membership/MembershipError.ts"
import { seatLimit } from "../membership/SeatLimit.ts"
import { MembershipStore } from "../membership/MembershipStore.ts"
import {
  ApplicationAlreadyPending,
  ApplicationNotFound,
  ApplicationNotPending,
  PrivateGameTakesNoApplications,
  TooManyApplicants,
  TooManyApplications
} from "./ApplicationError.ts"
import { type Application, ApplicationStore } from "./ApplicationStore.ts"

/** Who decides: a user, who must own the game, or any administrator. */
export type Decider = { readonly owner: UserId } | "administrator"

type DecisionError = GameNotFound | NotGameOwner | ApplicationNotFound | ApplicationNotPending | StorageError

/**
 * The lobby's operations on applications (`lobby.applications.*`, `lobby.my.applications`). Each runs in one
 * transaction, which includes its notification.
 */
export class Applications extends Context.Service<
  Applications,
  {
    /** Applies for a seat in a public game with open enrollment, under a race name that is reserved. */
    submit(
      caller: UserId,
      gameId: GameId,
      request: typeof SubmitApplication.Type
    ): Effect.Effect<
      Application,
      | GameNotFound
      | PrivateGameTakesNoApplications
      | GameStateConflict
      | EnrollmentOver
      | AlreadyMember
      | BlockedFromGame
      | ApplicationAlreadyPending
      | TooManyApplications
      | TooManyApplicants
      | TooManyMemberships
      | RaceNameInvalid
      | RaceNameTaken
      | StorageError
    >
    /** Seats the applicant, until the game's start; an end of enrollment that has passed meanwhile doesn't matter. */
    approve(
      by: Decider,
      gameId: GameId,
      applicationId: ApplicationId
    ): Effect.Effect<
      Application,
      | TooManyMemberships
      | DecisionError
      | GameStateConflict
      | AlreadyMember
      | BlockedFromGame
      | GameFull
      | RaceNameInvalid
      | RaceNameTaken
    >
    /** Turns the application down, in every state of the game. The applicant may apply again. */
    reject(by: Decider, gameId: GameId, applicationId: ApplicationId): Effect.Effect<Application, DecisionError>
    /** The caller's applications, newest first. */
    mine(caller: UserId, page: PageRequest): Effect.Effect<typeof ApplicationList.Type, CursorInvalid | StorageError>
    /** One application, for administrators. */
    get(gameId: GameId, applicationId: ApplicationId): Effect.Effect<Option.Option<Application>, StorageError>
    /** A game's applications in one status, or in any, newest first, for administrators. */
    ofGame(
      gameId: GameId,
      page: PageRequest & { readonly status?: typeof ApplicationStatus.Type }
    ): Effect.Effect<typeof ApplicationList.Type, GameNotFound | CursorInvalid | StorageError>
  }
>()("@galaxy/core/lobby/application/Applications") {}

/** States in which an application can still be approved: until the game is handed to an engine. */
const admitting: ReadonlySet<string> = new Set(rules.approve_application.from)

/** Pending applications that a game takes for each of its places, however low the bound per game is set. */
const applicantsPerPlace = 10

/** `Applications` over the lobby's stores. */
export const layer: Layer.Layer<
  Applications,
  never,
  | SqlClient.SqlClient
  | GameStore
  | MembershipStore
  | ApplicationStore
  | LobbyConfig
  | RaceNames
  | Notifications
  | Limits
> = Layer.effect(
  Applications,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const games = yield* GameStore
    const members = yield* MembershipStore
    const applications = yield* ApplicationStore
    const config = yield* LobbyConfig
    const raceNames = yield* RaceNames
    const notifications = yield* Notifications
    const mayBeSeated = yield* seatLimit

    const inTransaction = <A, E, R>(effect: Effect.Effect<A, E, R>) => StorageError.refail(sql.withTransaction(effect))

    const locked = (gameId: GameId) =>
      Effect.flatMap(games.lock(gameId), (game) =>
        Option.isNone(game) ? Effect.fail(new GameNotFound()) : Effect.succeed(game.value)
      )

    const submit = Effect.fn("Applications.submit")(function* (
      caller: UserId,
      gameId: GameId,
      request: typeof SubmitApplication.Type
    ) {
      yield* visible(games, gameId, caller)
      const game = yield* locked(gameId)
      if (game.visibility === "private") return yield* new PrivateGameTakesNoApplications()
      if (game.status === "draft") {
        return yield* conflict(game, "submit_application")
      }
      if (game.status !== "enrollment_open") return yield* new EnrollmentOver()
      yield* beforeItsEnd(game)
      yield* notIn(members, game, caller)
      if (yield* applications.pendingFor(gameId, caller)) return yield* new ApplicationAlreadyPending()
      const room = Math.max(config.pendingApplicationsPerGame, applicantsPerPlace * game.max_players)
      if ((yield* applications.countPendingTo(gameId)) >= room) return yield* new TooManyApplicants({ limit: room })
      yield* mayBeSeated(caller)
      const limit = config.pendingApplicationsPerPlayer
      if ((yield* applications.countPending(caller)) >= limit) return yield* new TooManyApplications({ limit })
      const { name } = yield* raceNames.reserve({ gameId, userId: caller, name: request.race_name })
      const application = yield* applications.insert({
        application_id: ApplicationId.make(yield* newId),
        game_id: gameId,
        applicant_user_id: caller,
        race_name: name
      })
      yield* notifications.submit({
        kind: "lobby.application.submitted",
        idempotencyKey: `application-submitted:${application.application_id}`,
        recipients: [],
        payload: {
          game_id: gameId,
          game_name: game.game_name,
          application_id: application.application_id,
          applicant_user_id: caller,
          race_name: name
        }
      })
      return application
    })

    /** Runs one decision about a pending application. */
    const decide = <E, R>(
      by: Decider,
      gameId: GameId,
      applicationId: ApplicationId,
      decision: "approved" | "rejected",
      act: (game: Game, application: Application) => Effect.Effect<unknown, E, R>
    ) =>
      inTransaction(
        Effect.gen(function* () {
          const game = yield* by === "administrator" ? locked(gameId) : owned(games, gameId, by.owner)
          const found = yield* applications.find(gameId, applicationId)
          if (Option.isNone(found)) return yield* new ApplicationNotFound()
          const { status, applicant_user_id: applicant } = found.value
          if (status !== "pending") return yield* new ApplicationNotPending({ status })
          yield* act(game, found.value)
          const settled = yield* applications.settle(applicationId, decision)
          yield* notifications.submit({
            kind: `lobby.application.${decision}`,
            idempotencyKey: `application-${decision}:${applicationId}`,
            recipients: [applicant],
            payload: { game_id: gameId, game_name: game.game_name, application_id: applicationId }
          })
          return settled
        })
      )

    const seat = Effect.fnUntraced(function* (game: Game, application: Application) {
      const { applicant_user_id: userId, race_name: name } = application
      if (!admitting.has(game.status)) {
        return yield* conflict(game, "approve_application")
      }
      yield* notIn(members, game, userId)
      yield* withRoom(game)
      yield* mayBeSeated(userId)
      yield* members.seat(game.game_id, userId, yield* raceNames.keep({ gameId: game.game_id, userId, name }))
    })

    /** One page of what `read` returns. */
    const paged = <E>(
      page: PageRequest,
      read: (after: PagePosition, limit: number) => Effect.Effect<ReadonlyArray<Application>, E>
    ) =>
      Effect.map(
        pageOf(page, read, (it) => it.application_id),
        ({ rows, next }) => ({ applications: rows, ...next })
      )

    return Applications.of({
      submit: (caller, gameId, request) => inTransaction(submit(caller, gameId, request)),
      approve: Effect.fn("Applications.approve")((by, gameId, applicationId) =>
        decide(by, gameId, applicationId, "approved", seat)
      ),
      reject: Effect.fn("Applications.reject")((by, gameId, applicationId) =>
        decide(by, gameId, applicationId, "rejected", (_, application) =>
          raceNames.release(gameId, application.applicant_user_id)
        )
      ),
      mine: Effect.fn("Applications.mine")((caller, page) =>
        paged(page, (position, limit) => applications.listOf(caller, position, limit))
      ),
      get: Effect.fn("Applications.get")((gameId, applicationId) => applications.find(gameId, applicationId)),
      ofGame: Effect.fn("Applications.ofGame")(function* (gameId, page) {
        if (Option.isNone(yield* games.find(gameId))) return yield* new GameNotFound()
        return yield* paged(page, (position, limit) => applications.listOfGame(gameId, page.status, position, limit))
      })
    })
  })
)
