/** Whether a game needn't wait for the host of its engine any longer: it has been silent for too long. */
import { Effect } from "effect"
import { EngineHosts } from "./EngineHosts.ts"
import { boundTo } from "./Placement.ts"
import type { RuntimeRow } from "./RuntimeRow.ts"

/** How often it is looked at while an engine is waited for. */
const every = "2 seconds"

/**
 * `now` says whether the row's host is given up and the game can go on at another one; `wait` returns once that is so. Not
 * known counts as no.
 */
export const make = Effect.gen(function* () {
  const hosts = yield* EngineHosts
  const bound = yield* boundTo

  const now = (row: RuntimeRow): Effect.Effect<boolean> =>
    row.engine_host === null || bound(row) !== undefined
      ? Effect.succeed(false)
      : Effect.match(hosts.look, {
          onFailure: () => false,
          onSuccess: (all) => all.length > 1 && all.some((it) => it.hostId === row.engine_host && it.givenUp)
        })

  const wait = (row: RuntimeRow): Effect.Effect<void> =>
    Effect.asVoid(Effect.repeat(Effect.delay(now(row), every), { until: (givenUp) => givenUp }))

  return { now, wait }
})
