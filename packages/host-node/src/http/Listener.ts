/**
 * A Node server for one plain HTTP/1.1 listener, with what all of ours have in common: the guard before its routes, and
 * errors in their envelope also where there is no request yet.
 */
import { type IncomingMessage, Server, type ServerOptions, type ServerResponse } from "node:http"
import { answerClientErrors } from "./clientErrors.ts"
import { guard, type GuardOptions, type Handler } from "./guard.ts"

/** For listeners whose callers are few: our own processes and operators. More would only use up files and memory. */
const mostConnections = 4_096

/** How long a client may take, in milliseconds; a listener may set its own. */
const times = ({ headersTimeout = 10_000, requestTimeout = 30_000 }: ServerOptions): ServerOptions => ({
  requestTimeout,
  headersTimeout: Math.min(headersTimeout, requestTimeout)
})

const usual: ServerOptions = {
  keepAliveTimeout: 30_000,
  // How exactly the others are kept.
  connectionsCheckingInterval: 2_500
}

class Listener extends Server {
  readonly #guarded: Handler

  constructor(options: ServerOptions, guarded: GuardOptions) {
    // A request without a host is refused by the guard, which says so.
    super({ ...usual, ...options, ...times(options), requireHostHeader: false })
    this.maxConnections = mostConnections
    this.#guarded = guard(guarded, (request, response) => {
      super.emit("request", request, response)
    })
    answerClientErrors(this)
  }

  // Whoever serves adds a listener for requests of its own: only here does everything come past.
  override emit(event: string, ...args: Array<unknown>): boolean {
    if (event !== "request") return super.emit(event, ...args)
    const [request, response] = args as [IncomingMessage, ServerResponse]
    this.#guarded(request, response)
    return true
  }
}

/** As `createServer` of Node; what it emits as a request has passed the guard. */
export const createListener = (options: ServerOptions, guarded: GuardOptions): Server => new Listener(options, guarded)
