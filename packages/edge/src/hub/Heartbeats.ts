/**
 * Tells streams when nothing was sent for a while. One fiber does so for all of them: they are kept in the order in which
 * something was last sent, so the first is the next to be told.
 */
import { type Clock, Effect, type Scope } from "effect"
import { monotonicMillis, monotonicMillisOf } from "../monotonicMillis.ts"

/** What is told. */
export interface Beating {
  /** When something was last sent, in monotonic milliseconds. */
  sentAt: number
  /** Called after each silence, one after the other. */
  beat(): void
}

/** So many are told before others of this process get their turn. */
const atOnce = 64

/** The streams that are open. */
export class Heartbeats {
  readonly #clock: Clock.Clock
  readonly #everyMs: number
  readonly #streams = new Set<Beating>()
  #wake: (() => void) | undefined

  private constructor(clock: Clock.Clock, everyMs: number) {
    this.#clock = clock
    this.#everyMs = everyMs
  }

  /** Beats after `everyMs` of silence as long as the scope lives. */
  static make(clock: Clock.Clock, everyMs: number): Effect.Effect<Heartbeats, never, Scope.Scope> {
    const heartbeats = new Heartbeats(clock, everyMs)
    return Effect.as(Effect.forkScoped(Effect.forever(heartbeats.#round)), heartbeats)
  }

  /** Something was sent, for the first time or again. */
  sent(stream: Beating): void {
    this.#streams.delete(stream)
    this.#streams.add(stream)
    stream.sentAt = monotonicMillisOf(this.#clock)
    this.#wake?.()
  }

  remove(stream: Beating): void {
    this.#streams.delete(stream)
  }

  readonly #someStream = Effect.callback<void>((resume) => {
    this.#wake = () => {
      this.#wake = undefined
      resume(Effect.void)
    }
  })

  readonly #round = Effect.suspend(() => {
    const [first] = this.#streams
    if (first === undefined) return this.#someStream
    return Effect.flatMap(monotonicMillis, (now) => {
      const waitMs = first.sentAt + this.#everyMs - now
      if (waitMs > 0) return Effect.sleep(waitMs)
      this.#beat(now)
      return Effect.sleep(0)
    })
  })

  #beat(now: number): void {
    let told = 0
    for (const stream of this.#streams) {
      if (told === atOnce || stream.sentAt + this.#everyMs > now) return
      told += 1
      // One that can't send now is asked again after the same time.
      this.sent(stream)
      stream.beat()
    }
  }
}
