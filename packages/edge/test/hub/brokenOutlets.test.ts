/** An outlet that throws, as Node's streams can once their client has left: it ends its own stream, and nothing else. */
import { BackendClient } from "@galaxy/edge/BackendClient"
import { EdgeCrypto } from "@galaxy/edge/EdgeCrypto"
import * as EdgeSettings from "@galaxy/edge/EdgeSettings"
import { Attempts } from "@galaxy/edge/hub/Attempts"
import * as EventStreams from "@galaxy/edge/hub/EventStreams"
import type { Outlet } from "@galaxy/edge/hub/Outlet"
import * as PushHub from "@galaxy/edge/hub/PushHub"
import { SessionCache } from "@galaxy/edge/SessionCache"
import { Verifier } from "@galaxy/edge/Verifier"
import { device, envelopeOf, peer } from "@galaxy/testkit/TestEdge"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Layer, Logger, Option } from "effect"
import { TestClock } from "effect/testing"
import { event, settle, user } from "./subscribers.ts"

const identity = { userId: user, publicKey: new Uint8Array(32), status: "active" } as const

/** A user whose events are all live ones; a signature is there at once, or has to be waited for. */
const streams = (isPrompt: boolean) => {
  const signature = new Uint8Array(64)
  return EventStreams.layer.pipe(
    Layer.provideMerge(PushHub.layer()),
    Layer.provide(
      Layer.mergeAll(
        Layer.succeed(EdgeCrypto, {
          sha256: () => new Uint8Array(32),
          sign: () => (isPrompt ? signature : Promise.resolve(signature)),
          verify: () => true
        } as unknown as EdgeCrypto["Service"]),
        Layer.succeed(Verifier, {
          verify: (rpc, envelope, from, signal) => ({ envelope, peer: from, rpc, signal, session: identity })
        }),
        Layer.succeed(SessionCache, {
          get: () => Effect.succeedSome(identity),
          find: () => Option.some(identity)
        } as unknown as SessionCache["Service"]),
        Layer.succeed(BackendClient, {
          events: () => Effect.succeed({ events: [], oldest: 0, newest: 0 })
        } as unknown as BackendClient["Service"]),
        EdgeSettings.layer({ heartbeatMs: 1_000 })
      )
    )
  )
}

interface Client {
  readonly outlet: Outlet
  readonly seen: Array<string>
  /** When its outlet throws: at which write, counted from 1, and also at the end. */
  throwsAt: number
  throwsAtEnd: boolean
}

const client = (throwsAt = Number.POSITIVE_INFINITY, throwsAtEnd = false): Client => {
  const seen: Array<string> = []
  let writes = 0
  const it: Client = {
    seen,
    throwsAt,
    throwsAtEnd,
    outlet: {
      write: ({ eventType }) => {
        writes += 1
        if (writes >= it.throwsAt) throw new Error("respond on a closed stream")
        seen.push(eventType)
        return true
      },
      end: (ending, place) => {
        seen.push(`${ending === "defect" ? ending : ending._tag} at the ${place}`)
        if (it.throwsAtEnd) throw new Error("respond on a closed stream")
      }
    }
  }
  return it
}

const begun = "gateway.server_time"
const live = "game.turn.ready"

for (const isPrompt of [true, false]) {
  describe(`an outlet that throws, signatures ${isPrompt ? "at once" : "later"}`, () => {
    for (const [when, throwsAt] of [
      ["the first event", 1],
      ["a live event", 2]
    ] as const) {
      for (const throwsAtEnd of [false, true]) {
        it.effect(`at ${when}${throwsAtEnd ? " and at its end" : ""} ends its stream, and its neighbours go on`, () => {
          const logged: Array<unknown> = []
          return Effect.gen(function* () {
            const { open } = yield* EventStreams.EventStreams
            const hub = yield* PushHub.PushHub
            const clients = [client(), client(throwsAt, throwsAtEnd), client()]
            clients.forEach(({ outlet }, number) => open(envelopeOf(device(number)), peer, outlet))
            yield* settle
            for (let sequence = 1; sequence <= 2; sequence++) {
              hub.publish(event(sequence))
              yield* settle
            }
            const [first, broken, last] = clients.map(({ seen }) => seen)
            assert.deepStrictEqual(first, [begun, live, live])
            assert.deepStrictEqual(last, first)
            assert.deepStrictEqual(broken, [...[begun].slice(0, throwsAt - 1), "defect at the stream"])
            assert.strictEqual(yield* hub.size, 2)
            assert.lengthOf(logged, throwsAtEnd ? 2 : 1)
          }).pipe(
            Effect.provide(
              streams(isPrompt).pipe(
                Layer.provideMerge(Logger.layer([Logger.make(({ message }) => void logged.push(message))]))
              )
            )
          )
        })
      }
    }

    it.effect("at a heartbeat ends its stream, and the others have theirs", () =>
      Effect.gen(function* () {
        const { open } = yield* EventStreams.EventStreams
        const hub = yield* PushHub.PushHub
        const clients = [client(2), client()]
        clients.forEach(({ outlet }, number) => open(envelopeOf(device(number)), peer, outlet))
        yield* settle
        yield* TestClock.adjust("3500 millis")
        yield* settle
        assert.deepStrictEqual(clients[0]?.seen, [begun, "defect at the stream"])
        assert.deepStrictEqual(clients[1]?.seen.slice(0, 3), [begun, "gateway.heartbeat", "gateway.heartbeat"])
        assert.strictEqual(yield* hub.size, 1)
      }).pipe(Effect.provide(streams(isPrompt)))
    )

    it.effect("when the gateway ends keeps no other from hearing of it", () =>
      Effect.gen(function* () {
        const { open } = yield* EventStreams.EventStreams
        const clients = [client(9, true), client(9, true), client()]
        clients.forEach(({ outlet }, number) => open(envelopeOf(device(number)), peer, outlet))
        yield* settle
        yield* (yield* PushHub.PushHub).close
        for (const { seen } of clients) assert.deepStrictEqual(seen, [begun, "shutting_down at the stream"])
      }).pipe(Effect.provide(streams(isPrompt)))
    )
  })
}

it.effect("a job that throws when it is told how it went doesn't keep others from their turn", () =>
  Effect.gen(function* () {
    const seen: Array<unknown> = []
    const fork = Effect.runForkWith(yield* Effect.context())
    const attempts = new Attempts({ fork, most: 1, broken: (cause) => void seen.push(cause) })
    const error = new Error("told in vain")
    attempts.run({
      attempt: () => Effect.sleep("1 second"),
      done: () => {
        throw error
      }
    })
    for (const number of [1, 2, 3]) {
      attempts.run({ attempt: () => Effect.succeed(number), done: (exit) => void seen.push(Exit.getSuccess(exit)) })
    }
    yield* TestClock.adjust("1 second")
    yield* settle
    assert.deepStrictEqual(seen, [error, Option.some(1), Option.some(2), Option.some(3)])
  })
)
