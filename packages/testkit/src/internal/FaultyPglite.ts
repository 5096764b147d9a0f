/**
 * A PGlite whose connection fails when a test says so. The client above is the real one, and so are its errors: bytes
 * are kept from arriving, and connections are ended.
 */
import type { Duplex } from "node:stream"
import type { Wire } from "@galaxy/host-node/sql/Pglite"
import type { Instance } from "@galaxy/host-node/sql/PgliteInstance"

/** `slow`: every answer comes later. `cut`: there is no connection. `stuck`: the present connection is never answered. */
export type WireFault = "slow" | "cut" | "stuck"

/** How much later answers come, in milliseconds. */
export const slowMs = 100
/** A connection that isn't answered is given up after this time, which is shorter than usual. */
const silenceMs = 2_000

const isReset = (bytes: Uint8Array): boolean => Buffer.from(bytes).includes("RESET ALL")

/** A simple query of PostgreSQL's protocol. */
const query = (text: string): Uint8Array => {
  const body = Buffer.from(`${text}\0`)
  const head = Buffer.alloc(5)
  head.write("Q")
  head.writeInt32BE(body.length + 4, 1)
  return new Uint8Array(Buffer.concat([head, body]))
}

/** The wire to an instance, with its faults. */
export class FaultyPglite implements Wire {
  readonly #instance: Instance
  readonly #connections = new Set<Duplex>()
  readonly #missed = new Set<() => void>()
  #fault: WireFault | undefined
  /** New connections refuse writes too; those that are open are told by a statement. */
  readOnly = false

  constructor(instance: Instance) {
    this.#instance = instance
  }

  get trouble(): Error | undefined {
    return this.#fault === "cut" ? new Error("the test has cut the connection") : this.#instance.trouble
  }

  get patienceMs(): number {
    return this.#instance.patienceMs
  }

  /** Begins a fault, or ends it. What was signalled meanwhile is made up for by one signal. */
  set(fault: WireFault | undefined): void {
    this.#fault = fault
    if (fault === "cut") this.drop()
    if (fault !== undefined) return
    for (const signal of this.#missed) signal()
    this.#missed.clear()
  }

  /** Ends the present connections with an error, as a server that dies does. */
  drop(): void {
    for (const connection of this.#connections) connection.destroy(new Error("the test has cut the connection"))
  }

  attach(connection: Duplex): void {
    if (this.#fault === "stuck") this.set(undefined)
    this.#connections.add(connection)
    connection.once("close", () => this.#connections.delete(connection))
    this.#instance.attach(connection)
  }

  async call(...[request, patience]: Parameters<Instance["call"]>): Promise<Uint8Array> {
    if (request.type !== "protocol") return this.#instance.call(request, patience)
    const fault = this.#fault
    if (fault === "cut") throw new Error("the test has cut the connection")
    if (fault === "stuck") {
      await new Promise((resolve) => setTimeout(resolve, silenceMs))
      throw new Error(`nothing was received for ${silenceMs} ms`)
    }
    if (fault === "slow") await new Promise((resolve) => setTimeout(resolve, slowMs))
    const answer = await this.#instance.call(request, patience)
    if (this.readOnly && isReset(request.bytes)) {
      await this.#instance.call({ type: "protocol", bytes: query("SET default_transaction_read_only = on") }, patience)
    }
    return answer
  }

  listen(channel: string, listener: (payload: string) => void): Promise<() => Promise<void>> {
    const missed = () => listener("")
    return this.#instance.listen(channel, (payload) => {
      if (this.#fault === "cut" || this.#fault === "stuck") this.#missed.add(missed)
      else listener(payload)
    })
  }
}
