/** Ending the engine that a game's row names. */
import { Effect } from "effect"
import type { EngineHost, EngineHostUnavailable } from "../engine/EngineHost.ts"
import type { RuntimeRow } from "./RuntimeRow.ts"

/** What of a row says where its engine is. */
export type PlacedRow = Pick<RuntimeRow, "game_id" | "engine_host" | "engine_epoch">

/** A row that was last written before hosts were noted: its engine is wherever there is a host. */
const hostsOf = (host: EngineHost["Service"], row: PlacedRow) =>
  row.engine_host === null
    ? Effect.map(host.hosts, (all) => all.map((it) => it.hostId))
    : Effect.succeed([row.engine_host])

/** Ends the row's engine, and those before it on the same host; the state is kept. Later ones go on. */
export const stop = (host: EngineHost["Service"], row: PlacedRow): Effect.Effect<void, EngineHostUnavailable> =>
  Effect.flatMap(
    hostsOf(host, row),
    Effect.forEach((hostId) => host.stop(row.game_id, hostId, row.engine_epoch), { discard: true })
  )

/** The same, and removes the state for good. */
export const discard = (host: EngineHost["Service"], row: PlacedRow): Effect.Effect<void, EngineHostUnavailable> =>
  Effect.flatMap(
    hostsOf(host, row),
    Effect.forEach((hostId) => host.discard(row.game_id, hostId, row.engine_epoch), { discard: true })
  )

/**
 * Goes on where the host doesn't answer, so that no game waits for one that is gone. If it comes back, the sweep ends what
 * runs there; what is left of a game that was never played goes before it is started there again.
 */
export const unlessGone = (end: Effect.Effect<void, EngineHostUnavailable>): Effect.Effect<void> =>
  Effect.catch(end, ({ reason }) =>
    Effect.annotateLogs(Effect.logWarning("an engine can't be ended now: its host doesn't answer"), { reason })
  )
