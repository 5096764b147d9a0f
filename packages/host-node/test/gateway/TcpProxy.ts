/** A TCP proxy that a test can turn against its connections: it can lead elsewhere, or swallow what it is sent. */
import { once } from "node:events"
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net"
import { Effect } from "effect"

interface Pair {
  readonly near: Socket
  readonly far: Socket
  swallows: boolean
}

export class TcpProxy {
  readonly port: number
  /** Where new connections lead. */
  target: number
  readonly #server: Server
  readonly #pairs = new Set<Pair>()

  private constructor(server: Server, target: number) {
    this.#server = server
    this.target = target
    this.port = (server.address() as AddressInfo).port
    server.on("connection", (near) => this.#join(near))
  }

  static async to(target: number): Promise<TcpProxy> {
    const server = createServer({ allowHalfOpen: true })
    server.listen(0, "127.0.0.1")
    await once(server, "listening")
    return new TcpProxy(server, target)
  }

  /** Connections that are open now are never answered again, nor closed; those that come are served. */
  swallow(): number {
    for (const pair of this.#pairs) pair.swallows = true
    return this.#pairs.size
  }

  async close(): Promise<void> {
    for (const { near, far } of this.#pairs) {
      near.destroy()
      far.destroy()
    }
    this.#server.close()
    await once(this.#server, "close")
  }

  #join(near: Socket) {
    const far = connect(this.target, "127.0.0.1")
    const pair: Pair = { near, far, swallows: false }
    this.#pairs.add(pair)
    for (const [from, to] of [
      [near, far],
      [far, near]
    ] as const) {
      from.on("data", (chunk) => pair.swallows || to.write(chunk))
      from.on("end", () => pair.swallows || to.end())
      from.on("error", () => pair.swallows || to.destroy())
      from.on("close", () => pair.swallows || this.#pairs.delete(pair))
    }
  }
}

export const tcpProxy = (target: number) =>
  Effect.acquireRelease(
    Effect.promise(() => TcpProxy.to(target)),
    (proxy) => Effect.promise(() => proxy.close())
  )
