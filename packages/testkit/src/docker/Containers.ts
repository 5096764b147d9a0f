/** The containers of a Docker double: which there are, and what happens to each. */
import { randomBytes } from "node:crypto"
import { existsSync } from "node:fs"
import {
  type Container,
  type CreateBody,
  type DockerImage,
  type Filters,
  fits,
  imageId,
  inspected,
  listed,
  Refusal
} from "./Container.ts"
import { freePort, hostPath } from "./bindings.ts"

export { type DockerImage, type DockerProgram, type DockerRun, Refusal } from "./Container.ts"

const never = "0001-01-01T00:00:00Z"
const namePattern = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/

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
    return { Id: imageId(reference), RepoTags: [reference], Architecture: "amd64", Os: "linux" }
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
    return inspected(this.#find(reference))
  }

  list(all: boolean, filters: Filters): unknown {
    return [...this.#all.values()]
      .filter((it) => fits(it, all, filters))
      .toReversed()
      .map(listed)
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
      hostPath: (path) => hostPath(it.body, this.#volumes, path),
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
}
