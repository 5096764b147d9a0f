/** The backends of the cluster on the admin surface. */
import { AdminApi } from "@galaxy/contract/api/AdminApi"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { toApi } from "../../shared/http/errors.ts"
import { Backends } from "../Backends.ts"

/** Handlers of `AdminApi`'s group `adminBackends`. */
export const backends = HttpApiBuilder.group(
  AdminApi,
  "adminBackends",
  Effect.fnUntraced(function* (handlers) {
    const { list } = yield* Backends
    return handlers.handle("list", () => toApi(Effect.map(list, (all) => ({ backends: all }))))
  })
)
