/** The containers of a Docker double: which there are, and what happens to each. */
import { randomBytes } from "node:crypto"
import { existsSync } from "node:fs"
import {
  type Container,
  type CreateBody,
  type DockerExit,
  type DockerImage,
  type Filters,
  fits,
  imageId,
  inspected,
  listed,
  Refusal
} from "./Container.ts"
import { freePort } from "./bindings.ts"
import type { DockerEvents } from "./DockerEvents.ts"
import type { Networks } from "./Networks.ts"
import type { Volumes } from "./Volumes.ts"

export { type DockerExit, type DockerImage, type DockerProgram, type DockerRun, Refusal } from "./Container.ts"

const never = "0001-01-01T00:00:00Z"
const namePattern = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/

/** What containers of a double share. */
export interface Surroundings {
  readonly images: Readonly<Record<string, DockerImage>>
  readonly volumes: Volumes
  readonly networks: Networks
  readonly events: DockerEvents
}

/** All containers of one double. */
export class Containers {
  readonly #with: Surroundings
  readonly #all = new Map<string, Container>()

  constructor(surroundings: Surroundings) {
    this.#with = surroundings
  }

  image(reference: string): unknown {
    if (this.#with.images[reference] === undefined) throw new Refusal(404, `No such image: ${reference}`)
    return { Id: imageId(reference), RepoTags: [reference], Architecture: "amd64", Os: "linux" }
  }

  create(name: string, given: unknown): unknown {
    const body = given as CreateBody
    const wanted = body.Image ?? ""
    const image = Object.keys(this.#with.images).find((it) => it === wanted || imageId(it) === wanted)
    if (image === undefined) throw new Refusal(404, `No such image: ${wanted}`)
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
    const made: Container = {
      id,
      name: name === "" ? id.slice(0, 12) : name,
      image,
      body,
      mounts: this.#with.volumes.mount(body),
      created: new Date().toISOString(),
      log: [],
      status: "created",
      exitCode: 0,
      oomKilled: false,
      startedAt: never,
      finishedAt: never,
      ports: {},
      program: undefined,
      waiting: []
    }
    this.#all.set(id, made)
    this.#with.events.tell("create", made)
    return { Id: id, Warnings: [] }
  }

  inspect(reference: string): unknown {
    return inspected(this.#find(reference))
  }

  list(all: boolean, filters: Filters): unknown {
    return [...this.#all.values()]
      .filter((it) => fits(it, all, filters))
      .toReversed()
      .map(listed)
  }

  /** The last lines of its log. */
  log(reference: string, tail: number): ReadonlyArray<string> {
    return this.#find(reference).log.slice(-tail)
  }

  /** Names of the containers that mount a volume. */
  usersOf(volume: string): ReadonlyArray<string> {
    return [...this.#all.values()].filter((it) => it.mounts.some((at) => at.volume?.name === volume)).map((it) => it.id)
  }

  /** False where it runs already. */
  async start(reference: string): Promise<boolean> {
    const it = this.#find(reference)
    if (it.status === "running") return false
    const network = it.body.HostConfig?.NetworkMode ?? "default"
    if (!this.#with.networks.has(network)) throw new Refusal(404, `network ${network} not found`)
    // From now on a second start finds it running.
    it.status = "running"
    const ports: Record<string, number> = {}
    const env = Object.fromEntries(
      (it.body.Env ?? []).map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string])
    )
    try {
      for (const [name, bindings] of Object.entries(it.body.HostConfig?.PortBindings ?? {})) {
        ports[name] = await freePort(Number(bindings[0]?.HostPort ?? "0"))
      }
      it.ports = ports
      it.startedAt = new Date().toISOString()
      const program = await this.#with.images[it.image]?.run({
        env,
        hostPath: (path) => it.mounts.find(({ target }) => target === path)?.path,
        port: (name) => ports[name] ?? 0,
        log: (line) => void it.log.push(line)
      })
      it.program = program
      // Ended while it was starting.
      if (it.status !== "running") await program?.end()
      this.#with.events.tell("start", it)
      void program?.ended?.then((exit) => (it.program === program ? this.#over(it, exit) : undefined))
    } catch (error) {
      it.status = "created"
      throw error
    }
    return true
  }

  /** False where it doesn't run. */
  async stop(reference: string): Promise<boolean> {
    const it = this.#find(reference)
    if (it.status !== "running") return false
    await this.#end(it, 143)
    this.#with.events.tell("stop", it)
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

  async remove(reference: string, force: boolean, volumes: boolean): Promise<void> {
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
    this.#with.events.tell("destroy", it)
    for (const { volume } of it.mounts) {
      if (volumes && volume?.isAnonymous === true) this.#with.volumes.remove(volume.name, [])
    }
  }

  async removeAll(): Promise<void> {
    for (const id of this.#all.keys()) await this.remove(id, true, true)
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

  async #end(it: Container, code: number): Promise<void> {
    const { program } = it
    it.program = undefined
    it.status = "exited"
    await program?.end()
    this.#over(it, { code })
  }

  #over(it: Container, { code, oomKilled = false }: DockerExit): void {
    it.program = undefined
    it.status = "exited"
    it.exitCode = code
    it.oomKilled = oomKilled
    it.finishedAt = new Date().toISOString()
    it.ports = {}
    if (oomKilled) this.#with.events.tell("oom", it)
    this.#with.events.tell("die", it, { exitCode: `${code}` })
    for (const resolve of it.waiting.splice(0)) resolve(code)
  }
}
