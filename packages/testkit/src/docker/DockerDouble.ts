/**
 * A double of the Docker Engine: an HTTP server on a socket with the part of its API that starts and ends engines.
 * `dockerode` and the `docker` command line talk to it. Containers run in this process.
 *
 * It answers as a real daemon does, oddities included: `304` for what is started or stopped already, `409` for a name
 * that is taken and for a signal to a container that doesn't run, `500` for a taken port. `dockerEngine` in
 * `contract/dockerEngine` holds both to the same cases.
 */
import { mkdtemp, rm } from "node:fs/promises"
import { createServer, type ServerResponse } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, type Scope } from "effect"
import { Containers, type DockerImage, Refusal } from "./Containers.ts"
import { DockerEvents } from "./DockerEvents.ts"
import { type Answer, answerTo } from "./dockerRoutes.ts"
import { Networks } from "./Networks.ts"
import { Volumes } from "./Volumes.ts"

/** A running double. */
export interface DockerDouble {
  /** Path of the socket, as `dockerode` takes it: `new Docker({ socketPath })`. */
  readonly socketPath: string
  /** Value of `DOCKER_HOST`. */
  readonly host: string
}

const send = (response: ServerResponse, { bytes, follow, json, status, text }: Answer) => {
  response.setHeader("api-version", "1.41")
  if (follow !== undefined) {
    response.writeHead(status, { "content-type": "application/json" }).flushHeaders()
    const stop = follow((line) => void response.write(`${line}\n`))
    response.on("close", stop)
  } else if (status === 204 || status === 304) response.writeHead(status).end()
  else if (bytes !== undefined) response.writeHead(status, { "content-type": "application/octet-stream" }).end(bytes)
  else if (json === undefined) response.writeHead(status, { "content-type": "text/plain" }).end(text)
  else response.writeHead(status, { "content-type": "application/json" }).end(`${JSON.stringify(json)}\n`)
}

/** A double that knows these images, by their references. It ends with the scope, and all containers with it. */
export const make = (images: Readonly<Record<string, DockerImage>>): Effect.Effect<DockerDouble, never, Scope.Scope> =>
  Effect.gen(function* () {
    const folder = yield* Effect.acquireRelease(
      Effect.promise(() => mkdtemp(join(tmpdir(), "galaxy-docker-"))),
      (made) => Effect.promise(() => rm(made, { recursive: true, force: true, maxRetries: 3 }))
    )
    const volumes = new Volumes(join(folder, "volumes"))
    const networks = new Networks()
    const events = new DockerEvents()
    const containers = yield* Effect.acquireRelease(
      Effect.sync(() => new Containers({ images, volumes, networks, events })),
      (made) => Effect.promise(() => made.removeAll())
    )
    const socketPath = join(folder, "docker.sock")
    const server = createServer((request, response) => {
      answerTo({ containers, networks, volumes, events }, request).then(
        (answer) => send(response, answer),
        (error: unknown) => {
          const status = error instanceof Refusal ? error.status : 500
          send(response, { status, json: { message: error instanceof Error ? error.message : String(error) } })
        }
      )
    })
    yield* Effect.acquireRelease(
      Effect.callback<void>((resume) => {
        server.listen(socketPath, () => resume(Effect.void))
      }),
      () =>
        Effect.callback<void>((resume) => {
          server.close(() => resume(Effect.void))
          server.closeAllConnections()
        })
    )
    return { socketPath, host: `unix://${socketPath}` }
  })
