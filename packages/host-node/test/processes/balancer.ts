/** A load balancer of TCP connections: each new one goes to a server in service, in turn. */
import { type AddressInfo, connect, createServer, type Socket } from "node:net"
import { Effect, type Scope } from "effect"

export interface Balancer {
  readonly url: string
  /** Takes a server by its URL; it is in service while its `/readyz` says so. */
  readonly add: (url: string) => Effect.Effect<void, never, Scope.Scope>
}

const pollMs = 25

const isReady = async (url: string): Promise<boolean> => {
  try {
    const response = await fetch(`${url}/readyz`, {
      headers: { connection: "close" },
      signal: AbortSignal.timeout(2_000)
    })
    await response.arrayBuffer()
    return response.status === 200
  } catch {
    return false
  }
}

/** Without any server in service, connections are reset. Ends with its scope. */
export const balancer: Effect.Effect<Balancer, never, Scope.Scope> = Effect.gen(function* () {
  const inService = new Map<string, number>()
  const sockets = new Set<Socket>()
  let turn = 0
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const ports = [...inService.values()]
    const port = ports[turn++ % ports.length]
    if (port === undefined) {
      near.resetAndDestroy()
      return
    }
    const far = connect({ port, host: "127.0.0.1", allowHalfOpen: true })
    for (const [from, to] of [
      [near, far],
      [far, near]
    ] as const) {
      sockets.add(from)
      from.on("error", () => undefined)
      from.on("close", () => {
        sockets.delete(from)
        to.destroy()
      })
      from.pipe(to)
    }
  })
  yield* Effect.acquireRelease(
    Effect.promise(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))),
    () =>
      Effect.callback<void>((resume) => {
        server.close(() => resume(Effect.void))
        for (const socket of sockets) socket.destroy()
      })
  )
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    add: (url) => {
      const look = Effect.promise(async () => {
        if (await isReady(url)) inService.set(url, Number(new URL(url).port))
        else inService.delete(url)
      })
      const soon = Effect.promise(() => new Promise<void>((resolve) => setTimeout(resolve, pollMs)))
      const inTheEnd = Effect.repeat(Effect.andThen(look, soon), { until: () => inService.has(url) })
      return Effect.andThen(
        inTheEnd.pipe(Effect.timeout("60 seconds"), Effect.orDie),
        Effect.forkScoped(Effect.forever(Effect.andThen(look, soon)))
      )
    }
  }
})
