/** Handlers that are loaded when their command runs. */
import { Effect } from "effect"
import type { Failure } from "../failures.ts"
import type { Globals } from "../globals.ts"
import { withGlobals } from "./commandOf.ts"

/** Runs what a module gives, with the flags of every command read. */
export const lazily = <M, R>(load: () => Promise<M>, run: (module: M) => Effect.Effect<void, Failure, R | Globals>) =>
  Effect.flatMap(Effect.promise(load), (module) => withGlobals(run(module)))
