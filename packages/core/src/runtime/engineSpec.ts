/** From a game's row to the engine it needs. */
import type { EngineSpec } from "../engine/EngineHost.ts"
import type { RuntimeRow } from "./RuntimeRow.ts"

/** The engine version and image that were picked when the start was queued, for a game of so many players. */
export const specOf = (row: RuntimeRow, players: number): EngineSpec => ({
  gameId: row.game_id,
  imageRef: row.image_ref ?? "",
  version: row.engine_version ?? "",
  players
})
