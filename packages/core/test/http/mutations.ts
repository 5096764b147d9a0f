/** The mutations of the admin surface, as its definition has them. */
import { AdminApi } from "@galaxy/contract/api/AdminApi"
import type { HttpApi } from "effect/http-api"

/** Method and path (`{name}` for parameters) of every operation of `AdminApi` that changes something. */
export const adminApiMutations = Object.values((AdminApi as unknown as HttpApi.Top).groups)
  .flatMap((group) => Object.values(group.endpoints))
  .filter((it) => it.method !== "GET")
  .map((it) => ({
    method: it.method as string,
    path: it.path.replace(/\/$/, "").replace(/:(\w+)/g, "{$1}")
  }))
