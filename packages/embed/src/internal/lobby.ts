/** The lobby's steps as effects, with the JSON and the errors of the REST surface. */
import type * as ApiError from "@galaxy/contract/api/ApiError"
import { CreateGame, Game } from "@galaxy/contract/api/UserLobby"
import { GameId, UserId, uuidPattern } from "@galaxy/contract/ids/Ids"
import { errors as engineErrors } from "@galaxy/core/engine/http/errors"
import { errors as gameErrors } from "@galaxy/core/lobby/game/http/errors"
import { Games } from "@galaxy/core/lobby/game/Games"
import { errors as raceNameErrors } from "@galaxy/core/race-name/http/errors"
import { toApiWith } from "@galaxy/core/shared/http/errors"
import { Effect, Schema } from "effect"
import { CallRefused, type Lobby } from "../lobby.ts"

const toApi = toApiWith({ ...engineErrors, ...gameErrors, ...raceNameErrors })
const decode = Schema.decodeUnknownEffect(CreateGame)
const encode = Schema.encodeEffect(Game)

const refused = (error: ApiError.ApiError): CallRefused =>
  new CallRefused(error._tag, error.message, "reason" in error ? error.reason : undefined)

const malformed = (message: string) => Effect.fail(new CallRefused("invalid_request", message))

const idOf = <Id>(what: string, make: (text: string) => Id, text: unknown) =>
  typeof text === "string" && uuidPattern.test(text) ? Effect.succeed(make(text)) : malformed(`${what} must be a UUID`)

type Step = "get" | "openEnrollment" | "readyToStart" | "start" | "pause" | "resume" | "cancel"

const step = (name: Step) => (userId: string, gameId: string) =>
  Effect.gen(function* () {
    const games = yield* Games
    const caller = yield* idOf("userId", (it) => UserId.make(it), userId)
    const game = yield* idOf("gameId", (it) => GameId.make(it), gameId)
    return yield* encode(yield* Effect.mapError(toApi(games[name](caller, game)), refused))
  })

const create = Effect.fnUntraced(function* (userId: string, settings: unknown) {
  const games = yield* Games
  const caller = yield* idOf("userId", (it) => UserId.make(it), userId)
  const wanted = yield* Effect.catch(decode(settings), ({ message }) => malformed(message))
  return yield* encode(yield* Effect.mapError(toApi(games.create(caller, wanted)), refused))
})

/** Runs an effect over the services of the core. */
export type Run = <A, E>(effect: Effect.Effect<A, E, Games>) => Promise<A>

/** The lobby whose steps are run by `run`. */
export const lobbyOf = (run: Run): Lobby => {
  const by = (name: Step) => (userId: string, gameId: string) => run(step(name)(userId, gameId))
  return {
    create: (userId, settings) => run(create(userId, settings)),
    get: by("get"),
    openEnrollment: by("openEnrollment"),
    readyToStart: by("readyToStart"),
    start: by("start"),
    pause: by("pause"),
    resume: by("resume"),
    cancel: by("cancel")
  }
}
