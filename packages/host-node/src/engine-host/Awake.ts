/**
 * Which of the running engines are in use, and which may be put to sleep to make room: the one that has been idle
 * longest, never one that is held or has just been started.
 *
 * Whoever needs room and finds none waits in line until an engine is idle, or one has ended.
 */
import type { GameId } from "@galaxy/contract/ids/Ids"
import { Clock, Deferred, Duration, Effect, Option } from "effect"

/** How long an engine that nobody has held yet is kept for whoever has started it. */
const fresh = 1_000

/** How often those in line look again, besides when an engine is let go. */
const again = "100 millis"

interface Entry {
  holds: number
  /** Somebody has held it since it was started. */
  held: boolean
  /** Milliseconds of the monotonic clock. */
  usedAt: number
}

/** Milliseconds of the monotonic clock, for the methods of `Awake`. */
export const nowMs: Effect.Effect<number> = Effect.map(Clock.monotonicTimeNanos, (nanos) => Number(nanos / 1_000_000n))

/** The bookkeeping of one host. Everything but `makeRoom` is immediate. */
export class Awake {
  /** The one that was used last comes last. */
  readonly #entries = new Map<GameId, Entry>()
  readonly #line: Array<object> = []
  #changed = Deferred.makeUnsafe<void>()

  /** An engine runs, since now. */
  started(gameId: GameId, now: number): void {
    this.#entries.set(gameId, { holds: 0, held: false, usedAt: now })
  }

  /** It runs no more. */
  gone(gameId: GameId): void {
    this.#entries.delete(gameId)
    this.notify()
  }

  /** Somebody has asked for it. */
  used(gameId: GameId, now: number): void {
    const entry = this.#entries.get(gameId)
    if (entry === undefined) return
    entry.usedAt = now
    this.#entries.delete(gameId)
    this.#entries.set(gameId, entry)
  }

  /** It isn't put to sleep until the returned function is called. */
  hold(gameId: GameId, now: number): (now: number) => void {
    const entry = this.#entries.get(gameId)
    if (entry === undefined) return () => undefined
    entry.holds++
    entry.held = true
    this.used(gameId, now)
    return (then) => {
      entry.holds--
      // Another run of the engine may have begun meanwhile.
      if (this.#entries.get(gameId) === entry) this.used(gameId, then)
      this.notify()
    }
  }

  /** The engine that has been idle longest; absent if all are in use. */
  idlest(now: number): GameId | undefined {
    for (const [gameId, entry] of this.#entries) {
      const isFresh = !entry.held && now - entry.usedAt < fresh
      if (entry.holds === 0 && !isFresh) return gameId
    }
    return undefined
  }

  /** Engines that nobody has used for that long. */
  idleFor(time: Duration.Duration, now: number): ReadonlyArray<GameId> {
    const before = now - Duration.toMillis(time)
    return [...this.#entries].filter(([, it]) => it.holds === 0 && it.usedAt <= before).map(([gameId]) => gameId)
  }

  /** Something has changed that those in line may wait for. */
  notify(): void {
    const changed = this.#changed
    this.#changed = Deferred.makeUnsafe<void>()
    Deferred.doneUnsafe(changed, Effect.void)
  }

  /**
   * Runs `take` until it succeeds, and puts an idle engine to sleep before each further attempt. Those who wait are
   * served in the order in which they came; none waits for much longer than `patience`. Can be interrupted while it
   * waits, also as the acquisition of a resource, and not between `take` and its result.
   */
  makeRoom<A, R>(
    take: Effect.Effect<Option.Option<A>, never, R>,
    sleep: (gameId: GameId) => Effect.Effect<void>,
    patience: Duration.Duration
  ): Effect.Effect<Option.Option<A>, never, R> {
    const line = this.#line
    const me = {}
    const attempts = Effect.gen({ self: this }, function* () {
      const until = (yield* nowMs) + Duration.toMillis(patience)
      for (;;) {
        const changed = this.#changed
        const now = yield* nowMs
        if (line[0] === me) {
          const taken = yield* take
          if (Option.isSome(taken)) return taken
          const idle = this.idlest(now)
          if (idle !== undefined) {
            yield* sleep(idle)
            continue
          }
        }
        if (now >= until) return Option.none<A>()
        yield* Effect.interruptible(Effect.raceFirst(Deferred.await(changed), Effect.sleep(again)))
      }
    })
    return Effect.uninterruptible(
      Effect.andThen(
        Effect.sync(() => void line.push(me)),
        Effect.ensuring(
          attempts,
          Effect.sync(() => {
            line.splice(line.indexOf(me), 1)
            this.notify()
          })
        )
      )
    )
  }
}
