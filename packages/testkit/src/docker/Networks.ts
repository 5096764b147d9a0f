/** The networks of a Docker double. They are names: programs of the double all run in this process. */
import { randomBytes } from "node:crypto"
import { Refusal } from "./Container.ts"

interface NetworkBody {
  readonly Name?: string
  readonly Internal?: boolean
  readonly CheckDuplicate?: boolean
  readonly Labels?: Readonly<Record<string, string>>
  readonly Options?: Readonly<Record<string, string>>
}

/** All networks of one double. */
export class Networks {
  readonly #all = new Map<string, NetworkBody & { readonly id: string }>()

  create(given: unknown): unknown {
    const body = given as NetworkBody
    const name = body.Name ?? ""
    if (this.#all.has(name)) throw new Refusal(409, `network with name ${name} already exists`)
    const id = randomBytes(32).toString("hex")
    this.#all.set(name, { ...body, id })
    return { Id: id, Warning: "" }
  }

  /** Whether containers can be on it: one of ours, or one that every daemon has. */
  has(name: string): boolean {
    return this.#all.has(name) || ["default", "bridge", "host", "none"].includes(name)
  }

  inspect(name: string): unknown {
    const found = this.#all.get(name)
    if (found === undefined) throw new Refusal(404, `network ${name} not found`)
    const { Internal = false, Labels = {}, Options = {}, id } = found
    return { Name: name, Id: id, Driver: "bridge", Internal, Labels, Options }
  }

  remove(name: string): void {
    this.inspect(name)
    this.#all.delete(name)
  }
}
