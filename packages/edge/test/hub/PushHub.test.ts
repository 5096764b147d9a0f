/** The bounds of the hub: who is turned away, and who has to go. */
import * as PushHub from "@galaxy/edge/hub/PushHub"
import type { LiveEvent } from "@galaxy/edge/hub/PushSource"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Listener } from "./Listener.ts"

const event: LiveEvent = {
  userId: "user-1",
  deviceSessionId: "",
  kind: "game.turn.ready",
  payload: new Uint8Array(),
  eventId: "e",
  requestId: "",
  traceId: "",
  sequence: 1
}

const withHub = Effect.provide(PushHub.layer({ maxStreams: 3, maxStreamsPerSession: 2, maxStreamsPerNetwork: 3 }))

describe("the hub", () => {
  it.effect("ends the oldest stream of a session, which counts no more from then on", () =>
    Effect.gen(function* () {
      const hub = yield* PushHub.PushHub
      const [first, second, third] = [new Listener("a"), new Listener("a"), new Listener("a")]
      for (const it of [first, second, third]) assert.isUndefined(hub.register(it))
      assert.strictEqual(yield* hub.size, 2)
      hub.publish(event)
      assert.deepStrictEqual([first.told, second.told, third.told], [["displaced"], ["e"], ["e"]])
    }).pipe(withHub)
  )

  it.effect("turns away what is beyond its bound", () =>
    Effect.gen(function* () {
      const hub = yield* PushHub.PushHub
      for (const id of ["a", "b", "c"]) assert.isUndefined(hub.register(new Listener(id)))
      assert.instanceOf(hub.register(new Listener("d")), PushHub.HubFull)
      assert.strictEqual(yield* hub.size, 3)
    }).pipe(withHub)
  )

  it.effect("gives room, when it is full, to a network that holds less than another", () =>
    Effect.gen(function* () {
      const hub = yield* PushHub.PushHub
      const heavy = ["1", "2", "3"].map((id) => new Listener(id, "a"))
      for (const it of heavy) assert.isUndefined(hub.register(it))
      assert.isUndefined(hub.register(new Listener("4", "b")))
      assert.deepStrictEqual(heavy[0]?.told, ["displaced"])
      assert.strictEqual(yield* hub.size, 3)
      for (const network of ["a", "b"]) assert.isDefined(hub.register(new Listener("5", network)))
      assert.isUndefined(hub.register(new Listener("6", "c")))
      assert.deepStrictEqual(heavy[1]?.told, ["displaced"])
    }).pipe(withHub)
  )

  it.effect("tells a stream nothing more once it is forgotten, and ends those that come after its own end", () =>
    Effect.gen(function* () {
      const hub = yield* PushHub.PushHub
      const [gone, stays] = [new Listener("a"), new Listener("b")]
      hub.register(gone)
      hub.register(stays)
      hub.forget(gone)
      hub.forget(gone)
      hub.publish(event)
      yield* hub.catchUpAll
      yield* hub.revokeSession("b")
      yield* hub.close
      const late = new Listener("c")
      hub.register(late)
      assert.deepStrictEqual(gone.told, [])
      assert.deepStrictEqual(stays.told, ["e", "missed", "session_revoked", "shutting_down"])
      assert.deepStrictEqual(late.told, ["shutting_down"])
    }).pipe(withHub)
  )
})
