/**
 * Every error of the domain and the code it has on the wire: one table, total by type.
 *
 * A new domain error doesn't compile until it has a line here.
 */
import * as ApiError from "@galaxy/contract/api/ApiError"
import { Effect } from "effect"
import type { AccountNotFound, AccountPermanentlyBlocked } from "../account/Accounts.ts"
import type { ChallengeNotConfirmed, SignInMalformed } from "../auth/Challenges.ts"
import type { SessionNotFound } from "../auth/Sessions.ts"
import type * as Lobby from "../lobby/LobbyError.ts"
import type { RaceNameInvalid, RaceNameTaken } from "../race-name/RaceName.ts"
import type { EngineVersionTaken, NoEngineVersion } from "../engine/EngineVersions.ts"
import type { RuntimeError } from "../runtime/RuntimeError.ts"
import type { StorageError } from "../shared/StorageError.ts"

type LobbyError = InstanceType<(typeof Lobby)[keyof typeof Lobby]>

/** Everything that a handler may fail with. */
export type DomainError =
  | AccountNotFound
  | AccountPermanentlyBlocked
  | ChallengeNotConfirmed
  | SignInMalformed
  | SessionNotFound
  | LobbyError
  | RaceNameInvalid
  | RaceNameTaken
  | EngineVersionTaken
  | NoEngineVersion
  | RuntimeError
  | StorageError

type Tag = DomainError["_tag"]
type Line<E> = {
  [C in ApiError.ApiErrorCode]: readonly [
    code: C,
    message: string | ((error: E) => string),
    reason?: ApiError.ReasonOf<C> | ((error: E) => ApiError.ReasonOf<C>)
  ]
}[ApiError.ApiErrorCode]

const own = (error: { readonly message: string }) => error.message

/** A message is for the caller: it names no foreign object and nothing internal. */
export const lines: { readonly [T in Tag]: Line<Extract<DomainError, { readonly _tag: T }>> } = {
  AccountNotFound: ["not_found", "no such account"],
  AccountPermanentlyBlocked: ["account_permanently_blocked", "this address is blocked"],
  ChallengeNotConfirmed: ["invalid_request", "the code can't be confirmed; ask for a new one"],
  SignInMalformed: ["invalid_request", (it) => it.problem],
  SessionNotFound: ["not_found", "no such session"],
  GameNotFound: ["not_found", own],
  NotGameOwner: ["forbidden", own, "not_owner"],
  GameStateConflict: ["conflict", own, "wrong_state"],
  GameSettingsInvalid: ["invalid_request", own],
  TooManyGames: ["conflict", own, "limit_reached"],
  NotEnoughPlayers: ["conflict", own],
  GameFull: ["conflict", own, "full"],
  AlreadyMember: ["conflict", own, "already_member"],
  BlockedFromGame: ["forbidden", own],
  NotGameMember: ["forbidden", own, "not_member"],
  MembershipNotFound: ["not_found", own],
  PublicGameTakesNoInvites: ["conflict", own],
  InvitedUserNotFound: ["not_found", own],
  InviteNotFound: ["not_found", own],
  NotYourInvite: ["forbidden", own, (it) => `not_${it.actor}`],
  InviteNotPending: ["conflict", own, "not_pending"],
  InviteAlreadyPending: ["conflict", own, "already_pending"],
  TooManyInvites: ["conflict", own, "limit_reached"],
  InviteExpiryInvalid: ["invalid_request", own],
  CursorInvalid: ["invalid_request", own],
  RaceNameInvalid: ["invalid_request", own],
  RaceNameTaken: ["conflict", own, "name_taken"],
  EngineVersionTaken: ["conflict", (it) => `version ${it.version} is registered with another image`, "exists"],
  NoEngineVersion: ["conflict", "there is no such engine version, or it is disabled", "version_disabled"],
  RuntimeNotFound: ["not_found", "this game has no runtime"],
  GameNotRunning: ["conflict", own, (it) => (it.status === "paused" ? "paused" : "wrong_state")],
  TurnNotMade: ["not_found", own],
  TurnPassed: ["conflict", own, "turn_passed"],
  TurnWindowClosed: ["conflict", "the turn is being generated; orders are closed", "generating"],
  EngineRefused: ["conflict", own],
  EngineUnreachable: ["service_unavailable", "the game's engine can't be reached at present"],
  StorageError: ["service_unavailable", "the database can't be reached at present"]
}

/** What the wire says of a domain error. */
export const toApiError = (error: DomainError): ApiError.ApiError => {
  if (error._tag === "EngineRefused") return ApiError.make(error.code, error.message)
  if (error._tag === "StorageError" && !error.retryable) return ApiError.make("internal_error", "internal error")
  const [code, message, reason] = lines[error._tag] as Line<DomainError>
  return ApiError.make(
    code,
    typeof message === "string" ? message : message(error),
    typeof reason === "function" ? reason(error) : reason
  )
}

/** Ends a handler: the domain's error becomes the wire's. What is our fault is logged. */
export const toApi = <A, E extends DomainError, R>(
  effect: Effect.Effect<A, E, R>
): Effect.Effect<A, ApiError.ApiError, R> =>
  effect.pipe(
    Effect.tapError((error) =>
      error._tag === "StorageError"
        ? Effect.annotateLogs(Effect.logError("storage failed"), error.logFields)
        : Effect.void
    ),
    Effect.mapError(toApiError)
  )
