/** A player's program on the real client: it reads events, sometimes slowly, and keeps how far it has come. */
import * as DeviceKey from "@galaxy/client/DeviceKey"
import type { Subscription } from "@galaxy/client/EventStream"
import * as GalaxyClient from "@galaxy/client/GalaxyClient"
import type { PlayerEvent } from "@galaxy/client/PlayerEvent"
import type { DeviceSessionId } from "@galaxy/contract/ids/Ids"
import { Effect, Exit, Fiber, Latch, type Scope, Stream } from "effect"
import type { User } from "./MemoryBackend.ts"

/** One run of the program, from its start to its end. */
export interface Run {
  /** The last number that was handled before; `undefined` for the present. */
  readonly after: number | undefined
  /** The user's newest number when the stream was first seen to be live. */
  liveAt: number | undefined
  readonly delivered: Array<PlayerEvent>
  /** What the stream has ended with by itself. */
  ended: string | undefined
}

export class App {
  readonly key = DeviceKey.fromSeed(crypto.getRandomValues(new Uint8Array(32)))
  readonly runs: Array<Run> = []
  /** Closed while the program is slow. */
  readonly gate = Latch.makeUnsafe(true)
  #stop: Effect.Effect<void> = Effect.void
  #subscription: Subscription | undefined
  client: GalaxyClient.GalaxyClient | undefined

  readonly sessionId: string
  readonly user: User

  constructor(sessionId: string, user: User) {
    this.sessionId = sessionId
    this.user = user
  }

  get run(): Run | undefined {
    return this.runs.at(-1)
  }

  /** The number up to which it has handled everything; undefined before it knows one. */
  get handled(): number | undefined {
    for (const run of this.runs.toReversed()) {
      const last = run.delivered.at(-1)
      if (last !== undefined) return last.kind === "gateway.gap" ? last.payload.resumed_after : last.sequence
      if (run.after !== undefined) return run.after
    }
    return undefined
  }

  start(baseUrl: string, gatewayKey: Uint8Array<ArrayBuffer>): Effect.Effect<void, never, Scope.Scope> {
    return Effect.gen({ self: this }, function* () {
      const handled = this.handled
      // 0 means the present.
      const run: Run = {
        after: handled === 0 ? undefined : handled,
        liveAt: undefined,
        delivered: [],
        ended: undefined
      }
      this.runs.push(run)
      this.client ??= yield* Effect.orDie(
        GalaxyClient.make({
          baseUrl,
          gatewayKey,
          session: { deviceSessionId: this.sessionId as DeviceSessionId, key: this.key }
        })
      )
      const subscription = yield* this.client.subscribe(run.after === undefined ? "now" : { after: run.after })
      this.#subscription = subscription
      const watching = yield* Effect.forkScoped(
        Stream.runForEach(subscription.state, ({ _tag }) =>
          Effect.sync(() => {
            if (_tag === "live") run.liveAt ??= this.user.newest
          })
        )
      )
      const reading = yield* subscription.events.pipe(
        Stream.runForEach((event) =>
          Effect.andThen(
            this.gate.await,
            Effect.sync(() => void run.delivered.push(event))
          )
        ),
        Effect.onExit((exit) =>
          Effect.sync(() => {
            if (Exit.isSuccess(exit)) run.ended = "end"
            const failure = Exit.isFailure(exit) ? exit.cause.reasons.find((it) => it._tag === "Fail") : undefined
            if (failure !== undefined) run.ended = failure.error._tag
          })
        ),
        Effect.exit,
        Effect.forkScoped
      )
      this.#stop = Effect.andThen(Fiber.interrupt(reading), Effect.asVoid(Fiber.interrupt(watching)))
    })
  }

  /** The program ends without a word. */
  get stop(): Effect.Effect<void> {
    return this.#stop
  }

  get reconnectNow(): Effect.Effect<void> {
    return this.#subscription?.reconnectNow ?? Effect.void
  }
}
