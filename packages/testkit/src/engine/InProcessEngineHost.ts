/**
 * `EngineHost` whose engines run in this process: the real engine behind its real REST surface on a loopback port, each
 * game in its own folder, without the cost of a process per game.
 */
import { randomUUID } from "node:crypto"
import { mkdir, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodePath from "@effect/platform-node/NodePath"
import type { GameId } from "@galaxy/contract/ids/Ids"
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
import { Engine } from "@galaxy/engine/host/Engine"
import { type EngineHttpOptions, routes } from "@galaxy/engine/host/EngineHttp"
import * as StateStore from "@galaxy/engine/host/StateStore"
import * as NodeFolderLocks from "@galaxy/host-node/engine/NodeFolderLocks"
import * as NodeSha256 from "@galaxy/host-node/engine/NodeSha256"
import { Context, Effect, Exit, Layer, Option, Scope, Semaphore } from "effect"
import { hostsOf } from "@galaxy/host-node/http/hosts"
import { createListener } from "@galaxy/host-node/http/Listener"
import { HttpRouter, HttpServer } from "effect/http"

interface Running {
  readonly instance: EngineInstance
  readonly fresh: boolean
  readonly scope: Scope.Closeable
}

/** One engine on its folder, listening on a port of loopback; 0 lets the system choose. */
export const engineIn = (folder: string, options: EngineHttpOptions, port = 0) =>
  HttpRouter.serve(routes(options), { disableLogger: true, disableListenLog: true }).pipe(
    Layer.provideMerge(
      NodeHttpServer.layer(() => createListener({}, { hosts: hostsOf("127.0.0.1"), sameSiteWrites: true }), {
        host: "127.0.0.1",
        port,
        gracefulShutdownTimeout: 0
      })
    ),
    Layer.provide(
      Engine.layer.pipe(
        Layer.provideMerge(StateStore.layer(folder)),
        Layer.provide([NodeFileSystem.layer, NodePath.layer, NodeFolderLocks.layer, NodeSha256.layer])
      )
    )
  )

/** Engines with their state under `dataDir`, or in a temporary folder that is deleted with the layer. */
export const layer = (dataDir?: string): Layer.Layer<EngineHost> =>
  Layer.effect(
    EngineHost,
    Effect.gen(function* () {
      const root =
        dataDir ??
        (yield* Effect.acquireRelease(
          Effect.promise(() => mkdtemp(join(tmpdir(), "galaxy-engines-"))),
          (made) => Effect.promise(() => rm(made, { recursive: true, force: true, maxRetries: 3 }))
        ))
      const own = yield* Effect.context()
      const running = new Map<GameId, Running>()
      const one = (yield* Semaphore.make(1)).withPermits(1)
      const folder = (gameId: GameId) => join(root, "games", gameId)

      /** The latest epoch in which the game's engine was started. */
      const latest = new Map<GameId, number>()

      const removeState = (gameId: GameId) =>
        Effect.tryPromise({
          try: () => rm(folder(gameId), { recursive: true, force: true, maxRetries: 3 }),
          catch: () => new EngineHostUnavailable({ reason: "the folder can't be removed" })
        })

      const end = (gameId: GameId) =>
        Effect.suspend(() => {
          const found = running.get(gameId)
          running.delete(gameId)
          return found === undefined ? Effect.void : Scope.close(found.scope, Exit.void)
        })

      yield* Effect.addFinalizer(() => Effect.forEach([...running.keys()], end, { concurrency: "unbounded" }))

      const runOf = (run: EngineRun) => {
        const found = running.get(run.gameId)?.instance
        return found?.epoch === run.epoch && found.hostId === run.hostId ? found : undefined
      }

      const launch = ({ epoch, fresh, gameId, hostId, token, version }: EngineSpec) =>
        Effect.gen(function* () {
          if (fresh) yield* removeState(gameId)
          yield* Effect.promise(() => mkdir(folder(gameId), { recursive: true }))
          const scope = yield* Scope.make()
          const memo = yield* Layer.makeMemoMap
          const built = yield* Layer.buildWithMemoMap(engineIn(folder(gameId), { version, token }), memo, scope).pipe(
            Effect.onExit((exit) => (Exit.isSuccess(exit) ? Effect.void : Scope.close(scope, exit))),
            Effect.mapError((error) => new EngineStartFailed({ reason: error.message, permanent: false })),
            // An engine that is started in a request of the backend has nothing of that request, nor of its routes.
            Effect.setContext(own)
          )
          const { address } = Context.get(built, HttpServer.HttpServer)
          const port = "port" in address ? address.port : 0
          const endpoint = new URL(`http://127.0.0.1:${port}`)
          const instance = { gameId, hostId, epoch, instanceId: randomUUID(), endpoint }
          running.set(gameId, { instance, fresh, scope })
          return instance
        })

      const stop = (gameId: GameId, upTo: number) =>
        Effect.gen(function* () {
          if ((latest.get(gameId) ?? 0) > upTo) return false
          const fresh = running.get(gameId)?.fresh === true
          yield* end(gameId)
          if (fresh) yield* removeState(gameId)
          return true
        })

      const elsewhere = () => new EngineHostUnavailable({ reason: "there is no such engine host" })

      const start = Effect.fnUntraced(function* (spec: EngineSpec) {
        const { epoch, gameId, hostId, imageRef } = spec
        if (hostId !== localHost) return yield* elsewhere()
        const known = latest.get(gameId) ?? 0
        if (known > epoch) return yield* new EngineStale({ epoch: known })
        const found = runOf(spec)
        if (found !== undefined) return found
        if (known === epoch) return yield* new EngineGone()
        if (!imageRef.startsWith("builtin:")) {
          return yield* new EngineStartFailed({
            reason: "the image does not exist",
            permanent: true,
            imageMissing: true
          })
        }
        yield* end(gameId)
        latest.set(gameId, epoch)
        return yield* launch(spec)
      })

      return EngineHost.of({
        start: (spec) => one(start(spec)),
        inspect: (run) =>
          Effect.suspend(() =>
            run.hostId === localHost ? Effect.succeed(Option.fromUndefinedOr(runOf(run))) : Effect.fail(elsewhere())
          ),
        hold: (run) => Effect.sync(() => run.hostId !== localHost || runOf(run) !== undefined),
        asleep: Effect.succeed(new Set<GameId>()),
        // They share this process, and end with it.
        ended: () => Effect.succeed(Option.none()),
        stop: (gameId, _, upTo) => one(Effect.asVoid(stop(gameId, upTo))),
        discard: (gameId, _, upTo) =>
          one(
            Effect.flatMap(stop(gameId, upTo), (ended) => {
              if (!ended) return Effect.void
              latest.delete(gameId)
              return removeState(gameId)
            })
          ),
        hosts: Effect.succeed([{ hostId: localHost, answers: true }]),
        list: Effect.sync(() => [...running.values()].map((it) => it.instance))
      })
    })
  )
