/**
 * The open event streams of this gateway, by user and by session.
 *
 * The hub never waits for a stream: it tells each at once what happens, and a stream keeps what it can't send yet within its
 * own bound. A stream notices missing numbers and reads those events from the backend, so a slow reader costs time and loses
 * nothing.
 */
import { Context, Effect, Layer, Schema } from "effect"
import type { LiveEvent } from "./PushSource.ts"

/** Why a stream ends: `displaced` by a later one of its session, or of a network that holds less when the hub is full. */
export type EndReason = "session_revoked" | "shutting_down" | "displaced"

/** Whose stream it is: for delivery, revocation and the bounds. */
export interface StreamListener {
  readonly userId: string
  readonly deviceSessionId: string
  /** The client's network, for the bound per address; absent where that doesn't apply. */
  readonly network?: string | undefined
}

/** A stream as the hub tells it what happens. None of this may wait or throw. */
export interface HubStream extends StreamListener {
  /** Something happened to its user. */
  event(event: LiveEvent): void
  /** Something may have been missed, an invalidation among it: continue from the backend. */
  missed(): void
  /** Ends the stream. What comes later is ignored. */
  end(reason: EndReason): void
}

/** Too many streams are open: of this network or altogether. */
export class HubFull extends Schema.TaggedError<HubFull>()("HubFull", {}) {}

/** Bounds on open streams and on what may wait for each. */
export interface PushHubOptions {
  readonly maxStreams: number
  /** One more ends the oldest of the session, which may be one whose client is gone. */
  readonly maxStreamsPerSession: number
  /** Per IPv4 address or IPv6 /64. */
  readonly maxStreamsPerNetwork: number
  /** Items that may wait for one stream. */
  readonly inboxCapacity: number
}

/** The bounds where nothing is configured. */
export const defaults: PushHubOptions = {
  maxStreams: 50_000,
  maxStreamsPerSession: 4,
  maxStreamsPerNetwork: 640,
  inboxCapacity: 128
}

/**
 * Delivers events to the open streams of their user, and ends streams on revocation and shutdown. `register` returns
 * `HubFull` where there is no room. It ends the oldest stream of a session that has as many as it may, and of the network
 * that has most when the hub is full. Nothing else fails or waits.
 */
export class PushHub extends Context.Service<
  PushHub,
  {
    /** Makes room for a stream until it is forgotten. Once the hub is closed, the stream ends at once. */
    readonly register: (stream: HubStream) => HubFull | undefined
    /** Tells the stream nothing more. */
    readonly forget: (stream: HubStream) => void
    /** Events that may wait for one stream. */
    readonly inboxCapacity: number
    readonly publish: (event: LiveEvent) => void
    readonly revokeSession: (deviceSessionId: string) => Effect.Effect<void>
    readonly revokeUser: (userId: string) => Effect.Effect<void>
    /** Makes every stream check whether it missed something. */
    readonly catchUpAll: Effect.Effect<void>
    /** Ends every stream; those registered later end at once. */
    readonly close: Effect.Effect<void>
    readonly size: Effect.Effect<number>
  }
>()("@galaxy/edge/hub/PushHub") {}

/** Streams by a key. Most keys have one stream, which then stands alone. */
class Index {
  readonly #streams = new Map<string, HubStream | Set<HubStream>>()

  of(key: string): Iterable<HubStream> {
    const own = this.#streams.get(key)
    return own === undefined ? [] : own instanceof Set ? own : [own]
  }

  size(key: string): number {
    return sizeOf(this.#streams.get(key))
  }

  add(key: string, stream: HubStream): void {
    const own = this.#streams.get(key)
    if (own instanceof Set) own.add(stream)
    else this.#streams.set(key, own === undefined ? stream : new Set([own, stream]))
  }

  remove(key: string, stream: HubStream): void {
    const own = this.#streams.get(key)
    if (own instanceof Set) {
      own.delete(stream)
      if (own.size === 0) this.#streams.delete(key)
    } else if (own === stream) this.#streams.delete(key)
  }

  /** The key that has most. */
  most(): string | undefined {
    let found: string | undefined
    let most = 0
    for (const [key, own] of this.#streams) {
      if (sizeOf(own) <= most) continue
      most = sizeOf(own)
      found = key
    }
    return found
  }
}

const sizeOf = (own: HubStream | Set<HubStream> | undefined): number =>
  own === undefined ? 0 : own instanceof Set ? own.size : 1

/** Starts without streams; options that are left out take their defaults. */
export const layer = (options: Partial<PushHubOptions> = {}): Layer.Layer<PushHub> =>
  Layer.sync(PushHub, () => {
    const { maxStreams, maxStreamsPerSession, maxStreamsPerNetwork, inboxCapacity } = { ...defaults, ...options }
    const byUser = new Index()
    const bySession = new Index()
    const byNetwork = new Index()
    const all = new Set<HubStream>()
    let closed = false

    const forget = (stream: HubStream): void => {
      if (!all.delete(stream)) return
      byUser.remove(stream.userId, stream)
      bySession.remove(stream.deviceSessionId, stream)
      if (stream.network !== undefined) byNetwork.remove(stream.network, stream)
    }

    /** A stream that ends leaves the hub meanwhile, which the loop takes as it comes. */
    const end = (streams: Iterable<HubStream>, reason: EndReason): void => {
      for (const stream of streams) stream.end(reason)
    }

    const displaceOldest = (streams: Iterable<HubStream>): void => {
      const [oldest] = streams
      if (oldest === undefined) return
      // First: a stream whose client is gone may take a while to end.
      forget(oldest)
      oldest.end("displaced")
    }

    const register = (stream: HubStream): HubFull | undefined => {
      if (bySession.size(stream.deviceSessionId) >= maxStreamsPerSession) {
        displaceOldest(bySession.of(stream.deviceSessionId))
      }
      const neighbours = stream.network === undefined ? 0 : byNetwork.size(stream.network)
      if (neighbours >= maxStreamsPerNetwork) return new HubFull()
      if (all.size >= maxStreams) {
        // Nobody is turned away for what others hold.
        const heaviest = byNetwork.most()
        if (heaviest === undefined || byNetwork.size(heaviest) <= neighbours + 1) return new HubFull()
        displaceOldest(byNetwork.of(heaviest))
      }
      all.add(stream)
      byUser.add(stream.userId, stream)
      bySession.add(stream.deviceSessionId, stream)
      if (stream.network !== undefined) byNetwork.add(stream.network, stream)
      if (closed) stream.end("shutting_down")
      return undefined
    }

    return PushHub.of({
      register,
      forget,
      inboxCapacity,
      publish: (event) => {
        for (const stream of byUser.of(event.userId)) stream.event(event)
      },
      revokeSession: (deviceSessionId) =>
        Effect.sync(() => {
          end(bySession.of(deviceSessionId), "session_revoked")
        }),
      revokeUser: (userId) =>
        Effect.sync(() => {
          end(byUser.of(userId), "session_revoked")
        }),
      catchUpAll: Effect.sync(() => {
        for (const stream of all) stream.missed()
      }),
      close: Effect.sync(() => {
        closed = true
        end(all, "shutting_down")
      }),
      size: Effect.sync(() => all.size)
    })
  })
