/** Whether somebody reads the metrics changes nothing of what the gateway does. */
import { BackendClient, type ForwardRequest } from "@galaxy/edge/BackendClient"
import * as Budgets from "@galaxy/edge/Budgets"
import { EventStreams } from "@galaxy/edge/hub/EventStreams"
import { PushSource } from "@galaxy/edge/hub/PushSource"
import * as GuardedBackend from "@galaxy/edge/GuardedBackend"
import { ReplayStore } from "@galaxy/edge/ReplayStore"
import { SessionCache } from "@galaxy/edge/SessionCache"
import * as Metered from "@galaxy/host-node/gateway/observed/metered"
import { Telemetry } from "@galaxy/host-node/telemetry/Telemetry"
import { assert, describe, it } from "@effect/vitest"
import { type Context, Effect, Layer, Option, Stream } from "effect"

const measuring = Layer.succeed(Telemetry, { metrics: true, tracer: undefined })

describe("a message type with a rate of its own", () => {
  for (const metrics of [false, true]) {
    it.effect(`has it ${metrics ? "with" : "without"} metrics`, () =>
      Effect.gen(function* () {
        const budgets = yield* Budgets.Budgets
        const takes = Array.from({ length: 60 }, () =>
          budgets.take("messageType", "session/type", "lobby.games.create")
        )
        assert.lengthOf(
          takes.filter((it) => it === undefined),
          5
        )
      }).pipe(
        Effect.provide(
          Metered.budgets.pipe(
            Layer.provide(Budgets.layer({ messageTypes: { "lobby.games.create": { burst: 5, perSecond: 0.1 } } })),
            Layer.provide(Layer.succeed(Telemetry, { metrics, tracer: undefined }))
          )
        )
      )
    )
  }
})

/** A service of which every method notes what it was called with, and answers as it is told. */
const noting = (answers: Readonly<Record<string, unknown>>) => {
  const calls: Array<readonly [string, ReadonlyArray<unknown>]> = []
  const service = Object.fromEntries(
    Object.entries(answers).map(([name, answer]) => [
      name,
      (...given: ReadonlyArray<unknown>) => {
        calls.push([name, given])
        return answer
      }
    ])
  )
  return { calls, service }
}

/** More than any method takes. */
const given = ["first", "second", "third", "fourth"]

/** Calls each method of what stands around a service, and returns what came through. */
const passedBy = <I, S, E>(key: Context.Key<I, S>, around: Layer.Layer<I, E, I>, answers: Record<string, unknown>) => {
  const { calls, service } = noting(answers)
  return Effect.gen(function* () {
    const methods = (yield* key) as unknown as Record<string, (...given: ReadonlyArray<unknown>) => unknown>
    for (const name of Object.keys(answers)) {
      const answer = methods[name]?.(...given)
      if (Stream.isStream(answer)) yield* Stream.runDrain(answer as Stream.Stream<unknown>)
    }
    return calls
  }).pipe(Effect.provide(around.pipe(Layer.provide(Layer.succeed(key, service as S)), Layer.provide(measuring))))
}

describe("what is measured gets every argument and nothing else:", () => {
  const parts = {
    budgets: passedBy(Budgets.Budgets, Metered.budgets, { take: undefined, check: undefined }),
    sessions: passedBy(SessionCache, Metered.sessions, {
      get: undefined,
      find: Option.none(),
      recheck: undefined,
      onRevoked: undefined,
      isCurrent: true,
      revokeSession: undefined,
      revokeUser: undefined,
      setFollowed: undefined
    }),
    "a store of reservations": passedBy(ReplayStore, Metered.replay, { reserve: "first", ready: undefined }),
    "the push source": passedBy(PushSource, Metered.push, { frames: Stream.empty }),
    "streams of Effect's": passedBy(EventStreams, Metered.streams, { subscribe: Stream.empty })
  }
  for (const [what, passed] of Object.entries(parts)) {
    it.effect(what, () =>
      Effect.map(passed, (calls) => {
        assert.isNotEmpty(calls)
        for (const [name, came] of calls) assert.deepStrictEqual(came, given, name)
      })
    )
  }

  it.effect("streams, which write to an outlet that counts", () => {
    const { calls, service } = noting({ open: undefined })
    return Effect.gen(function* () {
      const streams = yield* EventStreams
      const written: Array<unknown> = []
      const outlet = {
        write: (event: unknown) => written.push(event) < 2,
        end: (...how: ReadonlyArray<unknown>) => written.push(how)
      }
      streams.open(given[0] as never, given[1] as never, outlet)
      const [[, [envelope, peer, own]] = ["", []]] = calls
      assert.deepStrictEqual([envelope, peer], given.slice(0, 2))
      const { end, write } = own as typeof outlet
      assert.deepStrictEqual([write({ eventType: "a" }), write({ eventType: "b" })], [true, false])
      end("defect", "stream")
      assert.deepStrictEqual(written, [{ eventType: "a" }, { eventType: "b" }, ["defect", "stream"]])
    }).pipe(
      Effect.provide(
        Metered.streams.pipe(Layer.provide(Layer.succeed(EventStreams, service as never)), Layer.provide(measuring))
      )
    )
  })
})

it.effect("so does a backend behind circuits", () => {
  const { calls, service } = noting({
    session: Effect.succeedNone,
    forward: { status: 200, json: null },
    public: Effect.succeed({ status: 200, json: null }),
    events: Effect.succeed({ events: [], oldest: 0, newest: 0 })
  })
  return Effect.gen(function* () {
    const backend = yield* BackendClient
    const request = { messageType: "user.account.get", userId: "user", sourceIp: "192.0.2.1" } as ForwardRequest
    const { signal } = new AbortController()
    yield* backend.session("id")
    yield* Effect.promise(async () => backend.forward(request, signal))
    yield* backend.public(request as never)
    yield* backend.events("user", 5, 7)
    assert.deepStrictEqual(calls, [
      ["session", ["id"]],
      ["forward", [request, signal]],
      ["public", [request]],
      ["events", ["user", 5, 7]]
    ])
  }).pipe(Effect.provide(GuardedBackend.layer().pipe(Layer.provide(Layer.succeed(BackendClient, service as never)))))
})
