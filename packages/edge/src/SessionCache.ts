/**
 * Sessions that this gateway has looked up: bounded, kept for a while, and corrected by the push stream.
 *
 * An invalidation wins against a lookup that is under way: what may have been read before it is neither kept nor
 * answered, to none of those who wait for it.
 */
import { Clock, Context, Deferred, Effect, Exit, Layer, Option } from "effect"
import { BackendClient, type SessionIdentity } from "./BackendClient.ts"
import { BackendUnavailable } from "./Refusal.ts"

export interface SessionCacheOptions {
  readonly capacity: number
  /** Safety net for invalidations that were missed. */
  readonly ttlMs: number
  /** How long a session is believed while no invalidation could arrive. */
  readonly unfollowedTtlMs: number
  /** How long an unknown id is remembered as unknown. */
  readonly unknownTtlMs: number
  /** Questions to the backend at the same time; one more is refused. */
  readonly maxLookups: number
}

export const defaults: SessionCacheOptions = {
  capacity: 50_000,
  ttlMs: 5 * 60_000,
  unfollowedTtlMs: 1_000,
  unknownTtlMs: 2_000,
  maxLookups: 1_024
}

export class SessionCache extends Context.Service<
  SessionCache,
  {
    get(deviceSessionId: string): Effect.Effect<Option.Option<SessionIdentity>, BackendUnavailable>
    readonly revokeSession: (deviceSessionId: string) => Effect.Effect<void>
    readonly revokeUser: (userId: string) => Effect.Effect<void>
    /** Whether invalidations arrive. While they don't, a session is believed for a moment only. */
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

/** One question to the backend, for all who want its answer. */
interface Lookup {
  readonly answer: Deferred.Deferred<Option.Option<SessionIdentity>, BackendUnavailable>
  /** An invalidation came meanwhile: the answer may be the older one. */
  stale: boolean
}

/** Times that a caller asks anew because an invalidation overtook the lookup; after that it is refused. */
const maxAttempts = 5

export const layer = (options: Partial<SessionCacheOptions> = {}): Layer.Layer<SessionCache, never, BackendClient> =>
  Layer.effect(
    SessionCache,
    Effect.gen(function* () {
      const { capacity, ttlMs, unfollowedTtlMs, unknownTtlMs, maxLookups } = { ...defaults, ...options }
      const backend = yield* BackendClient
      const entries = new Map<string, Entry>()
      /** Ids that aren't sessions, apart: who makes ids up drives out nothing but others that were made up. */
      const unknown = new Map<string, Entry>()
      /** Those whose answer is still worth waiting for. */
      const lookups = new Map<string, Lookup>()
      let followed = true

      const believed = (entry: Entry, now: number): boolean => {
        const age = now - entry.at
        // One in the future is of a clock that was wrong, and not recent.
        if (age < 0) return false
        if (Option.isNone(entry.record)) return age < unknownTtlMs
        return age < (followed ? ttlMs : Math.min(ttlMs, unfollowedTtlMs))
      }

      const keep = (id: string, entry: Entry) => {
        entries.delete(id)
        unknown.delete(id)
        const map = Option.isSome(entry.record) ? entries : unknown
        map.set(id, entry)
        const oldest = map.size > capacity ? map.keys().next().value : undefined
        if (oldest !== undefined) map.delete(oldest)
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

      /** The one under way, or a new one. In one step, so that there is never a second, nor one that nobody runs. */
      const lookupOf = (id: string): Effect.Effect<Lookup, BackendUnavailable> =>
        Effect.uninterruptible(
          Effect.suspend(() => {
            const running = lookups.get(id)
            if (running !== undefined) return Effect.succeed(running)
            if (lookups.size >= maxLookups) return Effect.fail(new BackendUnavailable())
            const lookup: Lookup = { answer: Deferred.makeUnsafe(), stale: false }
            lookups.set(id, lookup)
            // Not of the caller's life: others may be waiting for the same answer.
            return Effect.as(Effect.forkDetach(lookUp(id, lookup)), lookup)
          })
        )

      const get = Effect.fn("SessionCache.get")(function* (id: string) {
        for (let asked = 0; asked < maxAttempts; asked++) {
          const now = yield* Clock.currentTimeMillis
          const cached = entries.get(id) ?? unknown.get(id)
          if (cached !== undefined && believed(cached, now)) {
            // Last used goes last: the first is the one to drop.
            keep(id, cached)
            return cached.record
          }
          const lookup = yield* lookupOf(id)
          const record = yield* Deferred.await(lookup.answer)
          if (!lookup.stale) return record
        }
        return yield* new BackendUnavailable()
      })

      const overtake = (id: string, lookup: Lookup) => {
        lookup.stale = true
        lookups.delete(id)
      }

      /** Whose they are isn't known before they are answered. */
      const overtakeAll = () => {
        for (const [id, lookup] of lookups) overtake(id, lookup)
      }

      const revoked = (record: SessionIdentity): SessionIdentity => ({ ...record, status: "revoked" })

      return SessionCache.of({
        get,
        revokeSession: (id) =>
          Effect.sync(() => {
            const lookup = lookups.get(id)
            if (lookup !== undefined) overtake(id, lookup)
            const entry = entries.get(id)
            if (entry !== undefined) entries.set(id, { ...entry, record: Option.map(entry.record, revoked) })
          }),
        revokeUser: (userId) =>
          Effect.sync(() => {
            overtakeAll()
            for (const [id, entry] of entries) {
              if (Option.exists(entry.record, (it) => it.userId === userId)) {
                entries.set(id, { ...entry, record: Option.map(entry.record, revoked) })
              }
            }
          }),
        setFollowed: (now) =>
          Effect.sync(() => {
            followed = now
          }),
        clear: Effect.sync(() => {
          overtakeAll()
          entries.clear()
          unknown.clear()
        })
      })
    })
  )
