/** The routes of a Docker double: which part of the Engine's API it has, and what each call answers. */
import type { IncomingMessage } from "node:http"
import type { Filters } from "./Container.ts"
import { type Containers, Refusal } from "./Containers.ts"
import type { DockerEvents } from "./DockerEvents.ts"
import type { Networks } from "./Networks.ts"
import type { Volumes } from "./Volumes.ts"

/** What the routes lead to. */
export interface DockerState {
  readonly containers: Containers
  readonly networks: Networks
  readonly volumes: Volumes
  readonly events: DockerEvents
}

/** An answer; `follow` has more to say until it is ended. */
export interface Answer {
  readonly status: number
  readonly json?: unknown
  readonly text?: string
  readonly bytes?: Buffer
  /** Calls `say` with each line, until the returned function is called. */
  readonly follow?: (say: (line: string) => void) => () => void
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

/** A log as Docker sends it: eight bytes before each piece say that it is standard error's, and how long it is. */
const frames = (lines: ReadonlyArray<string>): Buffer =>
  Buffer.concat(
    lines.flatMap((line) => {
      const text = Buffer.from(`${line}\n`)
      const head = Buffer.alloc(8)
      head.writeUInt8(2, 0)
      head.writeUInt32BE(text.length, 4)
      return [head, text]
    })
  )

const isTrue = (text: string) => /^(1|true)$/i.test(text)

/** Words that stand where an id would. */
const words = new Set(["create", "json"])

/** The answer to a request; throws `Refusal` where a daemon answers with an error. */
export const answerTo = async (state: DockerState, request: IncomingMessage): Promise<Answer> => {
  const { containers, events, networks, volumes } = state
  const url = new URL(request.url ?? "/", "http://docker")
  const [kind = "", id = "", action = ""] = partsOf(url.pathname)
  const query = (name: string) => url.searchParams.get(name) ?? ""
  const filters = (): Filters => {
    try {
      return JSON.parse(query("filters") || "{}") as Filters
    } catch {
      throw new Refusal(400, "invalid filters")
    }
  }
  // Image names may have slashes.
  if (kind === "images" && request.method === "GET") {
    const name = partsOf(url.pathname).slice(1, -1).join("/")
    return { status: 200, json: containers.image(name) }
  }
  switch (`${request.method ?? ""} ${kind}/${words.has(id) ? id : id === "" ? "" : ":id"}/${action}`) {
    case "GET _ping//":
    case "HEAD _ping//":
      return { status: 200, text: request.method === "HEAD" ? "" : "OK" }
    case "GET version//":
      return { status: 200, json: { ApiVersion: "1.41", MinAPIVersion: "1.12", Os: "linux", Version: "20.10.24" } }
    case "GET events//": {
      const wanted = filters()
      return { status: 200, follow: (say) => events.listen(wanted, say) }
    }
    case "POST images/create/":
      throw new Refusal(404, `manifest for ${query("fromImage")} not found: manifest unknown`)
    case "POST networks/create/":
      return { status: 201, json: networks.create(await bodyOf(request)) }
    case "GET networks//":
      return { status: 200, json: networks.list(filters()) }
    case "GET networks/:id/":
      return { status: 200, json: networks.inspect(id) }
    case "DELETE networks/:id/":
      networks.remove(id)
      return { status: 204 }
    case "GET volumes//":
      return { status: 200, json: volumes.list(filters()) }
    case "GET volumes/:id/":
      return { status: 200, json: volumes.inspect(id) }
    case "DELETE volumes/:id/":
      volumes.remove(id, containers.usersOf(id))
      return { status: 204 }
    case "POST containers/create/":
      return { status: 201, json: containers.create(query("name"), await bodyOf(request)) }
    case "GET containers/json/":
      return { status: 200, json: containers.list(isTrue(query("all")), filters()) }
    case "GET containers/:id/json":
      return { status: 200, json: containers.inspect(id) }
    case "GET containers/:id/logs": {
      const tail = Number(query("tail"))
      return { status: 200, bytes: frames(containers.log(id, Number.isInteger(tail) && tail > 0 ? tail : 1_000)) }
    }
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
      await containers.remove(id, isTrue(query("force")), isTrue(query("v")))
      return { status: 204 }
    default:
      throw new Refusal(404, "page not found")
  }
}
