/** The containers of a Docker double: their states, and the answers of the API about them. */
import { createHash, randomBytes } from "node:crypto"
import { existsSync, mkdirSync } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"

/** An answer of the API that is an error. */
export class Refusal extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** What a program sees of its container. */
export interface DockerRun {
  readonly env: Readonly<Record<string, string>>
  /** A path inside the container as the path on this machine; undefined where nothing is mounted. */
  readonly hostPath: (path: string) => string | undefined
  /** The port on loopback where a port of the container is published, such as `8080/tcp`; 0 where it isn't. */
  readonly port: (name: string) => number
}

/** A program that runs, and how to end it. */
export interface DockerProgram {
  readonly end: () => Promise<void>
}

/** An image: what a container of it runs. */
export interface DockerImage {
  readonly run: (container: DockerRun) => Promise<DockerProgram>
}

interface Binding {
  readonly HostIp?: string
  readonly HostPort?: string
}

interface Mount {
  readonly Type?: string
  readonly Source?: string
  readonly Target?: string
}

interface CreateBody {
  readonly Image?: string
  readonly Env?: ReadonlyArray<string>
  readonly Labels?: Readonly<Record<string, string>>
  readonly HostConfig?: {
    readonly Binds?: ReadonlyArray<string>
    readonly Mounts?: ReadonlyArray<Mount>
    readonly PortBindings?: Readonly<Record<string, ReadonlyArray<Binding>>>
  }
}

interface Container {
  readonly id: string
  readonly name: string
  readonly image: string
  readonly body: CreateBody
  readonly created: string
  status: "created" | "running" | "exited"
  exitCode: number
  startedAt: string
  ports: Readonly<Record<string, number>>
  program: DockerProgram | undefined
  readonly waiting: Array<(code: number) => void>
}

const never = "0001-01-01T00:00:00Z"
const namePattern = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/

/** Reserves a port as publishing does: it fails where somebody else listens. */
const freePort = (wanted: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once("error", () => {
      const at = `127.0.0.1:${wanted}`
      reject(
        new Refusal(
          500,
          `driver failed programming external connectivity on endpoint: Error starting userland proxy: listen tcp4 ${at}: bind: address already in use`
        )
      )
    })
    server.listen(wanted, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : wanted))
    })
  })

/** All containers of one double. */
export class Containers {
  readonly #images: Readonly<Record<string, DockerImage>>
  readonly #volumes: string
  readonly #all = new Map<string, Container>()

  constructor(images: Readonly<Record<string, DockerImage>>, volumes: string) {
    this.#images = images
    this.#volumes = volumes
  }

  image(reference: string): unknown {
    if (this.#images[reference] === undefined) throw new Refusal(404, `No such image: ${reference}`)
    return { Id: this.#imageId(reference), RepoTags: [reference], Architecture: "amd64", Os: "linux" }
  }

  create(name: string, given: unknown): unknown {
    const body = given as CreateBody
    const image = body.Image ?? ""
    if (this.#images[image] === undefined) throw new Refusal(404, `No such image: ${image}`)
    if (name !== "" && !namePattern.test(name)) {
      throw new Refusal(400, `Invalid container name (${name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`)
    }
    const taken = [...this.#all.values()].find((it) => name !== "" && it.name === name)
    if (taken !== undefined) {
      throw new Refusal(409, `Conflict. The container name "/${name}" is already in use by container "${taken.id}".`)
    }
    for (const { Source = "", Type } of body.HostConfig?.Mounts ?? []) {
      if (Type === "bind" && !existsSync(Source)) {
        throw new Refusal(400, `invalid mount config for type "bind": bind source path does not exist: ${Source}`)
      }
    }
    const id = randomBytes(32).toString("hex")
    this.#all.set(id, {
      id,
      name: name === "" ? id.slice(0, 12) : name,
      image,
      body,
      created: new Date().toISOString(),
      status: "created",
      exitCode: 0,
      startedAt: never,
      ports: {},
      program: undefined,
      waiting: []
    })
    return { Id: id, Warnings: [] }
  }

  inspect(reference: string): unknown {
    const it = this.#find(reference)
    return {
      Id: it.id,
      Name: `/${it.name}`,
      Created: it.created,
      Image: this.#imageId(it.image),
      State: {
        Status: it.status,
        Running: it.status === "running",
        ExitCode: it.exitCode,
        OOMKilled: false,
        StartedAt: it.startedAt
      },
      Config: { Image: it.image, Env: it.body.Env ?? [], Labels: it.body.Labels ?? {} },
      HostConfig: it.body.HostConfig ?? {},
      NetworkSettings: { Ports: this.#published(it) }
    }
  }

  list(all: boolean, filters: Readonly<Record<string, ReadonlyArray<string>>>): unknown {
    const fits = (it: Container) =>
      (all || it.status === "running") &&
      (filters["label"] ?? []).every((label) => {
        const [key = "", value] = label.split(/=(.*)/s)
        const own = it.body.Labels?.[key]
        return value === undefined ? own !== undefined : own === value
      }) &&
      (filters["name"]?.some((name) => it.name.includes(name)) ?? true) &&
      (filters["status"]?.includes(it.status) ?? true)
    return [...this.#all.values()]
      .filter(fits)
      .toReversed()
      .map((it) => ({
        Id: it.id,
        Names: [`/${it.name}`],
        Image: it.image,
        Labels: it.body.Labels ?? {},
        State: it.status,
        Created: Math.floor(Date.parse(it.created) / 1_000),
        Ports: Object.entries(it.ports).map(([name, PublicPort]) => ({
          IP: "127.0.0.1",
          PrivatePort: Number.parseInt(name, 10),
          PublicPort,
          Type: name.split("/")[1] ?? "tcp"
        }))
      }))
  }

  /** False where it runs already. */
  async start(reference: string): Promise<boolean> {
    const it = this.#find(reference)
    if (it.status === "running") return false
    const ports: Record<string, number> = {}
    for (const [name, bindings] of Object.entries(it.body.HostConfig?.PortBindings ?? {})) {
      ports[name] = await freePort(Number(bindings[0]?.HostPort ?? "0"))
    }
    const env = Object.fromEntries(
      (it.body.Env ?? []).map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string])
    )
    it.ports = ports
    it.program = await this.#images[it.image]?.run({
      env,
      hostPath: (path) => this.#hostPath(it, path),
      port: (name) => ports[name] ?? 0
    })
    it.status = "running"
    it.startedAt = new Date().toISOString()
    return true
  }

  /** False where it doesn't run. */
  async stop(reference: string): Promise<boolean> {
    const it = this.#find(reference)
    if (it.status !== "running") return false
    await this.#end(it, 143)
    return true
  }

  async kill(reference: string): Promise<void> {
    const it = this.#find(reference)
    if (it.status !== "running") {
      throw new Refusal(409, `Cannot kill container: ${reference}: Container ${it.id} is not running`)
    }
    await this.#end(it, 137)
  }

  wait(reference: string): Promise<number> {
    const it = this.#find(reference)
    return it.status === "running" ? new Promise((resolve) => it.waiting.push(resolve)) : Promise.resolve(it.exitCode)
  }

  async remove(reference: string, force: boolean): Promise<void> {
    const it = this.#find(reference)
    if (it.status === "running") {
      if (!force) {
        throw new Refusal(
          409,
          `You cannot remove a running container ${it.id}. Stop the container before attempting removal or force remove`
        )
      }
      await this.#end(it, 137)
    }
    this.#all.delete(it.id)
  }

  async removeAll(): Promise<void> {
    for (const id of this.#all.keys()) await this.remove(id, true)
  }

  #find(reference: string): Container {
    const found =
      this.#all.get(reference) ??
      [...this.#all.values()].find(
        (it) => it.name === reference || (reference.length >= 4 && it.id.startsWith(reference))
      )
    if (found === undefined) throw new Refusal(404, `No such container: ${reference}`)
    return found
  }

  async #end(it: Container, exitCode: number): Promise<void> {
    const { program } = it
    it.program = undefined
    it.status = "exited"
    it.exitCode = exitCode
    it.ports = {}
    await program?.end()
    for (const resolve of it.waiting.splice(0)) resolve(exitCode)
  }

  #imageId(reference: string): string {
    return `sha256:${createHash("sha256").update(reference).digest("hex")}`
  }

  #published(it: Container): unknown {
    return Object.fromEntries(
      Object.entries(it.ports).map(([name, port]) => [name, [{ HostIp: "127.0.0.1", HostPort: `${port}` }]])
    )
  }

  /** A bind leads to a path on this machine, a volume to a folder of the double; both keep what is in them. */
  #hostPath(it: Container, path: string): string | undefined {
    const binds = (it.body.HostConfig?.Binds ?? []).map((text) => text.split(":"))
    const mounts = (it.body.HostConfig?.Mounts ?? []).map(({ Source = "", Target = "" }) => [Source, Target])
    const source = [...binds, ...mounts].find(([, target]) => target === path)?.[0]
    if (source === undefined) return undefined
    const at = source.startsWith("/") ? source : join(this.#volumes, source)
    mkdirSync(at, { recursive: true })
    return at
  }
}
