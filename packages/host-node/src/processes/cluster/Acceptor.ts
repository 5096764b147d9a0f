/**
 * The port of several gateway processes: accepts connections and hands each to the process that counts for its client.
 *
 * Nothing is read here but the header of the PROXY protocol, from networks that send one: it says whose a connection is.
 */
import { createServer, type Server, type Socket } from "node:net"
import type { AddressInfo } from "node:net"
import { Effect, type Scope } from "effect"
import { ListenerUnavailable } from "../../gateway/ListenerUnavailable.ts"
import * as proxyProtocol from "../../gateway/source/proxyProtocol.ts"
import { type SourceOptions, Sources } from "../../gateway/source/Sources.ts"

/** Where it listens, and how clients are told apart. */
export interface AcceptorOptions {
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
  readonly sources?: SourceOptions | undefined
  /** How long a proxy may take for its header, in milliseconds. */
  readonly firstBytesMs?: number | undefined
}

/**
 * Takes a connection of a network, or of a proxy or exempt client where there is none. `head` is what was read already.
 */
export type Give = (socket: Socket, ip: string, network: string | undefined, head?: Buffer) => void

/** Connections that the system accepts while this process is busy; more than one address may have. */
const backlog = 4_096

/** Connections whose PROXY header isn't complete. */
const mostUnnamed = 4_096

const usualFirstBytesMs = 10_000

const accepting = (options: AcceptorOptions, give: Give): Server => {
  const sources = new Sources(options.sources)
  let unnamed = 0
  const named = (socket: Socket, ip: string, head?: Buffer) => {
    if (!socket.destroyed) give(socket, ip, sources.connection(ip).holder, head)
  }
  return createServer({ pauseOnConnect: true }, (socket) => {
    // A reset at a bad moment must not end the process.
    socket.on("error", () => undefined)
    const peer = socket.remoteAddress
    // It has ended already.
    if (peer === undefined) socket.destroy()
    else if (!sources.speaksProxyProtocol(peer)) named(socket, peer)
    else if (unnamed >= mostUnnamed) socket.destroy()
    else {
      unnamed += 1
      let isNamed = false
      const over = () => {
        if (!isNamed) unnamed -= 1
        isNamed = true
      }
      socket.once("close", over)
      proxyProtocol.expect(socket, options.firstBytesMs ?? usualFirstBytesMs, (address) => {
        over()
        named(socket, address ?? peer, (socket.read() as Buffer | null) ?? undefined)
      })
    }
  })
}

/** Listens until the scope closes. Fails where the address can't be listened on. */
export const listen = (
  options: AcceptorOptions,
  give: Give
): Effect.Effect<AddressInfo, ListenerUnavailable, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.callback<Server, ListenerUnavailable>((resume) => {
      const server = accepting(options, give)
      // Stays attached: a connection that can't be accepted, as when file handles run out, must not end the process.
      server.on("error", (cause) => {
        resume(Effect.fail(new ListenerUnavailable({ message: cause.message })))
      })
      server.listen({ host: options.host, port: options.port, backlog }, () => resume(Effect.succeed(server)))
    }),
    // Connections belong to the processes: there is nothing to wait for.
    (server) => Effect.sync(() => void server.close())
  ).pipe(Effect.map((server) => server.address() as AddressInfo))
