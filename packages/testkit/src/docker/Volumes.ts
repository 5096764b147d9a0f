/** The volumes of a Docker double: folders, of which those without a name of their own go with their container. */
import { randomBytes } from "node:crypto"
import { mkdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import { type CreateBody, type Filters, hasLabels, type Mounted, Refusal } from "./Container.ts"

type Labels = Readonly<Record<string, string>>

/** All volumes of one double. */
export class Volumes {
  readonly #folder: string
  readonly #all = new Map<string, Labels>()

  constructor(folder: string) {
    this.#folder = folder
  }

  /** What a container mounts; volumes that aren't there are made. */
  mount(body: CreateBody): ReadonlyArray<Mounted> {
    const binds = (body.HostConfig?.Binds ?? []).map((text) => {
      const [Source = "", Target = ""] = text.split(":")
      return { Source, Target, VolumeOptions: undefined }
    })
    return [...binds, ...(body.HostConfig?.Mounts ?? [])].map(({ Source = "", Target = "", VolumeOptions }) => {
      if (Source.startsWith("/")) return { target: Target, path: Source }
      const name = Source === "" ? randomBytes(32).toString("hex") : Source
      if (!this.#all.has(name)) this.#all.set(name, VolumeOptions?.Labels ?? {})
      const path = join(this.#folder, name)
      mkdirSync(path, { recursive: true })
      return { target: Target, path, volume: { name, isAnonymous: Source === "" } }
    })
  }

  inspect(name: string): unknown {
    const labels = this.#all.get(name)
    if (labels === undefined) throw new Refusal(404, `get ${name}: no such volume`)
    return { Name: name, Driver: "local", Labels: labels, Scope: "local" }
  }

  list(filters: Filters): unknown {
    const fitting = [...this.#all].filter(([, labels]) => hasLabels(labels, filters["label"]))
    return { Volumes: fitting.map(([name]) => this.inspect(name)), Warnings: null }
  }

  /** `users` are the containers that mount it. */
  remove(name: string, users: ReadonlyArray<string>): void {
    this.inspect(name)
    if (users.length > 0) {
      throw new Refusal(409, `remove ${name}: volume is in use - [${users.join(", ")}]`)
    }
    this.#all.delete(name)
    rmSync(join(this.#folder, name), { recursive: true, force: true, maxRetries: 3 })
  }
}
