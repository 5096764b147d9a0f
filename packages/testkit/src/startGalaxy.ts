/**
 * A whole Galaxy in this process, for tests with any runner: `await using galaxy = await startGalaxy()`.
 *
 * The gateway, the backend and the engines are the real ones, on real sockets with real signatures. Only what lies
 * outside is replaced, and the test directs it: the clock, the mailbox, the links between the parts.
 */
import * as DatabaseStates from "@galaxy/host-node/engine-host/DatabaseStates"
import { Effect, Exit, Scope } from "effect"
import * as Platform from "./internal/Platform.ts"
import { Started } from "./internal/Started.ts"
import type { StartOptions, TestGalaxy } from "./TestGalaxy.ts"
import { NotPossible } from "./TestkitError.ts"

export type { AdminCall, Game, GameOptions, GameRef, Span, StartOptions, TestGalaxy } from "./TestGalaxy.ts"

/** Starts a platform. Nothing of it is left once it is closed. */
export const startGalaxy = async (options: StartOptions = {}): Promise<TestGalaxy> => {
  if (options.startAt !== undefined && Number.isNaN(new Date(options.startAt).getTime())) {
    throw new NotPossible({
      message: `startAt must be a time such as 2026-03-01T06:00:00Z, not ${String(options.startAt)}`
    })
  }
  const scope = await Effect.runPromise(Scope.make())
  const end = () => Effect.runPromise(Scope.close(scope, Exit.void))
  const { seed = "galaxy", startAt, postgres, redis, engineState, gateway } = options
  const states = engineState === "database" ? { engineStates: DatabaseStates.layer } : {}
  const backend = { ...states, ...options.backend }
  const platform = await Effect.runPromise(
    Scope.provide(Platform.make({ seed, startAt, postgres, redis, backend, gateway }), scope)
  ).catch(async (error: unknown) => {
    await end()
    throw error
  })
  return new Started(platform, end)
}
