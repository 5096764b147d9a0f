/** The hosts of engines on the admin surface. */
import { AdminApi } from "@galaxy/contract/api/AdminApi"
import { Effect, Option } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { audited, sameAsBefore } from "../../audit/Audited.ts"
import { type ErrorTable, toApiWith } from "../../shared/http/errors.ts"
import { present } from "../../shared/rows.ts"
import { type EngineHostInUse, EngineHosts, type EngineHostUnknown, type HostRecord } from "../EngineHosts.ts"

const errors: ErrorTable<EngineHostUnknown | EngineHostInUse> = {
  EngineHostUnknown: ["not_found", "there is no such engine host"],
  EngineHostInUse: [
    "conflict",
    ({ games }) =>
      games > 0
        ? "games in play are on this host still"
        : "the host is in this backend's settings; take it out of them first",
    "in_use"
  ]
}

const toApi = toApiWith(errors)

/** A host as the admin surface has it. */
export const view = (host: HostRecord) => ({
  host_id: host.hostId,
  answers: host.answers,
  in_settings: host.inSettings,
  draining: host.draining,
  games: host.games,
  games_bound: host.bound,
  ...present("most", host.most ?? null),
  ...present("seen_at", Option.getOrNull(host.seenAt)),
  ...present("trouble", host.trouble ?? null)
})

/**
 * Handlers of `AdminApi`'s group `adminEngineHosts`. A mutation's audit row has what is noted of the host alone: whether it
 * answers and how many games are on it changes by itself.
 */
export const engineHosts = HttpApiBuilder.group(
  AdminApi,
  "adminEngineHosts",
  Effect.fnUntraced(function* (handlers) {
    const hosts = yield* EngineHosts
    const action = (name: string, id: string, reason: string | undefined) => ({
      name: `engine_host.${name}`,
      target: { kind: "engine_host", id },
      reason,
      unchanged: sameAsBefore,
      view: hosts.mark(id)
    })
    const drain = (name: string, draining: boolean, id: string, reason: string | undefined) =>
      toApi(Effect.map(audited(action(name, id, reason), hosts.drain(id, draining)), view))
    return handlers
      .handle("list", () => toApi(Effect.map(hosts.list, (all) => ({ engine_hosts: all.map(view) }))))
      .handle("drain", ({ params: { host_id: id }, payload }) => drain("drain", true, id, payload?.reason))
      .handle("undrain", ({ params: { host_id: id }, payload }) => drain("undrain", false, id, payload?.reason))
      .handle("forget", ({ params: { host_id: id }, payload }) =>
        toApi(Effect.map(audited(action("forget", id, payload?.reason), hosts.forget(id)), view))
      )
  })
)
