/** The port of engines over an object of the embedding program. */
import {
  EngineHost,
  EngineHostUnavailable,
  type EngineInstance,
  EngineStartFailed
} from "@galaxy/core/engine/EngineHost"
import { GameId, uuidPattern } from "@galaxy/contract/ids/Ids"
import { Effect, Layer, Option, Redacted } from "effect"
import { EngineRefused, type Engines, type RunningEngine } from "../engines.ts"
import { faultFields } from "./faults.ts"

const instanceOf = (engine: RunningEngine): EngineInstance => {
  if (!uuidPattern.test(engine.gameId)) throw new TypeError("gameId of a running engine must be the id of a game")
  return {
    gameId: GameId.make(engine.gameId),
    instanceId: engine.instanceId,
    endpoint: new URL(engine.endpoint),
    token: Redacted.make(engine.token)
  }
}

/** Longest time for anything but a start, which the backend bounds itself. */
const patience = "30 seconds"

const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

/** Provides `EngineHost`. Errors of `inspect` and `list` are logged, and count as no engine. */
export const layer = (engines: Engines): Layer.Layer<EngineHost> => {
  const asked = <A>(what: string, ask: () => Promise<A>, otherwise: A): Effect.Effect<A> =>
    Effect.tryPromise({ try: async () => ask(), catch: (cause) => cause }).pipe(
      Effect.timeout(patience),
      Effect.catch((cause) =>
        Effect.as(Effect.annotateLogs(Effect.logWarning(`engines.${what} failed`), faultFields(cause)), otherwise)
      )
    )
  const told = (tell: () => Promise<void>) =>
    Effect.tryPromise({ try: async () => tell(), catch: (cause) => cause }).pipe(
      Effect.timeout(patience),
      Effect.mapError((cause) => new EngineHostUnavailable({ reason: reasonOf(cause) }))
    )
  const inspect = (gameId: GameId) =>
    asked(
      "inspect",
      async () => Option.map(Option.fromUndefinedOr(await engines.inspect(gameId)), instanceOf),
      Option.none()
    )
  return Layer.succeed(EngineHost, {
    start: (spec) =>
      Effect.tryPromise({
        try: async () => instanceOf(await engines.start(spec)),
        catch: (cause) => new EngineStartFailed({ reason: reasonOf(cause), permanent: cause instanceof EngineRefused })
      }),
    inspect,
    ended: () => Effect.succeed(Option.none()),
    stop: (gameId) => told(() => engines.stop(gameId)),
    discard: (gameId) => told(() => engines.discard(gameId)),
    list: asked("list", async () => (await engines.list()).map(instanceOf), []),
    asleep: Effect.succeed(new Set<GameId>()),
    hold: inspect
  })
}
