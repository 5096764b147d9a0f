/** The outcome of an attempt at a turn whose engine has more to compute. */
import { Data } from "effect"
import type { EngineRun } from "../engine/EngineHost.ts"

/** The engine has not answered in time, but runs, and may be computing the turn. */
export class StillComputing extends Data.TaggedError("StillComputing")<{
  readonly run: EngineRun
  readonly instanceId: string
  readonly endpoint: string
}> {}
