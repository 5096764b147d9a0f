/** The port of engines over an object of the embedding program, for programs that put the core together themselves. */
import {
  EngineGone,
  EngineHost,
  EngineHostUnavailable,
  type EngineInstance,
  type EngineRun,
  type EngineSpec,
  EngineStale,
  EngineStartFailed,
  localHost
} from "@galaxy/core/engine/EngineHost"
import { GameId, uuidPattern } from "@galaxy/contract/ids/Ids"
import { Data, Effect, Layer, Option, RcMap, Redacted, Semaphore } from "effect"
import { EngineRefused, type Engines, type RunningEngine } from "./engines.ts"
import { faultFields } from "./internal/faults.ts"

const isText = (it: unknown): it is string => typeof it === "string" && it !== "" && it.length <= 500

/** Throws a `TypeError` where it can't be called. */
const instanceOf = ({ endpoint, epoch, gameId, instanceId }: RunningEngine): EngineInstance => {
  if (!isText(gameId) || !uuidPattern.test(gameId)) throw new TypeError("gameId must be the id of a game")
  if (!Number.isSafeInteger(epoch) || epoch < 1) throw new TypeError("epoch must be the number that start was given")
  if (!isText(instanceId)) throw new TypeError("instanceId must be a text")
  if (!isText(endpoint) || !/^https?:\/\//.test(endpoint)) throw new TypeError("endpoint must be an origin")
  return { gameId: GameId.make(gameId), hostId: localHost, epoch, instanceId, endpoint: new URL(endpoint) }
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

/** What this process knows of a game's engines. */
interface Known {
  /** The latest epoch that was started here. */
  readonly epoch: number
  /** Its state goes with it. */
  readonly fresh: boolean
}

/**
 * Provides `EngineHost`. What goes wrong in the program's functions is logged by its kind and place. It is never taken
 * for the end of an engine: a failed `list` ends the pass that asked, and where `inspect` fails, nothing is known of
 * the engine.
 */
export const layer = (engines: Engines): Layer.Layer<EngineHost> =>
  Layer.effect(
    EngineHost,
    Effect.gen(function* () {
      const locks = yield* RcMap.make<GameId, Semaphore.Semaphore, never, never>({ lookup: () => Semaphore.make(1) })
      const alone = <A, E>(gameId: GameId, effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
        Effect.scoped(Effect.flatMap(RcMap.get(locks, gameId), (it) => it.withPermits(1)(effect)))
      const known = new Map<GameId, Known>()

      const failed = (what: string, error: unknown) => {
        const fields = faultFields(error instanceof Thrown ? error.cause : error)
        return Effect.annotateLogs(Effect.logWarning(`engines.${what} failed`), fields)
      }
      const asked = <A>(what: string, ask: () => Promise<A>) =>
        Effect.tryPromise({ try: async () => ask(), catch: (cause) => new Thrown({ cause }) }).pipe(
          Effect.timeout(patience),
          Effect.tapError((cause) => failed(what, cause)),
          Effect.mapError(() => new EngineHostUnavailable({ reason: `engines.${what} failed` }))
        )

      /** The game's engine, whatever its epoch. */
      const present = (gameId: GameId) =>
        asked("inspect", async () => {
          const found = await engines.inspect(gameId)
          return found === undefined ? Option.none() : Option.some(instanceOf(found))
        })
      const inspect = (run: EngineRun) =>
        Effect.map(
          present(run.gameId),
          Option.filter((it) => it.epoch === run.epoch && it.hostId === run.hostId)
        )

      const launch = (spec: EngineSpec) =>
        Effect.tryPromise({
          try: async () => {
            known.set(spec.gameId, { epoch: spec.epoch, fresh: spec.fresh })
            const { epoch, gameId, imageRef, players, token, version } = spec
            const started = instanceOf(
              await engines.start({ gameId, imageRef, version, players, epoch, token: Redacted.value(token) })
            )
            if (started.gameId !== gameId || started.epoch !== epoch) throw new TypeError("another engine was started")
            return started
          },
          catch: (cause) => new Thrown({ cause })
        }).pipe(
          Effect.tapError((error) => failed("start", error)),
          Effect.mapError(({ cause }) =>
            cause instanceof EngineRefused
              ? new EngineStartFailed({ reason: refusalOf(cause), permanent: true })
              : new EngineStartFailed({ reason: "engines.start failed", permanent: false })
          )
        )

      const start = Effect.fnUntraced(function* (spec: EngineSpec) {
        const { epoch, gameId } = spec
        if (spec.hostId !== localHost) return yield* new EngineHostUnavailable({ reason: "there is no such host" })
        const found = Option.getOrUndefined(yield* present(gameId))
        const latest = Math.max(found?.epoch ?? 0, known.get(gameId)?.epoch ?? 0)
        if (latest > epoch) return yield* new EngineStale({ epoch: latest })
        if (found?.epoch === epoch) return found
        if (latest === epoch) return yield* new EngineGone()
        if (found !== undefined) yield* asked("stop", () => engines.stop(gameId))
        if (spec.fresh) yield* asked("discard", () => engines.discard(gameId))
        return yield* launch(spec)
      })

      /** Returns whether it was for this epoch to end. */
      const end = Effect.fnUntraced(function* (what: "stop" | "discard", gameId: GameId, upTo: number) {
        const found = Option.getOrUndefined(yield* present(gameId))
        if (Math.max(found?.epoch ?? 0, known.get(gameId)?.epoch ?? 0) > upTo) return
        const goes = what === "discard" || known.get(gameId)?.fresh === true
        yield* asked(goes ? "discard" : "stop", () => (goes ? engines.discard(gameId) : engines.stop(gameId)))
        if (what === "discard") known.delete(gameId)
      })
      const ending = (what: "stop" | "discard") => (gameId: GameId, hostId: string, upTo: number) =>
        hostId === localHost ? alone(gameId, end(what, gameId, upTo)) : Effect.void

      /** One that can't be read costs no other. */
      const listed = (engine: RunningEngine) =>
        Effect.try({ try: () => instanceOf(engine), catch: (cause) => new Thrown({ cause }) }).pipe(
          Effect.catch((cause) => Effect.as(failed("list", cause), undefined))
        )
      const list = asked("list", async () => [...(await engines.list())]).pipe(
        Effect.catch(() => Effect.die(new EnginesUnknown("engines.list failed"))),
        Effect.flatMap(Effect.forEach(listed)),
        Effect.map((all) => all.filter((it) => it !== undefined))
      )

      return EngineHost.of({
        start: (spec) => alone(spec.gameId, start(spec)),
        inspect,
        ended: () => Effect.succeed(Option.none()),
        stop: ending("stop"),
        discard: ending("discard"),
        list,
        hosts: Effect.succeed([{ hostId: localHost, answers: true }]),
        asleep: Effect.succeed(new Set<GameId>()),
        hold: (run) =>
          Effect.match(inspect(run), {
            // It isn't known to have ended.
            onFailure: () => true,
            onSuccess: Option.isSome
          })
      })
    })
  )
