/** Event streams as streams of Effect's, for whoever embeds a gateway and for forms that are served by a library. */
import { Effect, Stream } from "effect"
import type { Envelope, Peer } from "../Envelope.ts"
import type { Refusal } from "../Refusal.ts"
import type { OpenStream, Outlet, StreamEnd } from "./Outlet.ts"
import type { SignedEvent } from "./signing.ts"

/** Events that may wait to be pulled. */
const capacity = 16

type Taken = Effect.Effect<SignedEvent, Refusal>

/** Holds what was sent until it is pulled. */
class Pulled implements Outlet {
  readonly #stream: OpenStream
  readonly #events: Array<SignedEvent> = []
  #end: Taken | undefined
  #waiting: ((taken: Taken) => void) | undefined

  constructor(open: (outlet: Outlet) => OpenStream) {
    this.#stream = open(this)
  }

  write(event: SignedEvent): boolean {
    const waiting = this.#waiting
    this.#waiting = undefined
    if (waiting === undefined) this.#events.push(event)
    else waiting(Effect.succeed(event))
    return this.#events.length < capacity
  }

  end(ending: StreamEnd): void {
    this.#end = ending === "defect" ? Effect.die(new Error("the event stream failed")) : Effect.fail(ending)
    this.#waiting?.(this.#end)
    this.#waiting = undefined
  }

  /** What was sent before the end comes before it. */
  readonly take: Taken = Effect.suspend((): Taken => {
    const event = this.#events.shift()
    if (event === undefined) {
      return (
        this.#end ??
        Effect.callback<SignedEvent, Refusal>((resume) => {
          this.#waiting = resume
          return Effect.sync(() => {
            this.#waiting = undefined
          })
        })
      )
    }
    // It was full.
    if (this.#events.length === capacity - 1) this.#stream.goOn()
    return Effect.succeed(event)
  })

  readonly close = (): void => this.#stream.close()
}

/** The stream of a subscription, which is closed with it. */
export const viewOf =
  (open: (envelope: Envelope, peer: Peer, outlet: Outlet) => OpenStream) =>
  (envelope: Envelope, peer: Peer): Stream.Stream<SignedEvent, Refusal> =>
    Stream.unwrap(
      Effect.map(
        Effect.acquireRelease(
          Effect.sync(() => new Pulled((outlet) => open(envelope, peer, outlet))),
          (pulled) => Effect.sync(pulled.close)
        ),
        ({ take }) => Stream.fromEffectRepeat(take)
      )
    )
