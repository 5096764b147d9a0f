/** Port: which engine versions games run on. The runtime knows, and implements it. */
import { Context, type Effect } from "effect"
import type { StorageError } from "../shared/StorageError.ts"

/** Whether a version may still be given another image. */
export class EngineVersionUse extends Context.Service<
  EngineVersionUse,
  {
    /** Whether a game in play, or one that is stopped, has this version. */
    inUse(version: string): Effect.Effect<boolean, StorageError>
  }
>()("@galaxy/core/engine/EngineVersionUse") {}
