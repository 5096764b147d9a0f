/**
 * A Node server for one plain HTTP/1.1 listener, with what all of ours share: the guard before its routes, and errors
 * in their envelope even before there is a request.
 */
import { type IncomingMessage, Server, type ServerOptions, type ServerResponse } from "node:http"
import type { Socket } from "node:net"
import { answerClientErrors } from "./clientErrors.ts"
import { guard, type GuardOptions, type Handler } from "./guard.ts"

/** For listeners with few callers: our own processes and operators. More would only use up files and memory. */
const mostConnections = 4_096

/** How long a client may take, in milliseconds; a listener may set its own. */
const times = ({ headersTimeout = 10_000, requestTimeout = 30_000 }: ServerOptions): ServerOptions => ({
  requestTimeout,
  headersTimeout: Math.min(headersTimeout, requestTimeout)
})

const usual: ServerOptions = {
  keepAliveTimeout: 30_000,
  // How precisely the other timeouts are kept.
  connectionsCheckingInterval: 2_500
}

/** What a server tells of a request, with or without a client that waits to be asked for its body. */
const told = ["request", "checkContinue"] as const

class Listener extends Server {
  readonly #guarded: ReadonlyMap<string, Handler>
  /** Connections that haven't brought a request yet. */
  readonly #fresh = new Set<Socket>()
  /** Answers that are still to come. */
  readonly #running = new Set<ServerResponse>()

  constructor(options: ServerOptions, guarded: GuardOptions, first: First) {
    // A request without a host is refused by the guard, which says so.
    // Nothing is upgraded here: a request that asks for it is one like every other.
    super({
      ...usual,
      ...options,
      ...times(options),
      requireHostHeader: false,
      shouldUpgradeCallback: () => false
    })
    this.maxConnections = mostConnections
    const passing = (event: string) =>
      guard(guarded, (request, response) => {
        if (!first(request, response)) super.emit(event, request, response)
      })
    this.#guarded = new Map(told.map((event) => [event, passing(event)]))
    // Whoever starts it sees an error of the start as well. Later ones, as of a connection that can't be accepted when file
    // handles run out, must not end the process.
    this.on("error", () => undefined)
    answerClientErrors(this)
    this.on("connection", (socket: Socket) => {
      this.#fresh.add(socket)
      socket.once("close", () => this.#fresh.delete(socket))
    })
  }

  /**
   * Takes no further connections, and closes those that are idle. A caller that waits for an answer is told that it is the last
   * one of its connection. A connection that hasn't been used yet would be kept open by Node, and the end would wait for it.
   */
  override close(closed?: (error?: Error) => void): this {
    super.close(closed)
    for (const it of this.#running) it.shouldKeepAlive = false
    for (const it of this.#fresh) if (it.bytesRead === 0) it.destroy()
    return this
  }

  // Servers add request listeners of their own; only here does every request come past.
  override emit(event: string, ...args: Array<unknown>): boolean {
    const guarded = this.#guarded.get(event)
    if (guarded === undefined) return super.emit(event, ...args)
    const [request, response] = args as [IncomingMessage, ServerResponse]
    this.#fresh.delete(request.socket)
    this.#running.add(response)
    response.once("close", () => this.#running.delete(response))
    guarded(request, response)
    return true
  }
}

/** Answers some requests by itself, and returns whether it did. */
export type First = (request: IncomingMessage, response: ServerResponse) => boolean

const nobody: First = () => false

/**
 * Like Node's `createServer`, but it emits only requests that have passed the guard, and that `first` hasn't answered.
 */
export const createListener = (options: ServerOptions, guarded: GuardOptions, first: First = nobody): Server =>
  new Listener(options, guarded, first)
