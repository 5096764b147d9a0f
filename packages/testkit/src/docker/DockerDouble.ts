/**
 * A double of the Docker Engine: an HTTP server on a socket with the part of its API that starts and ends engines.
 * `dockerode` and the `docker` command line talk to it. Containers run in this process.
 *
 * It answers as a real daemon does, oddities included: `304` for what is started or stopped already, `409` for a name
 * that is taken and for a signal to a container that doesn't run, `500` for a taken port. `dockerEngine` in
 * `contract/dockerEngine` holds both to the same cases.
 */
import { mkdtemp, rm } from "node:fs/promises"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, type Scope } from "effect"
import { Containers, type DockerImage, Refusal } from "./Containers.ts"

/** A running double. */
export interface DockerDouble {
  /** Path of the socket, as `dockerode` takes it: `new Docker({ socketPath })`. */
  readonly socketPath: string
  /** Value of `DOCKER_HOST`. */
  readonly host: string
}

/** Requests are small: more than this is refused. Bytes. */
const maxBody = 1024 * 1024

const bodyOf = async (request: IncomingMessage): Promise<unknown> => {
  const chunks: Array<Buffer> = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBody) throw new Refusal(413, "the request is too large")
    chunks.push(chunk)
  }
  if (size === 0) return {}
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8")) as unknown
  } catch {
    throw new Refusal(400, "the body is not valid JSON")
  }
}

/** Splits `/v1.41/containers/ID/start` into its parts, without the version. */
const partsOf = (pathname: string): ReadonlyArray<string> => {
  const parts = pathname.split("/").filter(Boolean).map(decodeURIComponent)
  return /^v\d+\.\d+$/.test(parts[0] ?? "") ? parts.slice(1) : parts
}

interface Answer {
  readonly status: number
  readonly json?: unknown
  readonly text?: string
}

const answerTo = async (containers: Containers, request: IncomingMessage): Promise<Answer> => {
  const url = new URL(request.url ?? "/", "http://docker")
  const [kind = "", id = "", action = ""] = partsOf(url.pathname)
  const query = (name: string) => url.searchParams.get(name) ?? ""
  const filters = (): Readonly<Record<string, ReadonlyArray<string>>> => {
    try {
      return JSON.parse(query("filters") || "{}") as Readonly<Record<string, ReadonlyArray<string>>>
    } catch {
      throw new Refusal(400, "invalid filters")
    }
  }
  // Image names may have slashes.
  if (kind === "images" && request.method === "GET") {
    const name = partsOf(url.pathname).slice(1, -1).join("/")
    return { status: 200, json: containers.image(name) }
  }
  switch (
    `${request.method ?? ""} ${kind}/${["create", "json"].includes(id) ? id : id === "" ? "" : ":id"}/${action}`
  ) {
    case "GET _ping//":
    case "HEAD _ping//":
      return { status: 200, text: request.method === "HEAD" ? "" : "OK" }
    case "GET version//":
      return { status: 200, json: { ApiVersion: "1.41", MinAPIVersion: "1.12", Os: "linux", Version: "20.10.24" } }
    case "POST images/create/":
      throw new Refusal(404, `manifest for ${query("fromImage")} not found: manifest unknown`)
    case "POST containers/create/":
      return { status: 201, json: containers.create(query("name"), await bodyOf(request)) }
    case "GET containers/json/":
      return { status: 200, json: containers.list(/^(1|true)$/i.test(query("all")), filters()) }
    case "GET containers/:id/json":
      return { status: 200, json: containers.inspect(id) }
    case "POST containers/:id/start":
      return { status: (await containers.start(id)) ? 204 : 304 }
    case "POST containers/:id/stop":
      return { status: (await containers.stop(id)) ? 204 : 304 }
    case "POST containers/:id/kill":
      await containers.kill(id)
      return { status: 204 }
    case "POST containers/:id/wait":
      return { status: 200, json: { StatusCode: await containers.wait(id) } }
    case "DELETE containers/:id/":
      await containers.remove(id, /^(1|true)$/i.test(query("force")))
      return { status: 204 }
    default:
      throw new Refusal(404, "page not found")
  }
}

const send = (response: ServerResponse, { status, json, text }: Answer) => {
  response.setHeader("api-version", "1.41")
  if (status === 204 || status === 304) response.writeHead(status).end()
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
    const containers = yield* Effect.acquireRelease(
      Effect.sync(() => new Containers(images, join(folder, "volumes"))),
      (made) => Effect.promise(() => made.removeAll())
    )
    const socketPath = join(folder, "docker.sock")
    const server = createServer((request, response) => {
      answerTo(containers, request).then(
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
