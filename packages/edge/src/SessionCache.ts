/**
 * Sessions that this gateway has looked up: bounded, kept for a while, and corrected by the push stream.
 *
 * An invalidation wins over a lookup in progress: what may have been read before it is neither cached nor returned to
 * anybody who waits for it.
 */
import { Clock, Context, Effect, Layer, Option } from "effect"
import { type Awaitable, runIn, toEffect } from "./Awaitable.ts"
import { BackendClient, type SessionIdentity } from "./BackendClient.ts"
import type { BackendUnavailable } from "./Refusal.ts"
import { SessionLookups } from "./SessionLookups.ts"

/** Sizes and lifetimes of the cache; times are milliseconds. */
export interface SessionCacheOptions {
  readonly capacity: number
  /** Safety net for invalidations that were missed. */
  readonly ttlMs: number
  /** How long a session is trusted while no invalidation could arrive. */
  readonly unfollowedTtlMs: number
  /** How long an unknown id is remembered as unknown. */
  readonly unknownTtlMs: number
  /** Lookups at the backend at the same time; one more fails. */
  readonly maxLookups: number
  /** The same for one network (IPv6: one /64); further ones wait for their turn. */
  readonly maxLookupsPerNetwork: number
}

/** Known sessions are trusted for five minutes, or for one second while invalidations can't arrive. */
export const defaults: SessionCacheOptions = {
  capacity: 50_000,
  ttlMs: 5 * 60_000,
  unfollowedTtlMs: 1_000,
  unknownTtlMs: 2_000,
  maxLookups: 1_024,
  maxLookupsPerNetwork: 64
}

/**
 * Looks sessions up at the backend, once for all who ask at the same time. `get` fails with `BackendUnavailable` when
 * the backend can't answer, too many lookups are running, or invalidations keep overtaking the lookup.
 */
export class SessionCache extends Context.Service<
  SessionCache,
  {
    /**
     * None for an unknown session. A revoked one is returned, with its status. `network` is whose lookup it is, for the
     * bound per network; absent where that doesn't apply.
     */
    get(deviceSessionId: string, network?: string): Effect.Effect<Option.Option<SessionIdentity>, BackendUnavailable>
    /** The same for plain functions: at once where the session is cached. Rejects with the signal's reason. */
    find(
      deviceSessionId: string,
      network?: string,
      signal?: AbortSignal
    ): Awaitable<Option.Option<SessionIdentity> | BackendUnavailable>
    /**
     * Looks a session up although it is cached as active: the backend no longer lets its user act. Fails as `get` does.
     */
    recheck(deviceSessionId: string): Effect.Effect<Option.Option<SessionIdentity>, BackendUnavailable>
    /**
     * Calls `act` once, as soon as the session is revoked or at once where it is known to be; not after the returned
     * function was called. Costs little: it is for every call that runs.
     */
    readonly onRevoked: (
      session: { readonly deviceSessionId: string; readonly userId: string },
      act: () => void
    ) => () => void
    /**
     * Whether a record is still the one that is known of its session: it was neither revoked since nor forgotten. Otherwise
     * the session must be found again, as a revocation may have come that nothing was left to mark for.
     */
    readonly isCurrent: (deviceSessionId: string, record: SessionIdentity) => boolean
    /** Marks a session as revoked wherever it is cached, and overtakes a lookup of it. */
    readonly revokeSession: (deviceSessionId: string) => Effect.Effect<void>
    /** The same for all sessions of a user; overtakes every running lookup. */
    readonly revokeUser: (userId: string) => Effect.Effect<void>
    /**
     * Whether invalidations arrive. A session that was looked up while they didn't is trusted only for `unfollowedTtlMs`.
     */
    readonly setFollowed: (followed: boolean) => Effect.Effect<void>
    /** Forgets everything: invalidations may have been missed. */
    readonly clear: Effect.Effect<void>
  }
>()("@galaxy/edge/SessionCache") {}

interface Entry {
  readonly record: Option.Option<SessionIdentity>
  /** When the backend was asked. */
  readonly at: number
}

/** A call that ends with its session. */
interface Running {
  readonly deviceSessionId: string
  readonly userId: string
  readonly act: () => void
}

/** Starts empty, and assumes that invalidations arrive until `setFollowed` says otherwise. */
export const layer = (options: Partial<SessionCacheOptions> = {}): Layer.Layer<SessionCache, never, BackendClient> =>
  Layer.effect(
    SessionCache,
    Effect.gen(function* () {
      const { capacity, ttlMs, unfollowedTtlMs, unknownTtlMs, maxLookups, maxLookupsPerNetwork } = {
        ...defaults,
        ...options
      }
      const backend = yield* BackendClient
      const clock = yield* Clock.Clock
      const now = () => clock.currentTimeMillisUnsafe()
      const run = runIn(yield* Effect.context())
      const entries = new Map<string, Entry>()
      /** Unknown ids are kept apart: whoever makes up ids can evict only other made-up ids. */
      const unknown = new Map<string, Entry>()
      /** Since when invalidations have arrived; undefined while they don't. */
      let followedSince: number | undefined = Number.NEGATIVE_INFINITY

      const believed = (entry: Entry, now: number): boolean => {
        const age = now - entry.at
        // An entry from the future was made by a wrong clock and doesn't count as recent.
        if (age < 0) return false
        if (Option.isNone(entry.record)) return age < unknownTtlMs
        // The invalidation of one that is older may still be on its way, behind all that was missed.
        const isFollowed = followedSince !== undefined && entry.at >= followedSince
        return age < (isFollowed ? ttlMs : Math.min(ttlMs, unfollowedTtlMs))
      }

      const keep = (id: string, entry: Entry) => {
        entries.delete(id)
        unknown.delete(id)
        const map = Option.isSome(entry.record) ? entries : unknown
        map.set(id, entry)
        const oldest = map.size > capacity ? map.keys().next().value : undefined
        if (oldest !== undefined) map.delete(oldest)
      }

      const cached = (id: string): Option.Option<SessionIdentity> | undefined => {
        const entry = entries.get(id) ?? unknown.get(id)
        if (entry === undefined || !believed(entry, now())) return undefined
        // The last used goes to the end: the first is the one to drop.
        keep(id, entry)
        return entry.record
      }

      const lookups = new SessionLookups({
        ask: (id) => run(backend.session(id)),
        cached,
        keep: (id, record, at) => keep(id, { record, at }),
        now,
        most: maxLookups,
        mostPerNetwork: maxLookupsPerNetwork
      })

      const find = (id: string, network?: string, signal?: AbortSignal) =>
        cached(id) ?? lookups.find(id, network, signal)

      const get = (id: string, network?: string) =>
        Effect.suspend(() => {
          const known = cached(id)
          return known === undefined ? toEffect((signal) => lookups.find(id, network, signal)) : Effect.succeed(known)
        })

      const recheck = Effect.fn("SessionCache.recheck")(function* (id: string) {
        const entry = entries.get(id)
        // One that is known to be revoked needs no lookup. A running lookup is joined, so that many don't undo each other.
        if (entry !== undefined && Option.exists(entry.record, ({ status }) => status === "active")) entries.delete(id)
        return yield* get(id)
      })

      const revoked = (record: SessionIdentity): SessionIdentity => ({ ...record, status: "revoked" })

      /** Calls that run; few beside the sessions, so they aren't indexed. */
      const running = new Set<Running>()

      const endRunning = (isOf: (call: Running) => boolean) => {
        for (const call of running) {
          if (isOf(call) && running.delete(call)) call.act()
        }
      }

      return SessionCache.of({
        get,
        find,
        recheck,
        onRevoked: ({ deviceSessionId, userId }, act) => {
          const record = entries.get(deviceSessionId)?.record
          if (record !== undefined && Option.exists(record, ({ status }) => status === "revoked")) {
            act()
            return () => undefined
          }
          const call: Running = { deviceSessionId, userId, act }
          running.add(call)
          return () => void running.delete(call)
        },
        isCurrent: (id, record) => {
          const entry = entries.get(id)
          return entry !== undefined && Option.getOrUndefined(entry.record) === record
        },
        revokeSession: (id) =>
          Effect.sync(() => {
            lookups.overtake(id)
            const entry = entries.get(id)
            if (entry !== undefined) entries.set(id, { ...entry, record: Option.map(entry.record, revoked) })
            endRunning((call) => call.deviceSessionId === id)
          }),
        revokeUser: (userId) =>
          Effect.sync(() => {
            // Which user a lookup belongs to isn't known before its answer.
            lookups.overtakeAll()
            for (const [id, entry] of entries) {
              if (Option.exists(entry.record, (it) => it.userId === userId)) {
                entries.set(id, { ...entry, record: Option.map(entry.record, revoked) })
              }
            }
            endRunning((call) => call.userId === userId)
          }),
        setFollowed: (followed) =>
          Effect.map(Clock.currentTimeMillis, (now) => {
            followedSince = followed ? (followedSince ?? now) : undefined
          }),
        clear: Effect.sync(() => {
          lookups.overtakeAll()
          entries.clear()
          unknown.clear()
        })
      })
    })
  )
