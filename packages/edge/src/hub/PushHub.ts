/**
 * The open event streams of this gateway, by user and by session.
 *
 * The hub never waits for a stream. Each has a bounded inbox, which drops its oldest item when it is full. The stream
 * notices the missing numbers and reads those events from the backend, so a slow reader costs time and loses nothing.
 */
import { Context, Effect, Layer, Queue, Schema, type Scope } from "effect"
import type { LiveEvent } from "./PushSource.ts"

/** An item of a stream's inbox. */
export type Inbox =
  | { readonly type: "event"; readonly event: LiveEvent }
  /** Something may have been missed: continue from the backend. */
  | { readonly type: "catchUp" }
  | { readonly type: "end"; readonly reason: EndReason }

/** Why a stream ends: `displaced` by a later one of its session, or of a network that holds less when the hub is full. */
export type EndReason = "session_revoked" | "shutting_down" | "displaced"

/** Whose stream it is: for delivery, revocation and the bounds. */
export interface StreamListener {
  readonly userId: string
  readonly deviceSessionId: string
  /** The client's network, for the bound per address; absent where that doesn't apply. */
  readonly network?: string | undefined
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

interface Entry extends StreamListener {
  readonly inbox: Queue.Queue<Inbox>
  /** Set once: an end is never dropped for lack of room. */
  ended: EndReason | undefined
  /** Something may have been missed. This isn't dropped either: an invalidation may be among it. */
  missed: boolean
}

/**
 * The inbox of a registered stream. Once the stream was ended, `take` returns only that end; where something may have
 * been missed, `take` says so before anything else.
 */
export interface Registration {
  readonly take: Effect.Effect<Inbox>
}

/**
 * Delivers events to the open streams of their user, and ends streams on revocation and shutdown. `register` fails with
 * `HubFull`. It ends the oldest stream of a session that has as many as it may, and of the network that has most when
 * the hub is full. Nothing else fails or waits.
 */
export class PushHub extends Context.Service<
  PushHub,
  {
    /** Makes room for a stream until the scope closes. */
    register(listener: StreamListener): Effect.Effect<Registration, HubFull, Scope.Scope>
    readonly publish: (event: LiveEvent) => Effect.Effect<void>
    readonly revokeSession: (deviceSessionId: string) => Effect.Effect<void>
    readonly revokeUser: (userId: string) => Effect.Effect<void>
    /** Makes every stream check whether it missed something. */
    readonly catchUpAll: Effect.Effect<void>
    /** Ends every stream; those registered later end at once. */
    readonly close: Effect.Effect<void>
    readonly size: Effect.Effect<number>
  }
>()("@galaxy/edge/hub/PushHub") {}

const index = () => {
  const entries = new Map<string, Set<Entry>>()
  return {
    of: (key: string): ReadonlySet<Entry> => entries.get(key) ?? new Set(),
    add: (key: string, entry: Entry) => {
      const own = entries.get(key) ?? new Set()
      own.add(entry)
      entries.set(key, own)
    },
    /** The entries of the key that has most. */
    most: (): ReadonlySet<Entry> => {
      let most: ReadonlySet<Entry> = new Set()
      for (const own of entries.values()) if (own.size > most.size) most = own
      return most
    },
    remove: (key: string, entry: Entry) => {
      const own = entries.get(key)
      own?.delete(entry)
      if (own?.size === 0) entries.delete(key)
    }
  }
}

const takeFrom = (entry: Entry): Effect.Effect<Inbox> =>
  Effect.suspend(() => {
    if (entry.ended !== undefined) return Effect.succeed<Inbox>({ type: "end", reason: entry.ended })
    if (entry.missed) {
      entry.missed = false
      return Effect.succeed<Inbox>({ type: "catchUp" })
    }
    // An item of that type only wakes: what it says stands beside the inbox.
    return Effect.flatMap(Queue.take(entry.inbox), (item) =>
      item.type === "catchUp" ? takeFrom(entry) : Effect.succeed(item)
    )
  })

/** Starts without streams; options that are left out take their defaults. */
export const layer = (options: Partial<PushHubOptions> = {}): Layer.Layer<PushHub> =>
  Layer.effect(
    PushHub,
    Effect.sync(() => {
      const { maxStreams, maxStreamsPerSession, maxStreamsPerNetwork, inboxCapacity } = { ...defaults, ...options }
      const byUser = index()
      const bySession = index()
      const byNetwork = index()
      const all = new Set<Entry>()
      let closed = false

      const offer = (entry: Entry, item: Inbox) => {
        Queue.offerUnsafe(entry.inbox, item)
      }

      const forget = (entry: Entry) => {
        all.delete(entry)
        byUser.remove(entry.userId, entry)
        bySession.remove(entry.deviceSessionId, entry)
        if (entry.network !== undefined) byNetwork.remove(entry.network, entry)
      }

      const end = (entries: Iterable<Entry>, reason: EndReason) => {
        for (const entry of entries) {
          entry.ended = entry.ended ?? reason
          offer(entry, { type: "end", reason: entry.ended })
        }
      }

      const displaceOldest = (entries: ReadonlySet<Entry>) => {
        const [oldest] = entries
        if (oldest === undefined) return
        end([oldest], "displaced")
        // At once: a stream whose client is gone may take a while to end.
        forget(oldest)
      }

      const register = (listener: StreamListener) =>
        Effect.acquireRelease(
          Effect.gen(function* () {
            const own = bySession.of(listener.deviceSessionId)
            if (own.size >= maxStreamsPerSession) displaceOldest(own)
            const neighbours = listener.network === undefined ? 0 : byNetwork.of(listener.network).size
            if (neighbours >= maxStreamsPerNetwork) return yield* new HubFull()
            if (all.size >= maxStreams) {
              // Nobody is turned away for what others hold.
              const heaviest = byNetwork.most()
              if (heaviest.size <= neighbours + 1) return yield* new HubFull()
              displaceOldest(heaviest)
            }
            const entry: Entry = {
              ...listener,
              inbox: yield* Queue.sliding<Inbox>(inboxCapacity),
              ended: closed ? "shutting_down" : undefined,
              missed: false
            }
            all.add(entry)
            byUser.add(entry.userId, entry)
            bySession.add(entry.deviceSessionId, entry)
            if (entry.network !== undefined) byNetwork.add(entry.network, entry)
            return entry
          }),
          (entry) => Effect.sync(() => forget(entry))
        ).pipe(Effect.map((entry): Registration => ({ take: takeFrom(entry) })))

      return PushHub.of({
        register,
        publish: (event) =>
          Effect.sync(() => {
            for (const entry of byUser.of(event.userId)) offer(entry, { type: "event", event })
          }),
        revokeSession: (deviceSessionId) =>
          Effect.sync(() => {
            end(bySession.of(deviceSessionId), "session_revoked")
          }),
        revokeUser: (userId) =>
          Effect.sync(() => {
            end(byUser.of(userId), "session_revoked")
          }),
        catchUpAll: Effect.sync(() => {
          for (const entry of all) {
            entry.missed = true
            // Wakes one that waits.
            offer(entry, { type: "catchUp" })
          }
        }),
        close: Effect.sync(() => {
          closed = true
          end(all, "shutting_down")
        }),
        size: Effect.sync(() => all.size)
      })
    })
  )
