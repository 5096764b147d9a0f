/**
 * The part of `dockerode` that is used, as it takes and answers it: its published types know no abort signal in half of
 * the calls, and forbid to say that an option is absent.
 */
import type { Readable } from "node:stream"
import type { DockerEndpoint } from "./DockerEndpoint.ts"

interface Abortable {
  readonly abortSignal: AbortSignal
}

type Filters = Readonly<Record<string, ReadonlyArray<string>>>

/** A client of one daemon. Answers are whatever the daemon has sent. */
export interface Dockerode {
  ping(options: Abortable): Promise<unknown>
  /** `_query` is for the address, `_body` for the body. Given as one, all of it would be in both. */
  createContainer(options: Abortable & { readonly _query: object; readonly _body: object }): Promise<{ id: string }>
  getContainer(id: string): {
    start(options: Abortable): Promise<unknown>
    stop(options: Abortable & { readonly t: number }): Promise<unknown>
    remove(options: Abortable & { readonly force: boolean; readonly v: boolean }): Promise<unknown>
    inspect(options: Abortable): Promise<unknown>
    logs(
      options: Abortable & { readonly stdout: boolean; readonly stderr: boolean; readonly tail: number }
    ): Promise<unknown>
  }
  listContainers(options: Abortable & { readonly all: boolean; readonly filters: Filters }): Promise<unknown>
  getImage(reference: string): { inspect(options: Abortable): Promise<unknown> }
  pull(reference: string, options: Abortable): Promise<Readable>
  listNetworks(options: Abortable & { readonly filters: Filters }): Promise<unknown>
  getNetwork(id: string): { remove(options: Abortable): Promise<unknown> }
  createNetwork(options: Abortable & { readonly _query: object; readonly _body: object }): Promise<unknown>
  listVolumes(options: Abortable & { readonly filters: Filters }): Promise<unknown>
  getVolume(name: string): { remove(options: Abortable): Promise<unknown> }
  getEvents(options: Abortable & { readonly filters: Filters }): Promise<Readable>
}

/** What is absent would come from `DOCKER_HOST` and its companions. */
const nothing = {
  host: undefined,
  port: undefined,
  socketPath: undefined,
  ca: undefined,
  cert: undefined,
  key: undefined,
  timeout: undefined,
  username: undefined,
  pathPrefix: "/"
} as const

const optionsOf = (endpoint: DockerEndpoint): object => {
  if ("socketPath" in endpoint) return { ...nothing, protocol: "http", socketPath: endpoint.socketPath }
  const { host, port, tls } = endpoint
  return { ...nothing, host, port, ...(tls === undefined ? { protocol: "http" } : { protocol: "https", ...tls }) }
}

/** Opens no connection by itself. The library is loaded here: it is large, and most processes don't need it. */
export const dockerode = async (endpoint: DockerEndpoint): Promise<Dockerode> => {
  const { default: Docker } = await import("dockerode")
  return new Docker(optionsOf(endpoint)) as unknown as Dockerode
}
