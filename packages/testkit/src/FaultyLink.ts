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
  /** Keeps every byte back, of all connections, or lets them and what comes later go on in their order. */
  readonly hold: (held: boolean) => Effect.Effect<void>
  /** Connections that are opened from now on lead to another server. */
  readonly lead: (host: string, port: number) => Effect.Effect<void>
  /** Everything on the connections that are opened from now on arrives this many milliseconds late; 0 for in time. */
  readonly slow: (byMillis: number) => Effect.Effect<void>
  /**
   * The first bytes on each connection that is opened from now on are answered with this text, and the connection ends;
   * `undefined` lets them pass again.
   */
  readonly answer: (text: string | undefined) => Effect.Effect<void>
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
    let target = { host, port }
    let lateMs = 0
    let answering: string | undefined
    let holding = false

    const carry = (pair: Pair, from: Socket, to: Socket) => {
      const late = lateMs
      const pass = (chunk: Buffer) => {
        if (!pair.swallowed && !to.destroyed && !to.write(chunk)) from.pause()
      }
      // Timers of equal length fire in the order in which they were set, so bytes stay in order.
      from.on("data", (chunk: Buffer) => {
        if (late === 0) pass(chunk)
        else setTimeout(pass, late, chunk)
      })
      to.on("drain", () => {
        if (!holding) from.resume()
      })
      from.on("end", () => {
        if (pair.swallowed) return
        if (late === 0) to.end()
        else setTimeout(() => to.end(), late)
      })
      from.on("error", () => undefined)
      from.on("close", () => {
        pairs.delete(pair)
        all.delete(from)
        // The other end of a swallowed connection doesn't learn of it either.
        if (!pair.swallowed) to.destroy()
      })
    }

    const server = createServer({ allowHalfOpen: true }, (near) => {
      if (refusing) {
        near.resetAndDestroy()
        return
      }
      if (answering !== undefined) {
        const text = answering
        all.add(near)
        near.on("error", () => undefined).on("close", () => all.delete(near))
        near.once("data", () => near.end(text))
        return
      }
      const far = connect({ ...target, allowHalfOpen: true })
      const pair: Pair = { near, far, swallowed: swallowing }
      pairs.add(pair)
      all.add(near).add(far)
      carry(pair, near, far)
      carry(pair, far, near)
      if (holding) for (const socket of [near, far]) socket.pause()
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
      hold: (held) =>
        Effect.sync(() => {
          holding = held
          for (const socket of all) {
            if (held) socket.pause()
            else socket.resume()
          }
        }),
      lead: (toHost, toPort) =>
        Effect.sync(() => {
          target = { host: toHost, port: toPort }
        }),
      slow: (byMillis) =>
        Effect.sync(() => {
          lateMs = byMillis
        }),
      answer: (text) =>
        Effect.sync(() => {
          answering = text
        }),
      passing: Effect.sync(() => [...pairs].filter((it) => !it.swallowed).length)
    }
  })

/** A link to the URL's host and port; the URL must name its port. */
export const to = (url: string): Effect.Effect<FaultyLink, never, Scope.Scope> => {
  const { hostname, port } = new URL(url)
  return make(hostname, Number(port))
}
