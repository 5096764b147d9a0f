/** What a game's row says of the engine that it needs. */
import type { EngineSpec } from "../engine/EngineHost.ts"
import type { RuntimeRow } from "./RuntimeStore.ts"

export const specOf = (row: RuntimeRow): EngineSpec => ({
  gameId: row.game_id,
  imageRef: row.image_ref ?? "",
  version: row.engine_version ?? ""
})
