/**
 * A network between two ends that a test can break: a TCP proxy on loopback.
 *
 * The worst fault is silence. A swallowed connection stays open but carries nothing any more, in either direction, as
 * behind a firewall that has forgotten it; connections that are opened later work.
 */
import { type AddressInfo, connect, createServer, type Socket } from "node:net"
import { Effect, type Scope } from "effect"

/** A proxy in front of one server, and its faults. Bytes that pass arrive unchanged and in order. */
export interface FaultyLink {
  readonly host: string
  readonly port: number
  /** The URL with its host and port replaced by the link's. */
  readonly via: (url: string) => string
  /** Swallows every byte on the connections that are open now. */
  readonly swallow: Effect.Effect<void>
  /** Resets the connections that are open now. */
  readonly cut: Effect.Effect<void>
  /** Connections that are opened from now on are swallowed from their first byte, or pass again. */
  readonly swallowNew: (swallowed: boolean) => Effect.Effect<void>
  /** Connections that are opened from now on are refused, or pass again. */
  readonly refuseNew: (refused: boolean) => Effect.Effect<void>
  /** How many open connections aren't swallowed. */
  readonly passing: Effect.Effect<number>
}

interface Pair {
  readonly near: Socket
  readonly far: Socket
  swallowed: boolean
}

/** A link to `host:port`; all connections end with the scope. */
export const make = (host: string, port: number): Effect.Effect<FaultyLink, never, Scope.Scope> =>
  Effect.gen(function* () {
    const pairs = new Set<Pair>()
    let swallowing = false
    let refusing = false

    const carry = (pair: Pair, from: Socket, to: Socket) => {
      from.on("data", (chunk) => {
        if (pair.swallowed) return
        if (!to.write(chunk)) from.pause()
      })
      to.on("drain", () => {
        from.resume()
      })
      from.on("end", () => {
        if (!pair.swallowed) to.end()
      })
      from.on("error", () => undefined)
      from.on("close", () => {
        pairs.delete(pair)
        // The other end of a swallowed connection doesn't learn of it either.
        if (!pair.swallowed) to.destroy()
      })
    }

    const server = createServer({ allowHalfOpen: true }, (near) => {
      if (refusing) {
        near.resetAndDestroy()
        return
      }
      const far = connect({ host, port, allowHalfOpen: true })
      const pair: Pair = { near, far, swallowed: swallowing }
      pairs.add(pair)
      all.add(near).add(far)
      carry(pair, near, far)
      carry(pair, far, near)
    })
    const all = new Set<Socket>()

    yield* Effect.acquireRelease(
      Effect.callback<void>((resume) => {
        server.listen(0, "127.0.0.1", () => {
          resume(Effect.void)
        })
      }),
      () =>
        Effect.callback<void>((resume) => {
          server.close(() => {
            resume(Effect.void)
          })
          for (const socket of all) socket.destroy()
        })
    )
    const { port: own } = server.address() as AddressInfo

    return {
      host: "127.0.0.1",
      port: own,
      via: (text) => {
        const url = new URL(text)
        url.hostname = "127.0.0.1"
        url.port = `${own}`
        return url.toString()
      },
      swallow: Effect.sync(() => {
        for (const pair of pairs) pair.swallowed = true
      }),
      cut: Effect.sync(() => {
        for (const pair of pairs) {
          pair.near.resetAndDestroy()
          pair.far.resetAndDestroy()
        }
      }),
      swallowNew: (swallowed) =>
        Effect.sync(() => {
          swallowing = swallowed
        }),
      refuseNew: (refused) =>
        Effect.sync(() => {
          refusing = refused
        }),
      passing: Effect.sync(() => [...pairs].filter((it) => !it.swallowed).length)
    }
  })

/** A link to the URL's host and port; the URL must name its port. */
export const to = (url: string): Effect.Effect<FaultyLink, never, Scope.Scope> => {
  const { hostname, port } = new URL(url)
  return make(hostname, Number(port))
}
