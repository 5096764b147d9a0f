/** The networks of a Docker double. They are names: programs of the double all run in this process. */
import { randomBytes } from "node:crypto"
import { type Filters, Refusal } from "./Container.ts"

interface NetworkBody {
  readonly Name?: string
  readonly Internal?: boolean
  readonly CheckDuplicate?: boolean
  readonly Labels?: Readonly<Record<string, string>>
  readonly Options?: Readonly<Record<string, string>>
}

/** All networks of one double. */
export class Networks {
  readonly #all = new Map<string, NetworkBody & { readonly id: string; readonly created: string }>()

  create(given: unknown): unknown {
    const body = given as NetworkBody
    const name = body.Name ?? ""
    if (this.#all.has(name)) throw new Refusal(409, `network with name ${name} already exists`)
    const id = randomBytes(32).toString("hex")
    this.#all.set(name, { ...body, id, created: new Date().toISOString() })
    return { Id: id, Warning: "" }
  }

  /** Whether containers can be on it: one of ours, or one that every daemon has. */
  has(name: string): boolean {
    return this.#all.has(name) || ["default", "bridge", "host", "none"].includes(name)
  }

  /** By its name or its id. */
  inspect(reference: string): unknown {
    const found = [...this.#all].find(([name, { id }]) => name === reference || id === reference)
    if (found === undefined) throw new Refusal(404, `network ${reference} not found`)
    const [name, { Internal = false, Labels = {}, Options = {}, created, id }] = found
    return { Name: name, Id: id, Created: created, Driver: "bridge", Internal, Labels, Options }
  }

  /** Names that contain one of those asked for, as a daemon has it. */
  list(filters: Filters): unknown {
    const wanted = filters["name"]
    return [...this.#all.keys()]
      .filter((name) => wanted?.some((it) => name.includes(it)) ?? true)
      .map((name) => this.inspect(name))
  }

  remove(reference: string): void {
    const { Name } = this.inspect(reference) as { readonly Name: string }
    this.#all.delete(Name)
  }
}
