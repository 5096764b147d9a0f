/**
 * An `EngineHost` whose engines fail when a test says so, around a real one. Each engine is called through a link, so
 * the backend meets what it would meet on a network.
 */
import type { GameId } from "@galaxy/contract/ids/Ids"
import { type EngineEnd, EngineHost, type EngineInstance, type EngineRun } from "@galaxy/core/engine/EngineHost"
import { Context, Effect, Exit, Layer, Option, Scope, Semaphore } from "effect"
import * as FaultyLink from "../FaultyLink.ts"

/** Ends, and ends again after each start; never answers; answers what is no JSON. */
export type EngineFault = "crash" | "hang" | "garbage"

/** The faults of the engines of one host. */
export class EngineFaults extends Context.Service<
  EngineFaults,
  {
    /** Begins a fault of the game's engine, the present one and those that follow. The effect that it returns ends it. */
    fail(gameId: GameId, fault: EngineFault): Effect.Effect<Effect.Effect<void>>
    /** Ends all faults, and removes all engines with their states. */
    readonly reset: Effect.Effect<void>
  }
>()("@galaxy/testkit/internal/EngineFaults") {}

interface Linked {
  readonly instanceId: string
  readonly epoch: number
  readonly endpoint: URL
  readonly link: FaultyLink.FaultyLink
  readonly scope: Scope.Closeable
}

const garbage = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n{"turn": <<garbage>>'

const crashed: EngineEnd = { reason: "the test has made it crash", outOfMemory: false }

/** Puts the faults around the engine host below. */
export const layer: Layer.Layer<EngineHost | EngineFaults, never, EngineHost> = Layer.effectContext(
  Effect.gen(function* () {
    const host = yield* EngineHost
    const scope = yield* Effect.scope
    const links = new Map<GameId, Linked>()
    const faults = new Map<GameId, EngineFault>()
    const ends = new Set<GameId>()
    const seen = new Set<GameId>()

    const unlink = (gameId: GameId) =>
      Effect.suspend(() => {
        const found = links.get(gameId)
        links.delete(gameId)
        return found === undefined ? Effect.void : Scope.close(found.scope, Exit.void)
      })

    const unlinkUpTo = (gameId: GameId, upTo: number) =>
      Effect.suspend(() => ((links.get(gameId)?.epoch ?? 0) > upTo ? Effect.void : unlink(gameId)))

    /** The engine's link as the fault wants it, or as usual. */
    const apply = Effect.fnUntraced(function* (gameId: GameId) {
      const link = links.get(gameId)?.link
      const fault = faults.get(gameId)
      if (link === undefined) return
      yield* link.refuseNew(fault === "crash")
      yield* link.swallowNew(fault === "hang")
      yield* link.answer(fault === "garbage" ? garbage : undefined)
      if (fault === "hang") yield* link.swallow
      else yield* link.cut
      if (fault !== "crash") return
      const runs = (yield* host.list).filter((it) => it.gameId === gameId)
      yield* Effect.forEach(runs, (it) => Effect.orDie(host.stop(gameId, it.hostId, it.epoch)), { discard: true })
      ends.add(gameId)
    })

    /** The instance as it is called through its link. */
    const link = Effect.fnUntraced(function* (instance: EngineInstance) {
      const known = links.get(instance.gameId)
      if (known?.instanceId === instance.instanceId) return { ...instance, endpoint: known.endpoint }
      yield* unlink(instance.gameId)
      const own = yield* Scope.fork(scope)
      const { hostname, port } = instance.endpoint
      const made = yield* Scope.provide(FaultyLink.make(hostname, Number(port)), own)
      const endpoint = new URL(made.via(instance.endpoint.href))
      const { epoch, instanceId } = instance
      links.set(instance.gameId, { instanceId, epoch, endpoint, link: made, scope: own })
      return { ...instance, endpoint }
    })
    const one = yield* Semaphore.make(1)
    const linked = (instance: EngineInstance) => one.withPermits(1)(link(instance))

    const through = <E, R>(found: Effect.Effect<Option.Option<EngineInstance>, E, R>) =>
      Effect.flatMap(found, (it) =>
        Option.isNone(it) ? Effect.succeedNone : Effect.map(linked(it.value), Option.some)
      )

    const faulty = EngineHost.of({
      ...host,
      start: (spec) =>
        Effect.gen(function* () {
          seen.add(spec.gameId)
          ends.delete(spec.gameId)
          const instance = yield* Effect.flatMap(host.start(spec), linked)
          if (faults.has(spec.gameId)) yield* apply(spec.gameId)
          return instance
        }),
      inspect: (run: EngineRun) => through(host.inspect(run)),
      ended: (run) => (ends.has(run.gameId) ? Effect.succeedSome(crashed) : host.ended(run)),
      stop: (gameId, hostId, upTo) => Effect.andThen(unlinkUpTo(gameId, upTo), host.stop(gameId, hostId, upTo)),
      discard: (gameId, hostId, upTo) => Effect.andThen(unlinkUpTo(gameId, upTo), host.discard(gameId, hostId, upTo)),
      list: Effect.flatMap(host.list, Effect.forEach(linked))
    })

    const end = (gameId: GameId) =>
      Effect.suspend(() => {
        faults.delete(gameId)
        return apply(gameId)
      })

    const own = EngineFaults.of({
      fail: (gameId, fault) =>
        Effect.suspend(() => {
          faults.set(gameId, fault)
          return Effect.as(apply(gameId), end(gameId))
        }),
      reset: Effect.suspend(() => {
        faults.clear()
        ends.clear()
        const all = [...seen]
        seen.clear()
        return Effect.gen(function* () {
          const hosts = yield* host.hosts
          const discard = (gameId: GameId) =>
            Effect.forEach(hosts, (it) => faulty.discard(gameId, it.hostId, Number.MAX_SAFE_INTEGER), { discard: true })
          yield* Effect.orDie(Effect.forEach(all, discard, { discard: true, concurrency: 8 }))
        })
      })
    })

    return Context.make(EngineHost, faulty).pipe(Context.add(EngineFaults, own))
  })
)
