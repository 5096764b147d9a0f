/** What a player is told whose account has ended before word of it came to this gateway. */
import { toEffect } from "@galaxy/edge/Awaitable"
import { BackendClient } from "@galaxy/edge/BackendClient"
import * as EdgeGateway from "@galaxy/edge/EdgeGateway"
import { BackendUnavailable } from "@galaxy/edge/Refusal"
import { assert, describe, it } from "@effect/vitest"
import { Backend, device, envelopeOf, now, peer, verifier } from "@galaxy/testkit/TestEdge"
import { Effect, Layer } from "effect"
import { TestClock } from "effect/testing"

const player = device(1)

/** A gateway on a backend that lets nobody act. */
const gateway = (backend: Backend) => {
  const refusing = Layer.effect(
    BackendClient,
    Effect.map(BackendClient, (client) => ({
      ...client,
      forward: () => ({ status: 401, json: { error: { code: "unauthorized", message: "no account" } } })
    }))
  ).pipe(Layer.provide(backend.layer))
  return EdgeGateway.layer.pipe(Layer.provide([verifier(backend), refusing]))
}

const send = Effect.fnUntraced(function* (requestId: string) {
  const { executeCommand } = yield* EdgeGateway.EdgeGateway
  return yield* toEffect(() => executeCommand(envelopeOf(player, { requestId }), peer)).pipe(
    Effect.match({ onSuccess: (it) => it.resultCode, onFailure: (it) => it._tag })
  )
})

const run = (backend: Backend, test: Effect.Effect<void, never, EdgeGateway.EdgeGateway>) =>
  Effect.andThen(TestClock.setTime(now), test).pipe(Effect.provide(gateway(backend)))

describe("a request of an account that may not act any more", () => {
  it.effect("is refused for its session, which is looked up once more and never again", () => {
    const backend = new Backend(player)
    const answer = backend.answer
    // It is revoked just after it was found to be active.
    backend.answer = (id) => Effect.tap(answer(id), () => Effect.sync(() => backend.add(player, "revoked")))
    return run(
      backend,
      Effect.gen(function* () {
        assert.deepStrictEqual([yield* send("1"), yield* send("2")], ["session_revoked", "session_revoked"])
        assert.lengthOf(backend.asked, 2)
      })
    )
  })

  it.effect("is refused for its session that has gone", () => {
    const backend = new Backend(player)
    const answer = backend.answer
    backend.answer = (id) => Effect.tap(answer(id), () => Effect.sync(() => backend.sessions.clear()))
    return run(
      backend,
      Effect.map(send("1"), (it) => assert.strictEqual(it, "session_unknown"))
    )
  })

  it.effect("is answered as the backend does while its session goes on, or can't be looked up", () => {
    const backend = new Backend(player)
    return run(
      backend,
      Effect.gen(function* () {
        assert.strictEqual(yield* send("1"), "unauthorized")
        assert.lengthOf(backend.asked, 2)
        backend.answer = () => Effect.fail(new BackendUnavailable())
        assert.strictEqual(yield* send("2"), "unauthorized")
        assert.lengthOf(backend.asked, 3)
      })
    )
  })
})
