/** Held race names on the user surface. */
import { Caller } from "@galaxy/contract/api/Identity"
import { UserApi } from "@galaxy/contract/api/UserApi"
import { Effect, Layer } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { toApiWith } from "../../shared/http/errors.ts"
import { RaceNames } from "../RaceNames.ts"
import { errors } from "./errors.ts"

const toApi = toApiWith(errors)

const lobbyRaceNames = HttpApiBuilder.group(
  UserApi,
  "lobbyRaceNames",
  Effect.fnUntraced(function* (handlers) {
    const names = yield* RaceNames
    return handlers.handle("register", ({ payload }) =>
      toApi(Effect.flatMap(Caller, ({ userId }) => names.register(userId, payload.name)))
    )
  })
)

const lobbyMyRaceNames = HttpApiBuilder.group(
  UserApi,
  "lobbyMyRaceNames",
  Effect.fnUntraced(function* (handlers) {
    const names = yield* RaceNames
    return handlers.handle("raceNames", ({ query }) =>
      toApi(Effect.flatMap(Caller, ({ userId }) => names.mine(userId, query)))
    )
  })
)

/** Handlers of `UserApi`'s groups `lobbyRaceNames` and `lobbyMyRaceNames`. */
export const layer = Layer.mergeAll(lobbyRaceNames, lobbyMyRaceNames)
