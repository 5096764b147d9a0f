/** Country counters on the admin surface. */
import { AdminApi } from "@galaxy/contract/api/AdminApi"
import { NotFound } from "@galaxy/contract/api/ApiError"
import { Effect, Option } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { toApi } from "../../shared/http/errors.ts"
import { Countries } from "../Countries.ts"

/** Handlers of `AdminApi`'s group `adminGeo`. */
export const geo = HttpApiBuilder.group(
  AdminApi,
  "adminGeo",
  Effect.fnUntraced(function* (handlers) {
    const countries = yield* Countries
    return handlers.handle("countries", ({ params: { user_id } }) =>
      Effect.flatMap(
        toApi(countries.of(user_id)),
        Option.match({
          onNone: () => Effect.fail(new NotFound({ message: "no such user" })),
          onSome: (counts) => Effect.succeed({ user_id, countries: counts })
        })
      )
    )
  })
)
