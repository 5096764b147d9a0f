/** Streams of one user over a hub, with a backend whose answers come when a test says so. */
import { Attempts } from "@galaxy/edge/hub/Attempts"
import * as eventStream from "@galaxy/edge/hub/eventStream"
import type { KeptEvents } from "@galaxy/edge/hub/KeptEvents"
import { KeptReads } from "@galaxy/edge/hub/KeptReads"
import type { Outgoing } from "@galaxy/edge/hub/Outgoing"
import type { StreamEnd } from "@galaxy/edge/hub/Outlet"
import * as PushHub from "@galaxy/edge/hub/PushHub"
import type { LiveEvent } from "@galaxy/edge/hub/PushSource"
import type { RefusedAt, Refusal } from "@galaxy/edge/Refusal"
import { assert } from "@effect/vitest"
import { Effect, Exit } from "effect"

export const user = "user-1"
export const session = "session-1"

export const event = (sequence: number, deviceSessionId = "", eventId = String(sequence)): LiveEvent => ({
  userId: user,
  deviceSessionId,
  kind: "game.turn.ready",
  payload: new Uint8Array(),
  eventId,
  requestId: "",
  traceId: "",
  sequence
})

/** What the backend keeps: numbers `oldest`..`newest`. An answer is what was kept when its read began. */
export class Kept {
  oldest = 1
  newest = 0
  reads = 0
  /** Whether answers come at once. */
  isPrompt = true
  readonly #unanswered: Array<() => void> = []

  page(after: number, limit: number): KeptEvents {
    const first = Math.max(after + 1, this.oldest)
    const events = Array.from({ length: Math.max(0, Math.min(limit, this.newest - first + 1)) }, (_, index) =>
      event(first + index)
    )
    return { events, oldest: this.newest === 0 ? 0 : this.oldest, newest: this.newest }
  }

  readonly read = (_: string, after: number, limit: number): Effect.Effect<KeptEvents> =>
    Effect.suspend(() => {
      this.reads++
      const page = this.page(after, limit)
      if (this.isPrompt) return Effect.succeed(page)
      return Effect.callback<KeptEvents>((resume) => {
        this.#unanswered.push(() => resume(Effect.succeed(page)))
      })
    })

  /** Answers the read that has waited for longest. */
  answer(): void {
    this.#unanswered.shift()?.()
  }

  answerAll(): void {
    this.isPrompt = true
    while (this.#unanswered.length > 0) this.answer()
  }
}

export interface Ended {
  readonly ending: StreamEnd
  readonly place: RefusedAt
}

/** What one client gets. */
export class Subscriber {
  readonly out: Array<Outgoing> = []
  readonly stream: eventStream.EventStream
  /** Whether the client takes what is sent. */
  isTaking = true
  ended: Ended | undefined

  constructor(services: eventStream.StreamServices, resumeAfter: number, deviceSessionId: string) {
    this.stream = new eventStream.EventStream(services, {
      userId: user,
      deviceSessionId,
      network: undefined,
      resumeAfter,
      requestId: "r",
      outlet: {
        write: () => true,
        end: (ending, place) => {
          assert.isUndefined(this.ended)
          this.ended = { ending, place }
        }
      }
    })
  }

  take(): void {
    this.isTaking = true
    this.stream.goOn()
  }

  /** Sent events by number, and everything else by its type. */
  get heard(): ReadonlyArray<number | string> {
    return this.out.map((it) => (it.type === "event" ? it.event.sequence : it.type))
  }

  /**
   * The number up to which it was told: by events or inside of gaps, one by one. Fails on a repeat or a hole. A stream for live
   * events begins where the server said.
   */
  get told(): number {
    const [first, ...rest] = this.out
    assert.strictEqual(first?.type, "server_time")
    let at = this.#from ?? (first?.type === "server_time" ? first.newest : 0)
    for (const it of rest) {
      if (it.type === "event") {
        assert.strictEqual(it.event.sequence, at + 1)
        at = it.event.sequence
      } else if (it.type === "gap" && it.last >= it.first) {
        assert.strictEqual(it.first, at + 1)
        at = it.last
      }
    }
    return at
  }

  #from: number | undefined

  resumedFrom(number: number): this {
    this.#from = number === 0 ? undefined : number
    return this
  }
}

/** Opens streams that read from `kept`. */
export const subscribers = (kept: Kept, options: Partial<PushHub.PushHubOptions> = {}) =>
  Effect.gen(function* () {
    const fork = Effect.runForkWith(yield* Effect.context())
    const hub = yield* Effect.provide(PushHub.PushHub, PushHub.layer({ inboxCapacity: 4, ...options }))
    const broken = (cause: unknown) => assert.fail(String(cause))
    const attempts = new Attempts({ fork, most: 2, broken })
    const reads = new KeptReads({ read: kept.read, attempts, pageSize: 3 })
    const byStream = new Map<eventStream.EventStream, Subscriber>()
    /** What the sessions of streams are refused with when they are looked up. */
    const checks: { refusal: Refusal | undefined } = { refusal: undefined }
    const services: eventStream.StreamServices = {
      send: (stream, it) => {
        const subscriber = byStream.get(stream)
        subscriber?.out.push(it)
        return subscriber?.isTaking ?? true
      },
      read: ({ userId }, wanted, known, done) => reads.ask(userId, wanted, known, done),
      check: (_, done) => {
        done(checks.refusal === undefined ? Exit.void : Exit.fail(checks.refusal))
        return () => undefined
      },
      broken,
      endingOf: (exit) => {
        const [reason] = exit.cause.reasons
        return reason?._tag === "Fail" ? reason.error : "defect"
      },
      over: (stream) => hub.forget(stream),
      inboxCapacity: hub.inboxCapacity
    }
    const open = (resumeAfter: number, deviceSessionId = session): Subscriber => {
      const subscriber = new Subscriber(services, resumeAfter, deviceSessionId).resumedFrom(resumeAfter)
      byStream.set(subscriber.stream, subscriber)
      assert.isUndefined(hub.register(subscriber.stream))
      subscriber.stream.start()
      return subscriber
    }
    /** Commits the next event, and tells of it. */
    const happens = (deviceSessionId = "") => Effect.sync(() => hub.publish(event(++kept.newest, deviceSessionId)))
    return { hub, open, happens, checks }
  })

/** Lets everything run that can. */
export const settle = Effect.forEach(Array.from({ length: 20 }), () => Effect.yieldNow, { discard: true })
