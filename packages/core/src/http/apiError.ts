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
type Line<E> = readonly [code: ApiError.ApiErrorCode, message: string | ((error: E) => string)]

const own = (error: { readonly message: string }) => error.message

/** A message is for the caller: it names no foreign object and nothing internal. */
export const lines: { readonly [T in Tag]: Line<Extract<DomainError, { readonly _tag: T }>> } = {
  AccountNotFound: ["not_found", "no such account"],
  AccountPermanentlyBlocked: ["account_permanently_blocked", "this address is blocked"],
  ChallengeNotConfirmed: ["invalid_request", "the code can't be confirmed; ask for a new one"],
  SignInMalformed: ["invalid_request", (it) => it.problem],
  SessionNotFound: ["not_found", "no such session"],
  GameNotFound: ["not_found", own],
  NotGameOwner: ["forbidden", own],
  GameStateConflict: ["conflict", own],
  GameSettingsInvalid: ["invalid_request", own],
  TooManyGames: ["conflict", own],
  NotEnoughPlayers: ["conflict", own],
  GameFull: ["conflict", own],
  AlreadyMember: ["conflict", own],
  BlockedFromGame: ["forbidden", own],
  NotGameMember: ["forbidden", own],
  MembershipNotFound: ["not_found", own],
  PublicGameTakesNoInvites: ["conflict", own],
  InvitedUserNotFound: ["not_found", own],
  InviteNotFound: ["not_found", own],
  NotYourInvite: ["forbidden", own],
  InviteNotPending: ["conflict", own],
  InviteAlreadyPending: ["conflict", own],
  TooManyInvites: ["conflict", own],
  InviteExpiryInvalid: ["invalid_request", own],
  CursorInvalid: ["invalid_request", own],
  RaceNameInvalid: ["invalid_request", own],
  RaceNameTaken: ["conflict", own],
  EngineVersionTaken: ["conflict", (it) => `version ${it.version} is registered with another image`],
  NoEngineVersion: ["conflict", "there is no such engine version, or it is disabled"],
  RuntimeNotFound: ["not_found", "this game has no runtime"],
  GameNotRunning: ["conflict", own],
  TurnWindowClosed: ["conflict", "the turn is being generated; orders are closed"],
  EngineRefused: ["conflict", own],
  EngineUnreachable: ["service_unavailable", "the game's engine can't be reached at present"],
  StorageError: ["service_unavailable", "the database can't be reached at present"]
}

/** What the wire says of a domain error. */
export const toApiError = (error: DomainError): ApiError.ApiError => {
  if (error._tag === "EngineRefused") return ApiError.make(error.code, error.message)
  if (error._tag === "StorageError" && !error.retryable) return ApiError.make("internal_error", "internal error")
  const [code, message] = lines[error._tag] as Line<DomainError>
  return ApiError.make(code, typeof message === "string" ? message : message(error))
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
