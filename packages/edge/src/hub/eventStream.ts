/**
 * One user's events for one stream: all kept events above the client's number, then live ones, without gaps or repeats.
 *
 * `#last` is the number up to which everything was sent, waits in the backlog, or was reported as a gap. An event is passed on
 * only if it is the next one; otherwise something is missing, and is read from the backend. Nothing runs for a stream that has
 * nothing to send: it is an object in the hub.
 */
import type { Exit } from "effect"
import { RateLimited, type Refusal, SessionRevoked, ShuttingDown } from "../Refusal.ts"
import type { KeptPage, Question, Wanted } from "./KeptReads.ts"
import type { Outgoing } from "./Outgoing.ts"
import type { Outlet, StreamEnd } from "./Outlet.ts"
import type { EndReason, HubStream } from "./PushHub.ts"
import type { LiveEvent } from "./PushSource.ts"

/** What all streams of a gateway have in common. */
export interface StreamServices {
  /**
   * Signs and sends. True where the client takes more at once. Otherwise `goOn` says when it does, or when the signature,
   * which has to be waited for, was sent.
   */
  readonly send: (stream: EventStream, it: Outgoing) => boolean
  /** Reads kept events; `known` is the highest number that was heard or sent. */
  readonly read: (
    stream: EventStream,
    wanted: Wanted,
    known: number,
    done: (exit: Exit.Exit<KeptPage, Refusal>) => void
  ) => Question
  /** Whether the stream may go on: its end may be among what was missed. Returns how to give up. */
  readonly check: (stream: EventStream, done: (exit: Exit.Exit<void, Refusal>) => void) => () => void
  /** A stream has failed in a way that nothing foresees; logs it. */
  readonly broken: (cause: unknown) => void
  /** The ending of a failure; logs defects. */
  readonly endingOf: (exit: Exit.Failure<unknown, Refusal>) => StreamEnd
  /** Called once, when the stream has ended or was closed: it is forgotten. */
  readonly over: (stream: EventStream) => void
  /** Live events that may wait for one stream; beyond them the oldest are dropped, and read again later. */
  readonly inboxCapacity: number
}

/** Whose stream it is, and where it goes. */
export interface EventStreamOptions {
  readonly userId: string
  readonly deviceSessionId: string
  readonly network: string | undefined
  /** The client's last number; 0 for live events only. */
  readonly resumeAfter: number
  /** The id of the subscription, which the first event answers. */
  readonly requestId: string
  readonly outlet: Outlet
}

const displacedRetryMs = 5_000

const refusalOf = (reason: EndReason): Refusal => {
  switch (reason) {
    case "session_revoked":
      return new SessionRevoked()
    case "shutting_down":
      return new ShuttingDown()
    case "displaced":
      return new RateLimited({ retryAfterMs: displacedRetryMs })
  }
}

const gap = (first: number, last: number): Outgoing => ({ type: "gap", first, last, resumedAfter: last })

/** Shared by all streams of which nothing waits. */
const nothing: ReadonlyArray<never> = []

/**
 * Begins, once `start` was called, with `server_time`. Where the client's number is beyond the newest, a gap follows and the
 * stream continues after the newest. Ends with the failure of a read or check, or as the hub says.
 */
export class EventStream implements HubStream {
  readonly userId: string
  readonly deviceSessionId: string
  readonly network: string | undefined
  readonly outlet: Outlet
  readonly requestId: string
  /** When something was last sent, in monotonic milliseconds; kept by whoever sends heartbeats. */
  sentAt = 0
  readonly #services: StreamServices
  #phase: "new" | "opening" | "open" | "over" = "new"
  #hasSent = false
  #last: number
  /** Why nothing can be sent now. */
  #isBlocked = false
  /** A read or a check is under way. */
  #isAsking = false
  #giveUp: (() => void) | undefined
  #question: Question | undefined
  #isPumping = false
  /** There may be kept events above `#last`. */
  #isBehind = true
  #mayHaveMissed = false
  /** The highest number that was heard and dropped. */
  #known = 0
  #backlog: ReadonlyArray<Outgoing> = nothing
  #sentOfBacklog = 0
  #inbox: Array<LiveEvent> | undefined

  constructor(services: StreamServices, options: EventStreamOptions) {
    this.#services = services
    this.userId = options.userId
    this.deviceSessionId = options.deviceSessionId
    this.network = options.network
    this.#last = options.resumeAfter
    this.requestId = options.requestId
    this.outlet = options.outlet
  }

  get isOver(): boolean {
    return this.#phase === "over"
  }

  /** The hub knows it: reads how far the user's events go, and begins. */
  start(): void {
    if (this.#phase !== "new") return
    this.#phase = "opening"
    this.#pump()
  }

  event(event: LiveEvent): void {
    if (this.isOver) return
    if (this.#isIdle) {
      this.#take(event)
      this.#pump()
      return
    }
    this.#question?.heard(event.sequence)
    this.#inbox ??= []
    this.#inbox.push(event)
    if (this.#inbox.length > this.#services.inboxCapacity) this.#inbox.shift()
  }

  missed(): void {
    if (this.isOver) return
    this.#mayHaveMissed = true
    this.#question?.missed()
    // Not at once: another stream of the user may wait for a read that counts no more, and hear of that only now.
    queueMicrotask(() => this.#pump())
  }

  end(reason: EndReason): void {
    this.#finish(refusalOf(reason))
  }

  /** The client takes events again, or what had to be waited for was sent. */
  goOn(): void {
    this.#isBlocked = false
    this.#pump()
  }

  /** Nothing was sent for a while. */
  beat(): void {
    if (this.#hasSent && !this.#isBlocked && !this.isOver) this.#send({ type: "heartbeat" })
  }

  /** Ends it with what went wrong outside of it. */
  fail(ending: StreamEnd): void {
    this.#finish(ending)
  }

  /** Something threw, such as the outlet. It ends this stream and nothing else: many are told in one loop. */
  broke(cause: unknown): void {
    this.#services.broken(cause)
    this.#finish("defect")
  }

  /** The client is gone. */
  close(): void {
    if (this.isOver) return
    this.#phase = "over"
    this.#giveUp?.()
    this.#question?.cancel()
    this.#giveUp = undefined
    this.#question = undefined
    this.#backlog = nothing
    this.#inbox = undefined
    this.#services.over(this)
  }

  #finish(ending: StreamEnd): void {
    if (this.isOver) return
    this.close()
    try {
      this.outlet.end(ending, this.#hasSent ? "stream" : "request")
    } catch (cause) {
      this.#services.broken(cause)
    }
  }

  /** Whether the next event can be sent as it comes. */
  get #isIdle(): boolean {
    return (
      this.#phase === "open" &&
      !this.#isBlocked &&
      !this.#isAsking &&
      !this.#isBehind &&
      !this.#mayHaveMissed &&
      !this.#isPumping &&
      this.#backlog.length === 0 &&
      this.#inbox === undefined
    )
  }

  /** Does what can be done now. */
  #pump(): void {
    if (this.#isPumping) return
    this.#isPumping = true
    try {
      while (!this.isOver && this.#phase !== "new" && this.#step()) {
        // Each step is done in its own call.
      }
    } catch (cause) {
      this.broke(cause)
    } finally {
      this.#isPumping = false
    }
  }

  /** False where there is nothing to do, or only to wait. */
  #step(): boolean {
    if (this.#isAsking) return this.#sendBacklog()
    if (this.#phase === "open" && this.#mayHaveMissed) return this.#check()
    if (this.#isBlocked) return false
    if (this.#backlog.length > 0) return this.#sendBacklog()
    if (this.#isBehind) return this.#read()
    const event = this.#inbox?.shift()
    if (event === undefined) {
      this.#inbox = undefined
      return false
    }
    this.#take(event)
    return true
  }

  #sendBacklog(): boolean {
    const next = this.#isBlocked ? undefined : this.#backlog[this.#sentOfBacklog]
    if (next === undefined) return false
    this.#sentOfBacklog += 1
    if (this.#sentOfBacklog === this.#backlog.length) this.#keep(nothing)
    this.#send(next)
    return true
  }

  #keep(backlog: ReadonlyArray<Outgoing>): void {
    this.#backlog = backlog
    this.#sentOfBacklog = 0
  }

  #send(it: Outgoing): void {
    this.#hasSent = true
    try {
      if (!this.#services.send(this, it)) this.#isBlocked = true
    } catch (cause) {
      this.broke(cause)
    }
  }

  #check(): boolean {
    this.#mayHaveMissed = false
    this.#isBehind = true
    this.#isAsking = true
    const giveUp = this.#services.check(this, (exit) => {
      this.#isAsking = false
      this.#giveUp = undefined
      if (exit._tag === "Failure") this.#finish(this.#services.endingOf(exit))
      else this.#pump()
    })
    if (this.#isAsking) this.#giveUp = giveUp
    return true
  }

  #read(): boolean {
    this.#isBehind = false
    this.#isAsking = true
    const isFirst = this.#phase === "opening"
    const wanted = isFirst && this.#last === 0 ? "newest" : this.#last
    const question = this.#services.read(this, wanted, Math.max(this.#known, this.#last), (exit) => {
      this.#isAsking = false
      this.#question = undefined
      if (exit._tag === "Failure") {
        this.#finish(this.#services.endingOf(exit))
        return
      }
      try {
        const { more, newest } = exit.value
        // Joined, and older than what the client has seen.
        if (isFirst && more && newest < this.#last) this.#isBehind = true
        else this.#accept(exit.value, isFirst ? this.#begin(exit.value) : [])
      } catch (cause) {
        this.broke(cause)
      }
      this.#pump()
    })
    if (this.#isAsking) this.#question = question
    return true
  }

  #begin({ newest }: KeptPage): Array<Outgoing> {
    const resumeAfter = this.#last
    this.#phase = "open"
    // The backend hasn't reached this number: its database may have been restored from a copy.
    const isAhead = resumeAfter > newest
    if (resumeAfter === 0 || isAhead) this.#last = newest
    const time: Outgoing = { type: "server_time", newest }
    return isAhead ? [time, { type: "gap", first: newest + 1, last: resumeAfter, resumedAfter: newest }] : [time]
  }

  /** Puts a page behind what is still to be sent. */
  #accept({ events, more, newest }: KeptPage, out: Array<Outgoing>): void {
    for (const event of events) this.#advance(event, out)
    if (more) this.#isBehind = true
    else if (newest < this.#last) {
      // The database was restored from a copy: numbers that were sent will be given again.
      out.push({ type: "gap", first: newest + 1, last: this.#last, resumedAfter: newest })
      this.#last = newest
      this.#known = 0
    } else if (events.length === 0 && newest > this.#last) {
      // Everything above has expired already.
      out.push(gap(this.#last + 1, newest))
      this.#last = newest
    }
    if (out.length > 0) this.#keep([...this.#backlog.slice(this.#sentOfBacklog), ...out])
  }

  /** A live event: sent if it is the next one. After a hole, it is read with what is missing. */
  #take(event: LiveEvent): void {
    if (event.sequence > this.#last + 1) {
      this.#isBehind = true
      this.#known = Math.max(this.#known, event.sequence)
      return
    }
    if (event.sequence <= this.#last) return
    this.#last = event.sequence
    if (this.#isForeign(event)) return
    this.#send({ type: "event", event })
  }

  /** Accepts a kept event: the event itself, after a gap where numbers are missing. */
  #advance(event: LiveEvent, out: Array<Outgoing>): void {
    if (event.sequence <= this.#last) return
    if (event.sequence > this.#last + 1) out.push(gap(this.#last + 1, event.sequence - 1))
    this.#last = event.sequence
    if (!this.#isForeign(event)) out.push({ type: "event", event })
  }

  /** Whether it is for another session of the user. */
  #isForeign({ deviceSessionId }: LiveEvent): boolean {
    return deviceSessionId !== "" && deviceSessionId !== this.deviceSessionId
  }
}
