/** Several tabs of one browser on a lock and a channel of the test: one stream at a time, and no event lost. */
import type { ConnectionState } from "@galaxy/client/ConnectionState"
import { SessionEnded } from "@galaxy/client/ClientError"
import type { PlayerEvent } from "@galaxy/client/PlayerEvent"
import * as EventStream from "@galaxy/web/core/events/EventStream"
import type { TabMessage } from "@galaxy/web/core/events/messages"
import type { TabChannel, TabLock } from "@galaxy/web/core/events/ports"
import type { Player } from "@galaxy/web/core/session/Session"
import { assert, describe, it } from "@effect/vitest"
import { Cause, Clock, Effect, Queue, Stream } from "effect"

const event = (sequence: number): PlayerEvent => ({
  kind: "unknown",
  type: "test",
  id: `${sequence}`,
  sequence,
  timestampMs: 0,
  payload: undefined,
  payloadBytes: new Uint8Array()
})

/** Lets everything run that can run now. */
const settle = async () => {
  for (let round = 0; round < 50; round++) await new Promise((done) => setImmediate(done))
}

/** A browser with a server behind it: what is sent reaches every stream that is open. */
const browser = () => {
  const streams = new Set<{
    offer: (it: PlayerEvent) => void
    end: (error: SessionEnded) => void
    state: (it: ConnectionState) => void
  }>()
  const log: Array<PlayerEvent> = []
  let position = 0
  let opened = 0
  const ears = new Set<{ readonly tab: number; readonly run: (message: TabMessage) => void; frozen: () => boolean }>()
  interface Claim {
    readonly grant: () => void
    readonly rob: () => void
  }
  const line: Array<Claim> = []
  let holder: Claim | undefined
  const next = () => {
    holder = line.shift()
    holder?.grant()
  }
  const lock: TabLock = {
    hold: ({ steal, signal, run }) =>
      new Promise((done, fail) => {
        const lost = new AbortController()
        const claim: Claim = {
          grant: () =>
            void run(lost.signal).finally(() => {
              if (holder !== claim) return
              next()
              done()
            }),
          rob: () => {
            lost.abort()
            done()
          }
        }
        signal.addEventListener("abort", () => {
          const at = line.indexOf(claim)
          if (at < 0) return
          line.splice(at, 1)
          fail(new Error("gave up"))
        })
        if (steal) {
          holder?.rob()
          holder = claim
          claim.grant()
        } else if (holder === undefined) {
          holder = claim
          claim.grant()
        } else line.push(claim)
      })
  }
  const tab = (number: number) => {
    const seen: Array<number> = []
    const ends: Array<unknown> = []
    let wake = () => {}
    let frozen = false
    let passed = () => {}
    const channel: TabChannel<TabMessage> = {
      post: (message) => {
        if (frozen) return
        for (const ear of ears) if (ear.tab !== number && !ear.frozen()) ear.run(message)
      },
      listen: (run) => {
        const ear = { tab: number, run, frozen: () => frozen }
        ears.add(ear)
        return () => ears.delete(ear)
      },
      close: () => {}
    }
    const client = {
      subscribe: ({ after }: { readonly after: number }) =>
        Effect.gen(function* () {
          opened++
          const events = yield* Queue.unbounded<PlayerEvent, SessionEnded | Cause.Done>()
          const states = yield* Queue.unbounded<ConnectionState>()
          const reached = after === 0 ? log.length : after
          const one = {
            offer: (it: PlayerEvent) => void (frozen || Queue.offerUnsafe(events, it)),
            end: (error: SessionEnded) => void Queue.failCauseUnsafe(events, Cause.fail(error)),
            state: (it: ConnectionState) => void Queue.offerUnsafe(states, it)
          }
          streams.add(one)
          one.state({ _tag: "live" })
          for (const missed of log.filter(({ sequence }) => sequence > reached)) one.offer(missed)
          return {
            events: Stream.fromQueue(events).pipe(Stream.ensuring(Effect.sync(() => streams.delete(one)))),
            state: Stream.fromQueue(states),
            reconnectNow: Effect.void,
            position: Effect.succeed(reached),
            heardAt: Clock.currentTimeMillis
          }
        })
    }
    const stream = EventStream.make({
      player: { client } as unknown as Player,
      lock,
      channel,
      sight: { visible: () => true, online: () => true, onWake: (run) => ((wake = run), () => {}) },
      sleep: () => new Promise((done) => (passed = done)),
      position: async () => position,
      savePosition: async (sequence) => {
        position = Math.max(position, sequence)
      },
      onEnd: (error) => ends.push(error)
    })
    stream.on("*", ({ sequence }) => seen.push(sequence))
    return {
      seen,
      ends,
      status: () => stream.status.get()._tag,
      close: () => stream.close(),
      wake: () => wake(),
      secondPasses: () => passed(),
      freeze: () => (frozen = true),
      thaw: () => (frozen = false)
    }
  }
  return {
    tab,
    open: () => streams.size,
    opened: () => opened,
    position: () => position,
    send: (sequence: number) => {
      log.push(event(sequence))
      for (const one of streams) one.offer(event(sequence))
    },
    endSession: () => {
      for (const one of streams) one.end(new SessionEnded({ reason: "session_revoked" }))
    }
  }
}

describe("the event stream of several tabs", () => {
  it("is one stream, and every tab hears all of it", async () => {
    const { open, position, send, tab } = browser()
    const tabs = [tab(1), tab(2), tab(3)]
    await settle()
    assert.strictEqual(open(), 1)
    send(1)
    send(2)
    await settle()
    for (const { seen } of tabs) assert.deepStrictEqual(seen, [1, 2])
    assert.deepStrictEqual(
      tabs.map((it) => it.status()),
      ["live", "live", "live"]
    )
    assert.strictEqual(position(), 2)
  })

  it("goes on in another tab when the leader is closed, after the last event that was handled", async () => {
    const { open, opened, send, tab } = browser()
    const [first, second] = [tab(1), tab(2)]
    await settle()
    send(1)
    await settle()
    first.close()
    send(2)
    await settle()
    assert.strictEqual(open(), 1)
    assert.strictEqual(opened(), 2)
    assert.deepStrictEqual(second.seen, [1, 2])
    assert.deepStrictEqual(first.seen, [1])
  })

  it("is taken over from a leader that is frozen, which follows when it thaws", async () => {
    const { open, send, tab } = browser()
    const [first, second] = [tab(1), tab(2)]
    await settle()
    send(1)
    await settle()
    first.freeze()
    send(2)
    second.wake()
    await settle()
    assert.deepStrictEqual(second.seen, [1])
    second.secondPasses()
    await settle()
    assert.deepStrictEqual(second.seen, [1, 2])
    first.thaw()
    await settle()
    assert.strictEqual(open(), 1)
    send(3)
    await settle()
    assert.deepStrictEqual(first.seen, [1, 3])
    assert.deepStrictEqual(second.seen, [1, 2, 3])
    // It stands in line again, once.
    second.close()
    await settle()
    assert.strictEqual(open(), 1)
    send(4)
    await settle()
    assert.deepStrictEqual(first.seen, [1, 3, 4])
  })

  it("is left to a leader that answers", async () => {
    const { opened, tab } = browser()
    const [, second] = [tab(1), tab(2)]
    await settle()
    second.wake()
    second.secondPasses()
    await settle()
    assert.strictEqual(opened(), 1)
  })

  it("misses nothing between two starts, even without an event in the first", async () => {
    const { send, tab } = browser()
    send(1)
    const first = tab(1)
    await settle()
    first.close()
    await settle()
    send(2)
    const second = tab(2)
    await settle()
    assert.deepStrictEqual([first.seen, second.seen], [[], [2]])
  })

  it("ends with the session, and says why", async () => {
    const { endSession, tab } = browser()
    const one = tab(1)
    await settle()
    endSession()
    await settle()
    assert.strictEqual(one.status(), "ended")
    assert.instanceOf(one.ends[0], SessionEnded)
  })
})
