/**
 * Sessions that this gateway has looked up: bounded, kept for a while, and corrected by the push stream.
 *
 * An invalidation wins against a lookup that is under way: what was read before it is never kept as active.
 */
import { Clock, Context, Deferred, Effect, Exit, Layer, Option } from "effect"
import { BackendClient, type SessionRecord } from "./BackendClient.ts"
import type { BackendUnavailable } from "./Refusal.ts"

export interface SessionCacheOptions {
  readonly capacity: number
  /** Safety net for invalidations that were missed. */
  readonly ttlMs: number
  /** How long an unknown id is remembered as unknown. */
  readonly unknownTtlMs: number
}

export const defaults: SessionCacheOptions = { capacity: 50_000, ttlMs: 5 * 60_000, unknownTtlMs: 2_000 }

export class SessionCache extends Context.Service<
  SessionCache,
  {
    get(deviceSessionId: string): Effect.Effect<Option.Option<SessionRecord>, BackendUnavailable>
    readonly revokeSession: (deviceSessionId: string) => Effect.Effect<void>
    readonly revokeUser: (userId: string) => Effect.Effect<void>
    /** Forgets everything: invalidations may have been missed. */
    readonly clear: Effect.Effect<void>
  }
>()("@galaxy/edge/SessionCache") {}

interface Entry {
  readonly record: Option.Option<SessionRecord>
  readonly expiry: number
}

type Lookup = Deferred.Deferred<Option.Option<SessionRecord>, BackendUnavailable>

export const layer = (options: Partial<SessionCacheOptions> = {}): Layer.Layer<SessionCache, never, BackendClient> =>
  Layer.effect(
    SessionCache,
    Effect.gen(function* () {
      const { capacity, ttlMs, unknownTtlMs } = { ...defaults, ...options }
      const backend = yield* BackendClient
      const entries = new Map<string, Entry>()
      const lookups = new Map<string, Lookup>()
      /** Grows with each invalidation: a lookup that began before the last one is not kept. */
      let generation = 0

      const keep = (id: string, entry: Entry) => {
        entries.delete(id)
        entries.set(id, entry)
        const oldest = entries.size > capacity ? entries.keys().next().value : undefined
        if (oldest !== undefined) entries.delete(oldest)
      }

      const lookUp = Effect.fnUntraced(function* (id: string, lookup: Lookup) {
        const began = generation
        const exit = yield* Effect.exit(backend.session(id))
        lookups.delete(id)
        if (Exit.isSuccess(exit) && generation === began) {
          const now = yield* Clock.currentTimeMillis
          keep(id, { record: exit.value, expiry: now + (Option.isSome(exit.value) ? ttlMs : unknownTtlMs) })
        }
        yield* Deferred.done(lookup, exit)
      })

      const get = Effect.fn("SessionCache.get")(function* (id: string) {
        const now = yield* Clock.currentTimeMillis
        const cached = entries.get(id)
        if (cached !== undefined && cached.expiry > now) {
          // Last used goes last: the first is the one to drop.
          entries.delete(id)
          entries.set(id, cached)
          return cached.record
        }
        const running = lookups.get(id)
        if (running !== undefined) return yield* Deferred.await(running)
        const began = generation
        const lookup: Lookup = yield* Deferred.make<Option.Option<SessionRecord>, BackendUnavailable>()
        lookups.set(id, lookup)
        // Not of the caller's life: others may be waiting for the same answer.
        yield* Effect.forkDetach(lookUp(id, lookup))
        const record = yield* Deferred.await(lookup)
        // An invalidation came while the backend was being asked: its answer may be the older one.
        return began === generation ? record : yield* backend.session(id)
      })

      const revoked = (record: SessionRecord): SessionRecord => ({ ...record, status: "revoked" })

      return SessionCache.of({
        get,
        revokeSession: (id) =>
          Effect.sync(() => {
            generation++
            const entry = entries.get(id)
            if (entry !== undefined) entries.set(id, { ...entry, record: Option.map(entry.record, revoked) })
          }),
        revokeUser: (userId) =>
          Effect.sync(() => {
            generation++
            for (const [id, entry] of entries) {
              if (Option.exists(entry.record, (it) => it.userId === userId)) {
                entries.set(id, { ...entry, record: Option.map(entry.record, revoked) })
              }
            }
          }),
        clear: Effect.sync(() => {
          generation++
          entries.clear()
        })
      })
    })
  )
