/**
 * A backend in memory for models: numbered events of users, a push log, sessions, and what can become of them. The broker
 * over its log is the real one.
 */
import * as Cursor from "@galaxy/core/push/Cursor"
import { LogRow } from "@galaxy/core/push/LogRow"
import * as PushBroker from "@galaxy/core/push/PushBroker"
import { PushLog } from "@galaxy/core/push/PushLog"
import { DatabaseSignal } from "@galaxy/core/shared/DatabaseSignal"
import { BackendClient, type SessionIdentity } from "@galaxy/edge/BackendClient"
import { BackendUnavailable } from "@galaxy/edge/Refusal"
import type { SeededRandom } from "@galaxy/testkit/SeededRandom"
import { DateTime, Effect, Layer, Option, PubSub, Stream } from "effect"

/** An event that was committed, kept or not. */
export interface Fact {
  readonly sequence: number
  readonly id: string
  /** Empty where it is for all sessions of the user. */
  readonly sessionId: string
  readonly payload: Uint8Array
}

/** The events of one user. */
export class User {
  readonly facts: Array<Fact> = []
  /** The highest number that has expired. */
  expired = 0

  readonly id: string

  constructor(id: string) {
    this.id = id
  }

  get newest(): number {
    return this.facts.length
  }
}

const kind = "model.happened"
const neverCalled = () => Effect.die("not called by a broker")

export class MemoryBackend {
  readonly users: ReadonlyArray<User>
  readonly sessions = new Map<string, SessionIdentity>()
  /** Nothing is answered. */
  isDown = false
  /** Every so many rows on average are delivered again. */
  repeatsPerRow = 0
  readonly #random: SeededRandom
  readonly #woken = Effect.runSync(PubSub.sliding<void>(1))
  #rows: Array<LogRow> = []
  /** The number of the last row that was removed, and of the last one at all. */
  #floor = 0n
  #head = 0n

  constructor(users: ReadonlyArray<User>, random: SeededRandom) {
    this.users = users
    this.#random = random
  }

  commit(user: User, payload: Uint8Array, sessionId = ""): void {
    const sequence = user.newest + 1
    const id = crypto.randomUUID()
    user.facts.push({ sequence, id, sessionId, payload })
    const deviceSessionId = sessionId === "" ? null : sessionId
    this.#append({ userId: user.id, deviceSessionId, sequence: BigInt(sequence), kind, payload, id })
  }

  /** Ends one session, or all of a user. */
  revoke(of: { readonly sessionId: string } | { readonly user: User }): void {
    for (const [id, session] of this.sessions) {
      if ("user" in of ? session.userId === of.user.id : id === of.sessionId) {
        this.sessions.set(id, { ...session, status: "revoked" })
      }
    }
    this.#append({
      userId: "user" in of ? of.user.id : null,
      deviceSessionId: "user" in of ? null : of.sessionId,
      sequence: null,
      kind: "user_revoke",
      payload: new Uint8Array(),
      id: crypto.randomUUID()
    })
  }

  /** Removes what is in the log now: whoever hasn't read it must begin anew. */
  trimLog(): void {
    this.#rows = []
    this.#floor = this.#head
  }

  #append(row: Pick<LogRow, "userId" | "deviceSessionId" | "sequence" | "kind" | "payload"> & { readonly id: string }) {
    const { deviceSessionId, id, payload, sequence, userId } = row
    this.#rows.push(
      new LogRow({
        xid: 1n,
        eventNo: ++this.#head,
        eventType: sequence === null ? "session_invalidation" : "client_event",
        userId,
        deviceSessionId,
        sequence,
        kind: row.kind,
        payload,
        eventId: id,
        requestId: "",
        traceId: "",
        createdAt: DateTime.makeUnsafe(0)
      })
    )
    PubSub.publishUnsafe(this.#woken, undefined)
  }

  readonly #log = PushLog.of({
    append: neverCalled,
    lock: neverCalled,
    invalidate: neverCalled,
    eventsAfter: neverCalled,
    startAfresh: Effect.void,
    adoptRestored: Effect.succeed(false),
    prune: Effect.succeed(0),
    read: (after, limit) =>
      Effect.sync(() => this.#rows.filter((it) => Cursor.isBefore(after, it.cursor)).slice(0, limit)),
    standing: (after) =>
      Effect.sync(() => ({
        floor: { xid: 1n, eventNo: this.#floor },
        pending: Cursor.isBefore(after, { xid: 1n, eventNo: this.#head })
      })),
    head: Effect.sync(() => ({ xid: 1n, eventNo: this.#head }))
  })

  readonly #signal = DatabaseSignal.of({
    send: () => Effect.void,
    signals: () => Stream.fromPubSub(this.#woken)
  })

  /** An earlier cursor: delivery is at least once. */
  #earlier(text: string): string {
    const cursor = Cursor.parse(text)
    if (cursor === undefined || this.#random.next() >= this.repeatsPerRow) return text
    const back = cursor.eventNo - BigInt(this.#random.below(20))
    return back < this.#floor ? text : Cursor.format({ xid: cursor.xid, eventNo: back })
  }

  /** The frame, and sometimes the last ones once more before it. */
  readonly #repeating = () => {
    const recent: Array<PushBroker.Frame> = []
    return (frame: PushBroker.Frame): ReadonlyArray<PushBroker.Frame> => {
      if (frame.type === "resume") return [frame]
      const repeats = this.#random.next() < this.repeatsPerRow ? [...recent, frame] : []
      recent.push(frame)
      if (recent.length > 6) recent.shift()
      return [...repeats, frame]
    }
  }

  /** The real broker over this log; what it delivers is repeated at random. */
  readonly broker: Layer.Layer<PushBroker.PushBroker> = Layer.effect(
    PushBroker.PushBroker,
    Effect.map(PushBroker.PushBroker, (broker) =>
      PushBroker.PushBroker.of({
        size: broker.size,
        subscribe: (clientId, cursor) =>
          Stream.suspend(() => {
            const frames = this.#repeating()
            return Stream.flatMap(broker.subscribe(clientId, this.#earlier(cursor)), (it) =>
              Stream.fromIterable(frames(it))
            )
          })
      })
    )
  ).pipe(
    Layer.provide(PushBroker.layer({ batch: 16 })),
    Layer.provide(Layer.mergeAll(Layer.succeed(PushLog, this.#log), Layer.succeed(DatabaseSignal, this.#signal)))
  )

  #answer<A>(value: () => A): Effect.Effect<A, BackendUnavailable> {
    return Effect.suspend(() => (this.isDown ? Effect.fail(new BackendUnavailable()) : Effect.succeed(value())))
  }

  readonly client: Layer.Layer<BackendClient> = Layer.succeed(
    BackendClient,
    BackendClient.of({
      session: (id) => this.#answer(() => Option.fromUndefinedOr(this.sessions.get(id))),
      forward: () => (this.isDown ? new BackendUnavailable() : { status: 200, json: { sessions: [] } }),
      public: () => this.#answer(() => ({ status: 404, json: null })),
      ready: this.#answer(() => undefined),
      events: (userId, after, limit) =>
        this.#answer(() => {
          const user = this.users.find((it) => it.id === userId)
          const kept = user?.facts.slice(user.expired) ?? []
          const events = kept.filter((it) => it.sequence > after).slice(0, limit)
          return {
            events: events.map(({ id, payload, sequence, sessionId }) => ({
              userId,
              kind,
              payload,
              sequence,
              eventId: id,
              deviceSessionId: sessionId,
              requestId: "",
              traceId: ""
            })),
            oldest: kept[0]?.sequence ?? 0,
            newest: user?.newest ?? 0
          }
        })
    })
  )
}
