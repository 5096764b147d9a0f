/** Bodies and answers of the engine's state surface (wire contract, section 4), which an engine may do without. */
import { Schema } from "effect"
import { int, whole } from "../api/Fields.ts"
import { maxStateFileBytes, maxTurn } from "./Limits.ts"

/** One file of a game's state. Its path is relative to the state folder, with `/` on every system. */
export const StateFile = Schema.Struct({
  path: Schema.String,
  /** Bytes. */
  size: int(0, maxStateFileBytes * 64),
  /** Of all its bytes, in lower-case hex. */
  sha256: Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/)),
  /**
   * The turn that the file belongs to: what was made with it, or decided while it was the open one. Absent from engines
   * that don't tell.
   */
  turn: Schema.optionalKey(int(0, maxTurn))
})
export type StateFile = typeof StateFile.Type

/** Query of `GET /state`: only files of this turn and of later ones. An engine may answer all files all the same. */
export const StateQuery = Schema.Struct({ from: Schema.optionalKey(whole(0, maxTurn)) })

/**
 * Answer of `GET /state`: the last complete turn and the files that it needs, by ascending path. Without a game there
 * is no turn and no file.
 */
export const StateListing = Schema.Struct({
  turn: Schema.optionalKey(int(0, maxTurn)),
  files: Schema.Array(StateFile)
})
export type StateListing = typeof StateListing.Type
