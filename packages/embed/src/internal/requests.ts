/** Requests under way: they are counted, and at the end let go or cut off. */
import { body } from "@galaxy/contract/api/ApiError"

/** What passes requests on until `drain`. */
export interface Requests {
  readonly fetch: (request: Request) => Promise<Response>
  /** Lets no more requests in; resolves once none is under way, or aborts those that are after `timeoutMs`. */
  readonly drain: (timeoutMs: number) => Promise<void>
}

const closing = () =>
  Response.json(body("service_unavailable", "this service is shutting down"), {
    status: 503,
    headers: { "retry-after": "5", connection: "close" }
  })

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
  return {
    fetch: async (request) => {
      if (closed) return closing()
      underWay++
      try {
        const signal = AbortSignal.any([request.signal, cut.signal])
        return await handler(new Request(request, { signal }))
      } finally {
        leave()
      }
    },
    drain: async (timeoutMs) => {
      closed = true
      if (underWay === 0) return
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => {
          cut.abort()
          resolve()
        }, timeoutMs)
        idle.add(() => {
          clearTimeout(timer)
          resolve()
        })
      })
    }
  }
}
