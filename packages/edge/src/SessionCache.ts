/**
 * Sessions that this gateway has looked up: bounded, kept for a while, and corrected by the push stream.
 *
 * An invalidation wins over a lookup in progress: what may have been read before it is neither cached nor returned to
 * anybody who waits for it.
 */
import { Clock, Context, Deferred, Effect, Exit, Layer, Option } from "effect"
import { type Awaitable, runIn } from "./Awaitable.ts"
import { BackendClient, type SessionIdentity } from "./BackendClient.ts"
import { BackendUnavailable } from "./Refusal.ts"
import * as Turns from "./Turns.ts"

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

/** One lookup at the backend, for all who want its answer. */
interface Lookup {
  readonly answer: Deferred.Deferred<Option.Option<SessionIdentity>, BackendUnavailable>
  /** An invalidation came meanwhile, so the answer may be outdated. */
  stale: boolean
}

/** A call that ends with its session. */
interface Running {
  readonly deviceSessionId: string
  readonly userId: string
  readonly act: () => void
}

const answered = (record: Option.Option<SessionIdentity>): Lookup => {
  const answer = Deferred.makeUnsafe<Option.Option<SessionIdentity>, BackendUnavailable>()
  Deferred.doneUnsafe(answer, Effect.succeed(record))
  return { answer, stale: false }
}

/**
 * How often a lookup is started because an invalidation overtook the one before; after that the caller gets an error.
 */
const maxAttempts = 5

/** Starts empty, and assumes that invalidations arrive until `setFollowed` says otherwise. */
export const layer = (options: Partial<SessionCacheOptions> = {}): Layer.Layer<SessionCache, never, BackendClient> =>
  Layer.effect(
    SessionCache,
    Effect.gen(function* () {
      const { capacity, ttlMs, unfollowedTtlMs, unknownTtlMs, maxLookups, maxLookupsPerNetwork } = {
        ...defaults,
        ...options
      }
      const turns = Turns.make(maxLookupsPerNetwork)
      const backend = yield* BackendClient
      const clock = yield* Clock.Clock
      const run = runIn(yield* Effect.context())
      const entries = new Map<string, Entry>()
      /** Unknown ids are kept apart: whoever makes up ids can evict only other made-up ids. */
      const unknown = new Map<string, Entry>()
      /** Lookups that no invalidation has overtaken. */
      const lookups = new Map<string, Lookup>()
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

      const cached = (id: string, now: number): Option.Option<SessionIdentity> | undefined => {
        const entry = entries.get(id) ?? unknown.get(id)
        if (entry === undefined || !believed(entry, now)) return undefined
        // The last used goes to the end: the first is the one to drop.
        keep(id, entry)
        return entry.record
      }

      const lookUp = Effect.fnUntraced(function* (id: string, lookup: Lookup) {
        const at = yield* Clock.currentTimeMillis
        const exit = yield* Effect.exit(backend.session(id))
        if (!lookup.stale) {
          lookups.delete(id)
          if (Exit.isSuccess(exit)) keep(id, { record: exit.value, at })
        }
        yield* Deferred.done(lookup.answer, exit)
      })

      /**
       * The running lookup, or a new one. Done in one step, so that there is never a second one, nor one that nobody
       * runs.
       */
      const lookupOf = (id: string, network: string | undefined): Effect.Effect<Lookup, BackendUnavailable> =>
        Effect.uninterruptibleMask((restore) =>
          Effect.gen(function* () {
            const running = lookups.get(id)
            if (running !== undefined) return running
            const release = () => {
              if (network !== undefined) turns.release(network)
            }
            if (network !== undefined) yield* restore(turns.acquire(network))
            const now = yield* Clock.currentTimeMillis
            // Somebody else may have looked it up while this one waited.
            const known = cached(id, now)
            const already = lookups.get(id) ?? (known === undefined ? undefined : answered(known))
            if (already !== undefined || lookups.size >= maxLookups) {
              release()
              return already ?? (yield* new BackendUnavailable())
            }
            const lookup: Lookup = { answer: Deferred.makeUnsafe(), stale: false }
            lookups.set(id, lookup)
            // Outlives its caller: others may be waiting for the same answer.
            yield* Effect.forkDetach(Effect.ensuring(lookUp(id, lookup), Effect.sync(release)))
            return lookup
          })
        )

      /** What isn't cached; the usual case has no span of its own. */
      const lookedUp = Effect.fn("SessionCache.find")(function* (id: string, network: string | undefined) {
        for (let asked = 0; asked < maxAttempts; asked++) {
          const known = cached(id, yield* Clock.currentTimeMillis)
          if (known !== undefined) return known
          const lookup = yield* lookupOf(id, network)
          const record = yield* Deferred.await(lookup.answer)
          if (!lookup.stale) return record
        }
        return yield* new BackendUnavailable()
      })

      const get = (id: string, network?: string) =>
        Clock.clockWith((clock) => {
          const known = cached(id, clock.currentTimeMillisUnsafe())
          return known === undefined ? lookedUp(id, network) : Effect.succeed(known)
        })

      const find = (id: string, network?: string, signal?: AbortSignal) =>
        cached(id, clock.currentTimeMillisUnsafe()) ?? run(lookedUp(id, network), signal)

      const recheck = Effect.fn("SessionCache.recheck")(function* (id: string) {
        const entry = entries.get(id)
        // One that is known to be revoked needs no lookup. A running lookup is joined, so that many don't undo each other.
        if (entry !== undefined && Option.exists(entry.record, ({ status }) => status === "active")) entries.delete(id)
        return yield* get(id)
      })

      const overtake = (id: string, lookup: Lookup) => {
        lookup.stale = true
        lookups.delete(id)
      }

      /** Which user a lookup belongs to isn't known before its answer, so all are overtaken. */
      const overtakeAll = () => {
        for (const [id, lookup] of lookups) overtake(id, lookup)
      }

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
            const lookup = lookups.get(id)
            if (lookup !== undefined) overtake(id, lookup)
            const entry = entries.get(id)
            if (entry !== undefined) entries.set(id, { ...entry, record: Option.map(entry.record, revoked) })
            endRunning((call) => call.deviceSessionId === id)
          }),
        revokeUser: (userId) =>
          Effect.sync(() => {
            overtakeAll()
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
          overtakeAll()
          entries.clear()
          unknown.clear()
        })
      })
    })
  )
