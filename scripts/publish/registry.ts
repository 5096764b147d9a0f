/**
 * A registry of npm packages on loopback, for rehearsing a release.
 *
 * It keeps what is published to it in memory and sends everybody who asks for another package on to the registry that
 * this machine uses. Nothing leaves the machine by it: what is published stays here.
 */
import { createHash } from "node:crypto"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

interface Manifest {
  readonly name: string
  readonly version: string
  readonly dist?: object
}

/** What `npm publish` sends: one version, its tarball in base64. */
interface Publication {
  readonly name: string
  readonly versions: Readonly<Record<string, Manifest>>
  readonly "dist-tags": Readonly<Record<string, string>>
  readonly _attachments: Readonly<Record<string, { readonly data: string }>>
}

interface Kept {
  readonly tags: Record<string, string>
  readonly versions: Record<string, Manifest & { readonly dist: object }>
  readonly tarballs: Map<string, Buffer>
}

/** A running registry. */
export interface Registry {
  readonly url: string
  /** Names with their versions, as they were published. */
  readonly published: () => ReadonlyArray<string>
  readonly close: () => Promise<void>
}

const maxBodyBytes = 50_000_000

const bodyOf = async (request: IncomingMessage): Promise<Buffer | undefined> => {
  const chunks: Array<Buffer> = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > maxBodyBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

const answer = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body))
}

class Packages {
  readonly #kept = new Map<string, Kept>()
  readonly #upstream: string

  constructor(upstream: string) {
    this.#upstream = upstream.replace(/\/$/, "")
  }

  get names(): ReadonlyArray<string> {
    return [...this.#kept].flatMap(([name, { versions }]) => Object.keys(versions).map((it) => `${name}@${it}`))
  }

  /** As at the real registry, a version that is there is never replaced. */
  publish({ name, versions, _attachments, ...rest }: Publication, url: string): 201 | 409 {
    const kept = this.#kept.get(name) ?? { tags: {}, versions: {}, tarballs: new Map<string, Buffer>() }
    if (Object.keys(versions).some((version) => kept.versions[version] !== undefined)) return 409
    this.#kept.set(name, kept)
    Object.assign(kept.tags, rest["dist-tags"])
    for (const [version, manifest] of Object.entries(versions)) {
      const [attachment] = Object.values(_attachments)
      const bytes = Buffer.from(attachment?.data ?? "", "base64")
      const file = `${name.split("/").at(-1)}-${version}.tgz`
      kept.tarballs.set(file, bytes)
      const integrity = `sha512-${createHash("sha512").update(bytes).digest("base64")}`
      const dist = { ...manifest.dist, tarball: `${url}/${name}/-/${file}`, integrity }
      kept.versions[version] = { ...manifest, dist }
    }
    return 201
  }

  read(path: string, response: ServerResponse): void {
    const [, name = "", file] = /^\/((?:@[^/]+\/)?[^/]+)(?:\/-\/([^/]+))?$/.exec(path) ?? []
    const kept = this.#kept.get(name)
    if (kept === undefined) {
      response.writeHead(302, { location: `${this.#upstream}${path}` }).end()
      return
    }
    if (file === undefined) {
      answer(response, 200, { name, "dist-tags": kept.tags, versions: kept.versions })
      return
    }
    const tarball = kept.tarballs.get(file)
    if (tarball === undefined) answer(response, 404, { error: `${name} has no ${file}` })
    else response.writeHead(200, { "content-type": "application/octet-stream" }).end(tarball)
  }
}

/** Starts a registry on a free port of loopback. Names that it doesn't have are looked for at `upstream`. */
export const startRegistry = async (upstream: string): Promise<Registry> => {
  const packages = new Packages(upstream)
  let url = ""
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://loopback").pathname)
    const handle = async (): Promise<void> => {
      if (request.method === "GET") return packages.read(path, response)
      if (request.method !== "PUT") return answer(response, 405, { error: `${request.method} isn't offered` })
      const body = await bodyOf(request)
      if (body === undefined) return answer(response, 413, { error: "too large" })
      const status = packages.publish(JSON.parse(body.toString()) as Publication, url)
      answer(response, status, status === 201 ? {} : { error: "this version is published already" })
    }
    handle().catch((cause: unknown) => answer(response, 400, { error: String(cause) }))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    published: () => packages.names,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
  }
}
