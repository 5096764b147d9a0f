/**
 * `EngineHost` whose engines run in this process: the real engine behind its real REST surface on a loopback port, each
 * game in its own folder, without the cost of a process per game.
 */
import { randomBytes, randomUUID } from "node:crypto"
import { mkdir, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodePath from "@effect/platform-node/NodePath"
import type { GameId } from "@galaxy/contract/ids/Ids"
import {
  EngineHost,
  EngineHostUnavailable,
  type EngineInstance,
  EngineStartFailed
} from "@galaxy/core/engine/EngineHost"
import { Engine } from "@galaxy/engine/host/Engine"
import { type EngineHttpOptions, routes } from "@galaxy/engine/host/EngineHttp"
import * as StateStore from "@galaxy/engine/host/StateStore"
import * as NodeFolderLocks from "@galaxy/host-node/engine/NodeFolderLocks"
import * as NodeSha256 from "@galaxy/host-node/engine/NodeSha256"
import { Context, Effect, Exit, Layer, Option, Redacted, Scope, Semaphore } from "effect"
import { hostsOf } from "@galaxy/host-node/http/hosts"
import { createListener } from "@galaxy/host-node/http/Listener"
import { HttpRouter, HttpServer } from "effect/http"

interface Running {
  readonly instance: EngineInstance
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

      const stop = (gameId: GameId) =>
        Effect.suspend(() => {
          const found = running.get(gameId)
          running.delete(gameId)
          return found === undefined ? Effect.void : Scope.close(found.scope, Exit.void)
        })

      yield* Effect.addFinalizer(() => Effect.forEach([...running.keys()], stop, { concurrency: "unbounded" }))

      const inspect = (gameId: GameId) => Effect.sync(() => Option.fromUndefinedOr(running.get(gameId)?.instance))

      const launch = (gameId: GameId, version: string) =>
        Effect.gen(function* () {
          yield* Effect.promise(() => mkdir(folder(gameId), { recursive: true }))
          const scope = yield* Scope.make()
          const token = Redacted.make(randomBytes(32).toString("base64url"))
          const memo = yield* Layer.makeMemoMap
          const built = yield* Layer.buildWithMemoMap(engineIn(folder(gameId), { version, token }), memo, scope).pipe(
            Effect.onExit((exit) => (Exit.isSuccess(exit) ? Effect.void : Scope.close(scope, exit))),
            Effect.mapError((error) => new EngineStartFailed({ reason: error.message, permanent: false })),
            // An engine that is started in a request of the backend has nothing of that request, nor of its routes.
            Effect.setContext(own)
          )
          const { address } = Context.get(built, HttpServer.HttpServer)
          const port = "port" in address ? address.port : 0
          const instance = { gameId, instanceId: randomUUID(), endpoint: new URL(`http://127.0.0.1:${port}`), token }
          running.set(gameId, { instance, scope })
          return instance
        })

      return EngineHost.of({
        start: ({ gameId, imageRef, version }) =>
          one(
            Effect.gen(function* () {
              const found = yield* inspect(gameId)
              if (Option.isSome(found)) return found.value
              if (!imageRef.startsWith("builtin:")) {
                return yield* new EngineStartFailed({
                  reason: "the image does not exist",
                  permanent: true,
                  imageMissing: true
                })
              }
              return yield* launch(gameId, version)
            })
          ),
        inspect,
        hold: inspect,
        asleep: Effect.succeed(new Set<GameId>()),
        // They share this process, and end with it.
        ended: () => Effect.succeed(Option.none()),
        stop: (gameId) => one(stop(gameId)),
        discard: (gameId) =>
          one(
            Effect.andThen(
              stop(gameId),
              Effect.tryPromise({
                try: () => rm(folder(gameId), { recursive: true, force: true, maxRetries: 3 }),
                catch: () => new EngineHostUnavailable({ reason: "the folder can't be removed" })
              })
            )
          ),
        list: Effect.sync(() => [...running.values()].map((it) => it.instance))
      })
    })
  )
