/**
 * Which host a game's engine is started on.
 *
 * The state of a game that was in play is on the host where its engine ran last, so it stays there.
 */
import { Effect } from "effect"
import { EngineHost, type EngineHostUnavailable, EngineStartFailed } from "../engine/EngineHost.ts"
import type { RuntimeRow } from "./RuntimeRow.ts"

/**
 * Chooses for a row; `away` are hosts that didn't answer just now. Fails with `EngineStartFailed` as if there were no
 * room where no host can take the engine now.
 */
export const make = Effect.gen(function* () {
  const host = yield* EngineHost

  return Effect.fnUntraced(function* (row: RuntimeRow, away: ReadonlyMap<string, EngineHostUnavailable>) {
    const hosts = yield* host.hosts
    const bound = row.started_at === null ? null : row.engine_host
    const possible = hosts.filter((it) => bound === null || it.hostId === bound)
    const chosen = possible.find((it) => it.answers && !away.has(it.hostId))
    if (chosen !== undefined) return chosen.hostId
    const reason =
      [...away.values()][0]?.reason ??
      (possible.length === 0 && bound !== null
        ? `the game's state is on the engine host ${bound}, which isn't one of this platform's`
        : `the engine host ${possible.map((it) => it.hostId).join(", ")} doesn't answer`)
    return yield* new EngineStartFailed({ reason, permanent: false, noRoom: true })
  })
})
