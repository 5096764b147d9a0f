/** The port of engines over an object of the embedding program, for programs that put the core together themselves. */
import {
  EngineHost,
  EngineHostUnavailable,
  type EngineInstance,
  EngineStartFailed
} from "@galaxy/core/engine/EngineHost"
import { GameId, uuidPattern } from "@galaxy/contract/ids/Ids"
import { Data, Effect, Layer, Option, Redacted } from "effect"
import { EngineRefused, type Engines, type RunningEngine } from "./engines.ts"
import { faultFields } from "./internal/faults.ts"

const isText = (it: unknown): it is string => typeof it === "string" && it !== "" && it.length <= 500

/** Throws a `TypeError` where it can't be called. */
const instanceOf = ({ gameId, instanceId, endpoint, token }: RunningEngine): EngineInstance => {
  if (!isText(gameId) || !uuidPattern.test(gameId)) throw new TypeError("gameId must be the id of a game")
  if (!isText(instanceId)) throw new TypeError("instanceId must be a text")
  if (!isText(token)) throw new TypeError("token must be a text")
  if (!isText(endpoint) || !/^https?:\/\//.test(endpoint)) throw new TypeError("endpoint must be an origin")
  return { gameId: GameId.make(gameId), instanceId, endpoint: new URL(endpoint), token: Redacted.make(token) }
}

/** Longest time for anything but a start, which the backend bounds itself. */
const patience = "30 seconds"

const longestReason = 300

/** Only a refusal's text is meant for operators: any other may hold a token. */
const refusalOf = (cause: EngineRefused): string =>
  cause.message.replace(/\p{Cc}+/gu, " ").slice(0, longestReason) || "engines.start refused the engine"

/** What one of the program's functions threw. */
class Thrown extends Data.TaggedError("Thrown")<{ readonly cause: unknown }> {}

/** Engines couldn't be listed, so whoever asked can't go on: it tries again later. */
class EnginesUnknown extends Error {
  override readonly name = "EnginesUnknown"
}

/**
 * Provides `EngineHost`. What goes wrong in the program's functions is logged by its kind and place. It is never taken
 * for the end of an engine: a failed `list` ends the pass that asked, and where `inspect` fails, what was last known of
 * the engine still holds.
 */
export const layer = (engines: Engines): Layer.Layer<EngineHost> => {
  const known = new Map<string, EngineInstance>()
  const learn = (instance: EngineInstance): EngineInstance => {
    known.set(instance.gameId, instance)
    return instance
  }
  const failed = (what: string, error: unknown) => {
    const fields = faultFields(error instanceof Thrown ? error.cause : error)
    return Effect.annotateLogs(Effect.logWarning(`engines.${what} failed`), fields)
  }
  const asked = <A>(what: string, ask: () => Promise<A>) =>
    Effect.tryPromise({ try: async () => ask(), catch: (cause) => new Thrown({ cause }) }).pipe(
      Effect.timeout(patience),
      Effect.tapError((cause) => failed(what, cause))
    )
  const told = (what: "stop" | "discard", gameId: GameId) =>
    asked(what, async () => {
      await engines[what](gameId)
      known.delete(gameId)
    }).pipe(Effect.mapError(() => new EngineHostUnavailable({ reason: `engines.${what} failed` })))
  const inspect = (gameId: GameId): Effect.Effect<Option.Option<EngineInstance>> =>
    asked("inspect", async () => {
      const found = await engines.inspect(gameId)
      if (found !== undefined) return Option.some(learn(instanceOf(found)))
      known.delete(gameId)
      return Option.none()
    }).pipe(Effect.catch(() => Effect.sync(() => Option.fromUndefinedOr(known.get(gameId)))))
  /** One that can't be read counts as before. */
  const listed = (engine: RunningEngine) =>
    Effect.try({ try: () => learn(instanceOf(engine)), catch: (cause) => new Thrown({ cause }) }).pipe(
      Effect.catch((cause) => Effect.as(failed("list", cause), known.get(engine?.gameId)))
    )
  const list = asked("list", async () => [...(await engines.list())]).pipe(
    Effect.catch(() => Effect.die(new EnginesUnknown("engines.list failed"))),
    Effect.flatMap(Effect.forEach(listed)),
    Effect.map((all) => all.filter((it) => it !== undefined))
  )
  return Layer.succeed(EngineHost, {
    start: (spec) =>
      Effect.tryPromise({
        try: async () => learn(instanceOf(await engines.start(spec))),
        catch: (cause) => new Thrown({ cause })
      }).pipe(
        Effect.tapError((error) => failed("start", error)),
        Effect.mapError(({ cause }) =>
          cause instanceof EngineRefused
            ? new EngineStartFailed({ reason: refusalOf(cause), permanent: true })
            : new EngineStartFailed({ reason: "engines.start failed", permanent: false })
        )
      ),
    inspect,
    ended: () => Effect.succeed(Option.none()),
    stop: (gameId) => told("stop", gameId),
    discard: (gameId) => told("discard", gameId),
    list,
    asleep: Effect.succeed(new Set<GameId>()),
    hold: inspect
  })
}
