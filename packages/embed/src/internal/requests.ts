/** Requests and calls under way: they are counted, and at the end let go or cut off. */
import { body } from "@galaxy/contract/api/ApiError"
import { GalaxyClosed } from "../errors.ts"
import { within } from "./within.ts"

/** What passes requests on until `drain`. */
export interface Requests {
  readonly fetch: (request: Request) => Promise<Response>
  /** Counts a call of the program, whose signal is aborted by `drain`; rejects with `GalaxyClosed` after `refuse`. */
  readonly call: <A>(run: (cut: AbortSignal) => Promise<A>) => Promise<A>
  /** Lets nothing more in. */
  readonly refuse: () => void
  /**
   * Resolves once nothing is under way. After `timeoutMs` it aborts what is, and waits for its end half as long
   * at most.
   */
  readonly drain: (timeoutMs: number) => Promise<void>
}

/** The answer to a request whose body somebody has read before. */
export const bodyWasRead =
  "the body of this request was read before it reached Galaxy: mount it before body parsers such as express.json()"

const closing = () =>
  Response.json(body("service_unavailable", "this service is shutting down"), {
    status: 503,
    headers: { "retry-after": "5", connection: "close" }
  })

const eaten = () =>
  Response.json(body("internal_error", bodyWasRead), { status: 500, headers: { connection: "close" } })

/** Passes requests to a handler that never rejects. */
export const requests = (handler: (request: Request) => Promise<Response>): Requests => {
  const cut = new AbortController()
  const idle = new Set<() => void>()
  let underWay = 0
  let closed = false
  const leave = () => {
    underWay--
    if (underWay === 0) for (const tell of idle) tell()
  }
  const counted = async <A>(run: () => Promise<A>): Promise<A> => {
    underWay++
    try {
      return await run()
    } finally {
      leave()
    }
  }
  return {
    fetch: async (request) => {
      if (closed) return closing()
      if (request.bodyUsed || request.body?.locked === true) return eaten()
      return counted(() => handler(new Request(request, { signal: AbortSignal.any([request.signal, cut.signal]) })))
    },
    call: async (run) => {
      if (closed) throw new GalaxyClosed()
      return counted(() => run(cut.signal))
    },
    refuse: () => {
      closed = true
    },
    drain: async (timeoutMs) => {
      if (underWay === 0) return
      const over = new Promise<void>((resolve) => idle.add(resolve))
      await within(over, timeoutMs)
      if (underWay === 0) return
      cut.abort()
      await within(over, timeoutMs / 2)
    }
  }
}
