/** From a game's row to the run of its engine that it names, and to the engine that it needs. */
import type { Redacted } from "effect"
import type { EngineRun, EngineSpec } from "../engine/EngineHost.ts"
import type { RuntimeRow } from "./RuntimeRow.ts"

/** The run that the row names; undefined before the first one. */
export const runOf = (row: Pick<RuntimeRow, "game_id" | "engine_host" | "engine_epoch">): EngineRun | undefined =>
  row.engine_host === null || row.engine_epoch === 0
    ? undefined
    : { gameId: row.game_id, hostId: row.engine_host, epoch: row.engine_epoch }

/** The engine version and image that were picked when the start was queued, for a game of so many players. */
export const specOf = (row: RuntimeRow, run: EngineRun, token: Redacted.Redacted, players: number): EngineSpec => ({
  ...run,
  token,
  imageRef: row.image_ref ?? "",
  version: row.engine_version ?? "",
  players,
  imageId: row.image_id ?? undefined,
  // A state that only the host has must outlive this run.
  fresh: row.state_in_database
})
