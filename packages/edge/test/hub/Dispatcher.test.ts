/** Following the push log: what a frame does, and what a lost connection does. */
import * as Dispatcher from "@galaxy/edge/hub/Dispatcher"
import * as PushHub from "@galaxy/edge/hub/PushHub"
import { type PushFrame, PushSource, PushSourceLost } from "@galaxy/edge/hub/PushSource"
import { SessionCache } from "@galaxy/edge/SessionCache"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Option, Queue, Stream } from "effect"
import { TestClock } from "effect/testing"
import { Listener } from "./Listener.ts"

type Outcome = Extract<PushFrame, { readonly type: "resume" }>["outcome"]

const resumed = (cursor: string, outcome: Outcome): PushFrame => ({ type: "resume", cursor, outcome })

const event = (cursor: string, sequence: number): PushFrame => ({
  type: "event",
  cursor,
  event: {
    userId: "user-1",
    deviceSessionId: "",
    kind: "game.turn.ready",
    payload: new Uint8Array(),
    eventId: cursor,
    requestId: "",
    traceId: "",
    sequence
  }
})

const revokes = (cursor: string, of: { readonly deviceSessionId?: string; readonly userId?: string }): PushFrame => ({
  type: "invalidation",
  cursor,
  deviceSessionId: "",
  userId: "",
  reason: "user_revoke",
  ...of
})

/** The backend's log, one connection after the other, and what became of its frames. */
class Script {
  /** Cursors by which it was opened. */
  readonly opened: Array<string> = []
  /** What was asked of the session cache, in order. */
  readonly cache: Array<string> = []
  refusing = false
  /** Streams end as soon as they are opened, without a failure. */
  ending = false
  frames: Queue.Queue<PushFrame, PushSourceLost> | undefined

  readonly layer = Layer.mergeAll(
    Layer.succeed(PushSource, {
      frames: (cursor: string) =>
        Stream.unwrap(
          Effect.gen({ self: this }, function* () {
            this.opened.push(cursor)
            if (this.refusing) return Stream.fail(new PushSourceLost({ message: "refused" }))
            if (this.ending) return Stream.empty
            const frames = yield* Queue.unbounded<PushFrame, PushSourceLost>()
            this.frames = frames
            return Stream.fromQueue(frames)
          })
        )
    }),
    Layer.succeed(SessionCache, {
      get: () => Effect.succeed(Option.none()),
      find: () => Option.none(),
      recheck: () => Effect.succeed(Option.none()),
      onRevoked: () => () => undefined,
      isCurrent: () => true,
      revokeSession: (id) => this.note(`session ${id}`),
      revokeUser: (id) => this.note(`user ${id}`),
      setFollowed: (followed) => this.note(followed ? "followed" : "lost"),
      clear: Effect.suspend(() => this.note("clear"))
    })
  )

  note(what: string): Effect.Effect<void> {
    return what === "user broken"
      ? Effect.die(new Error("a fault of ours"))
      : Effect.sync(() => void this.cache.push(what))
  }

  get noted(): ReadonlyArray<string> {
    return this.cache.splice(0)
  }

  readonly say = Effect.fnUntraced({ self: this }, function* (...frames: ReadonlyArray<PushFrame>) {
    assert.isDefined(this.frames)
    yield* Queue.offerAll(this.frames, frames)
    yield* settle
  })

  readonly loseBy = (unreadable: boolean) =>
    Effect.suspend(() => {
      assert.isDefined(this.frames)
      return Effect.andThen(Queue.fail(this.frames, new PushSourceLost({ message: "lost", unreadable })), settle)
    })

  readonly lose = this.loseBy(false)
}

const settle = Effect.forEach(Array.from({ length: 50 }), () => Effect.yieldNow, { discard: true })

const run = <A, E>(script: Script, test: Effect.Effect<A, E, PushHub.PushHub>) =>
  Effect.gen(function* () {
    yield* settle
    return yield* test
  }).pipe(
    Effect.provide(Dispatcher.layer.pipe(Layer.provideMerge(PushHub.layer()), Layer.provide(script.layer)), {
      local: true
    })
  )

/** The longest that the next attempt may be away. */
const longestWait = "10 seconds"

describe("the dispatcher", () => {
  it.effect("begins at the present, and tells the hub and the cache what it hears", () => {
    const script = new Script()
    return run(
      script,
      Effect.scoped(
        Effect.gen(function* () {
          assert.deepStrictEqual(script.opened, [""])
          assert.deepStrictEqual(script.noted, ["lost"])
          const hub = yield* PushHub.PushHub
          const [mine, second] = [new Listener("session-1"), new Listener("session-2")]
          for (const it of [mine, second]) hub.register(it)
          yield* script.say(resumed("1", "FRESH"), event("2", 7))
          assert.deepStrictEqual(script.noted, ["clear", "followed"])
          for (const { told } of [mine, second]) assert.deepStrictEqual(told, ["missed", "2"])
          yield* script.say(revokes("3", { deviceSessionId: "session-1" }))
          assert.deepStrictEqual(script.noted, ["session session-1"])
          assert.deepStrictEqual(mine.told.at(-1), "session_revoked")
          hub.forget(mine)
          yield* script.say(event("4", 8))
          assert.deepStrictEqual(second.told, ["missed", "2", "4"])
          yield* script.say(revokes("5", { userId: "user-1" }))
          assert.deepStrictEqual(script.noted, ["user user-1"])
          assert.deepStrictEqual(second.told.at(-1), "session_revoked")
          assert.deepStrictEqual(mine.told, ["missed", "2", "session_revoked"])
        })
      )
    )
  })

  it.effect("goes on from the last cursor when the connection is lost, and forgets nothing that was resumed", () => {
    const script = new Script()
    return run(
      script,
      Effect.gen(function* () {
        yield* script.say(resumed("1", "FRESH"), event("2", 1))
        assert.deepStrictEqual(script.noted, ["lost", "clear", "followed"])
        yield* script.lose
        // From this moment sessions are believed no longer.
        assert.deepStrictEqual(script.noted, ["lost"])
        yield* TestClock.adjust(longestWait)
        yield* settle
        assert.deepStrictEqual(script.opened, ["", "2"])
        assert.deepStrictEqual(script.noted, [])
        yield* script.say(resumed("2", "RESUMED"))
        assert.deepStrictEqual(script.noted, ["followed"])
      })
    )
  })

  it.effect("forgets and catches up where the log begins anew", () => {
    const script = new Script()
    return run(
      script,
      Effect.scoped(
        Effect.gen(function* () {
          yield* script.say(resumed("1", "FRESH"))
          yield* script.lose
          const listener = new Listener("session-1")
          const hub = yield* PushHub.PushHub
          hub.register(listener)
          yield* TestClock.adjust(longestWait)
          yield* settle
          assert.deepStrictEqual(script.noted, ["lost", "clear", "followed", "lost"])
          yield* script.say(resumed("90", "RESTARTED"))
          assert.deepStrictEqual(script.noted, ["clear", "followed"])
          assert.deepStrictEqual(listener.told, ["missed"])
        })
      )
    )
  })

  it.effect("tries again and again, each second at least, and for as long as it takes", () => {
    const script = new Script()
    script.refusing = true
    return run(
      script,
      Effect.gen(function* () {
        yield* TestClock.adjust("3 minutes")
        yield* settle
        const tries = script.opened.length
        // Full jitter over at most 800 ms: some 450. A backend that is back is followed within a second.
        assert.isAbove(tries, 300)
        assert.isBelow(tries, 700)
        script.refusing = false
        yield* TestClock.adjust(longestWait)
        yield* settle
        yield* script.say(resumed("1", "FRESH"))
        assert.deepStrictEqual(script.noted.slice(-2), ["clear", "followed"])
      })
    )
  })

  it.effect("streams that end without a failure are opened again as after one", () => {
    const script = new Script()
    script.ending = true
    return run(
      script,
      Effect.gen(function* () {
        yield* settle
        assert.strictEqual(script.opened.length, 1)
        yield* TestClock.adjust("1 minute")
        yield* settle
        assert.isAbove(script.opened.length, 80)
        assert.isBelow(script.opened.length, 240)
      })
    )
  })

  it.effect(
    "connections that end as soon as they have begun, as another of the same name would end them, are no storm",
    () => {
      const script = new Script()
      return run(
        script,
        Effect.gen(function* () {
          let ended = 0
          for (let second = 0; second < 300; second++) {
            if (script.opened.length > ended) {
              ended = script.opened.length
              yield* script.say(resumed("1", "FRESH"))
              yield* script.lose
            }
            yield* TestClock.adjust("1 second")
            yield* settle
          }
          // At first often, then once in five seconds on average.
          assert.isAbove(script.opened.length, 30)
          assert.isBelow(script.opened.length, 140)
          // One that has lasted is no failure: the next attempt comes soon.
          yield* TestClock.adjust("10 seconds")
          yield* settle
          yield* script.say(resumed("1", "RESUMED"))
          yield* TestClock.adjust("10 seconds")
          yield* script.lose
          const before = script.opened.length
          yield* TestClock.adjust("200 millis")
          yield* settle
          assert.strictEqual(script.opened.length, before + 1)
        })
      )
    }
  )

  it.effect("a frame that can't be read three times is left behind, and everything is read anew", () => {
    const script = new Script()
    return run(
      script,
      Effect.gen(function* () {
        yield* script.say(resumed("1", "FRESH"), event("2", 1))
        for (let attempt = 0; attempt < 3; attempt++) {
          yield* script.loseBy(true)
          yield* TestClock.adjust(longestWait)
          yield* settle
          if (attempt < 2) yield* script.say(resumed("2", "RESUMED"))
        }
        assert.deepStrictEqual(script.opened, ["", "2", "2", ""])
        assert.deepStrictEqual(script.noted.slice(-1), ["lost"])
        yield* script.say(resumed("9", "FRESH"))
        assert.deepStrictEqual(script.noted, ["clear", "followed"])
        // Frames that were acted on meanwhile show that it is another one.
        for (let attempt = 10; attempt < 16; attempt++) {
          yield* script.say(event(String(attempt), attempt))
          yield* script.loseBy(true)
          yield* TestClock.adjust(longestWait)
          yield* settle
          yield* script.say(resumed(String(attempt), "RESUMED"))
        }
        assert.deepStrictEqual(script.opened.slice(4), ["10", "11", "12", "13", "14", "15"])
      })
    )
  })

  it.effect("goes on after a fault of its own, from before the frame that brought it about", () => {
    const script = new Script()
    return run(
      script,
      Effect.gen(function* () {
        yield* script.say(resumed("1", "FRESH"), event("2", 1), revokes("3", { userId: "broken" }))
        assert.deepStrictEqual(script.noted, ["lost", "clear", "followed", "lost"])
        yield* TestClock.adjust(longestWait)
        yield* settle
        assert.deepStrictEqual(script.opened, ["", "2"])
        yield* script.say(resumed("2", "RESUMED"), revokes("4", { userId: "user-1" }))
        assert.deepStrictEqual(script.noted, ["followed", "user user-1"])
      })
    )
  })

  it.effect("ends with its scope", () => {
    const script = new Script()
    return Effect.gen(function* () {
      yield* run(script, script.say(resumed("1", "FRESH")))
      assert.isDefined(script.frames)
      yield* TestClock.adjust("1 hour")
      yield* settle
      assert.deepStrictEqual(script.opened, [""])
    })
  })
})
