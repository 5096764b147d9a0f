/**
 * Several backends as one: each call goes to one that is ready, doesn't hold calls of its kind back, and has most places free.
 *
 * A call of which nothing was sent goes on to the next backend at once. One that may have run is never made again, unless it
 * only reads. While there are several, each is probed once a second; one that says that it isn't ready or that it ends gets no
 * further calls, and neither does one that can't be reached, as long as there is a better one. Each has circuits and places of
 * its own (`GuardedBackend`), so one that is dead holds nobody back. A read that waits at a backend when that falls silent is
 * made again at another: a frozen process keeps its connections, so nothing else would end the wait before its deadline.
 */
import { gauge } from "@galaxy/contract/telemetry/instruments"
import { Clock, Context, Deferred, Effect, Layer } from "effect"
import { type Awaitable, andThen, isPromise } from "./Awaitable.ts"
import { type BackendAnswer, BackendClient } from "./BackendClient.ts"
import { type BackendCounts, type BackendState, BackendStates } from "./BackendStates.ts"
import { type Backend, Backends } from "./Backends.ts"
import * as GuardedBackend from "./GuardedBackend.ts"
import { monotonicMillisOf } from "./monotonicMillis.ts"
import { BackendUnavailable } from "./Refusal.ts"

const known = gauge("galaxy.gateway.backends")

/** How often backends are probed while there are several, and how long a probe may take, in milliseconds. */
const probeEveryMs = 1_000
const probeMs = 2_000

/** A call that has waited for longer, in milliseconds, isn't taken to a further backend. */
const moveOnMs = 5_000

/** A backend that there is, and how it is. */
class Tracked {
  readonly backend: Backend
  readonly guarded: GuardedBackend.Guarded
  #state: BackendState = "ready"
  /** Those who wait for an answer that another backend could give as well. */
  readonly #waiting = new Set<() => void>()

  constructor(backend: Backend, guarded: GuardedBackend.Guarded) {
    this.backend = backend
    this.guarded = guarded
  }

  get state(): BackendState {
    return this.#state === "ready" && this.backend.isLeaving() ? "unready" : this.#state
  }

  set state(state: BackendState) {
    this.#state = state
  }

  /** Those who wait for an answer are told that another backend has one. */
  giveUp(): void {
    for (const hear of this.#waiting) hear()
    this.#waiting.clear()
  }

  /** Calls `hear` once, when the backend is silent and there is another one; returns what ends that. */
  onSilent(hear: () => void): () => void {
    this.#waiting.add(hear)
    return () => void this.#waiting.delete(hear)
  }

  /** The lower, the sooner it is called. One that holds calls of a kind back is asked only where all do. */
  rank(kind: string): number {
    const held = this.guarded.holdsBack(kind) ? 3 : 0
    return held + (this.state === "ready" ? 0 : this.state === "unready" ? 1 : 2)
  }
}

/** Whether another backend may be asked after this. */
const mayMoveOn = ({ fate, retryAfterMs }: BackendUnavailable, reads: boolean): boolean =>
  fate === "unsent" || retryAfterMs !== undefined || (reads && fate === "cut")

/** What a caller is told when several backends have failed: where one can say when to come again, that. */
const sooner = (before: BackendUnavailable | undefined, now: BackendUnavailable): BackendUnavailable => {
  if (before?.retryAfterMs === undefined) return now
  return now.retryAfterMs === undefined || before.retryAfterMs < now.retryAfterMs ? before : now
}

const silent = () => new BackendUnavailable({ fate: "cut" })

/** A read's outcome, unless its backend is silent and there is another one. The call itself goes on to its deadline. */
const unlessSilent = <A>(it: Tracked, outcome: Promise<A>): Promise<A | BackendUnavailable> =>
  new Promise((resolve, reject) => {
    const ended = it.onSilent(() => resolve(silent()))
    void outcome.then(resolve, reject).finally(ended)
  })

/** Fails when the backend is silent and there is another one. */
const silence = (it: Tracked): Effect.Effect<never, BackendUnavailable> =>
  Effect.callback((resume) => {
    const ended = it.onSilent(() => resume(Effect.fail(silent())))
    return Effect.sync(ended)
  })

/** The backends that there are, tracked by identity. */
const trackedIn = (all: () => ReadonlyArray<Backend>, track: (backend: Backend) => Tracked) => {
  let seen: ReadonlyArray<Backend> | undefined
  let tracked: ReadonlyArray<Tracked> = []
  return (): ReadonlyArray<Tracked> => {
    const current = all()
    if (current === seen) return tracked
    const before = new Map(tracked.map((it) => [it.backend, it] as const))
    tracked = current.map((it) => before.get(it) ?? track(it))
    seen = current
    for (const [backend, it] of before) if (!current.includes(backend)) it.guarded.forget()
    return tracked
  }
}

/** Never fails to build. Without any backend, calls fail as unavailable. */
export const layer = (
  options: GuardedBackend.GuardOptions = {}
): Layer.Layer<BackendClient | BackendStates, never, Backends> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const backends = yield* Backends
      const guard = yield* GuardedBackend.make(options)
      const clock = yield* Clock.Clock
      const now = () => monotonicMillisOf(clock)
      const current = trackedIn(backends.current, (it) => new Tracked(it, guard(it.client, it.name)))
      let turn = 0

      /** The best that isn't among `tried`; undefined when there is none. Equals take turns. */
      const chosen = (kind: string, tried: ReadonlyArray<Tracked>): Tracked | undefined => {
        const all = current()
        if (all.length === 1 && tried.length === 0) return all[0]
        let best: Tracked | undefined
        let [bestRank, bestFree] = [0, 0]
        turn = (turn + 1) % Math.max(1, all.length)
        for (let at = 0; at < all.length; at++) {
          const it = all[(turn + at) % all.length]
          if (it === undefined || tried.includes(it)) continue
          const [rank, free] = [it.rank(kind), it.guarded.free()]
          if (best !== undefined && (rank > bestRank || (rank === bestRank && free <= bestFree))) continue
          ;[best, bestRank, bestFree] = [it, rank, free]
        }
        return best
      }

      /** Notes what a failed call says of its backend, until the next probe. */
      const noted = (it: Tracked, { fate }: BackendUnavailable): void => {
        if (fate === "unsent" && current().length > 1) it.state = "unavailable"
      }

      type Outcome = BackendAnswer | BackendUnavailable

      const forward = (
        kind: string,
        reads: boolean,
        call: (backend: GuardedBackend.Guarded) => Awaitable<Outcome>,
        begun = now(),
        tried: ReadonlyArray<Tracked> = [],
        before?: BackendUnavailable
      ): Awaitable<Outcome> => {
        const it = chosen(kind, tried)
        if (it === undefined) return before ?? new BackendUnavailable()
        const made = call(it.guarded)
        const isWaitedFor = isPromise(made) && reads && current().length > 1
        return andThen(isWaitedFor ? unlessSilent(it, made) : made, (outcome: Outcome) => {
          if (!(outcome instanceof BackendUnavailable)) return outcome
          noted(it, outcome)
          const why = sooner(before, outcome)
          if (!mayMoveOn(outcome, reads) || now() - begun >= moveOnMs) return why
          return forward(kind, reads, call, begun, [...tried, it], why)
        })
      }

      const asked = <A>(
        kind: string,
        reads: boolean,
        call: (backend: GuardedBackend.Guarded) => Effect.Effect<A, BackendUnavailable>,
        begun = now(),
        tried: ReadonlyArray<Tracked> = [],
        before?: BackendUnavailable
      ): Effect.Effect<A, BackendUnavailable> =>
        Effect.suspend(() => {
          const it = chosen(kind, tried)
          if (it === undefined) return Effect.fail(before ?? new BackendUnavailable())
          const made = call(it.guarded)
          const watched = reads && current().length > 1 ? Effect.raceFirst(made, silence(it)) : made
          return Effect.catch(watched, (outcome) => {
            noted(it, outcome)
            const why = sooner(before, outcome)
            if (!mayMoveOn(outcome, reads) || now() - begun >= moveOnMs) return Effect.fail(why)
            return asked(kind, reads, call, begun, [...tried, it], why)
          })
        })

      const counts = (): BackendCounts => {
        const all = { ready: 0, unready: 0, unavailable: 0 }
        for (const { state } of current()) all[state] += 1
        return all
      }

      const probe = (it: Tracked) =>
        it.guarded.ready.pipe(
          Effect.timeoutOrElse({ duration: probeMs, orElse: () => Effect.fail(new BackendUnavailable()) }),
          Effect.match({
            onFailure: ({ fate }): BackendState => (fate === "unready" ? "unready" : "unavailable"),
            onSuccess: (): BackendState => "ready"
          }),
          Effect.tap((state) =>
            Effect.sync(() => {
              it.state = state
              if (state === "unavailable" && current().some((other) => other.state === "ready")) it.giveUp()
            })
          )
        )

      /** Asks all of them at the same time, and tells of each that is ready. */
      const probed = (isReady: Effect.Effect<unknown> = Effect.void) =>
        Effect.suspend(() =>
          Effect.forEach(
            current(),
            (it) => Effect.flatMap(probe(it), (state) => (state === "ready" ? isReady : Effect.void)),
            { concurrency: "unbounded", discard: true }
          )
        ).pipe(
          Effect.map(() => {
            for (const [state, count] of Object.entries(counts())) known(count, state)
          })
        )

      const scope = yield* Effect.scope
      /** Until one is ready: whether others are silent takes longer to find out. */
      const firstReady = Effect.gen(function* () {
        const found = yield* Deferred.make<void, BackendUnavailable>()
        const all = Effect.andThen(
          probed(Deferred.succeed(found, undefined)),
          Deferred.fail(found, new BackendUnavailable())
        )
        yield* Effect.forkIn(all, scope)
        yield* Deferred.await(found)
      })

      yield* Effect.suspend(() => (current().length > 1 ? probed() : Effect.void)).pipe(
        Effect.andThen(Effect.sleep(probeEveryMs)),
        Effect.forever,
        Effect.forkScoped
      )

      const client = BackendClient.of({
        session: (id) => asked("sessions", true, (it) => it.session(id)),
        events: (userId, after, limit) => asked("events", true, (it) => it.events(userId, after, limit)),
        forward: (request, signal) =>
          forward(request.messageType ?? GuardedBackend.otherCommands, request.method === "GET", (it) =>
            it.forward(request, signal)
          ),
        public: (request) => asked("public", false, (it) => it.public(request)),
        ready: firstReady
      })
      return Context.make(BackendClient, client).pipe(Context.add(BackendStates, BackendStates.of({ counts })))
    })
  )
