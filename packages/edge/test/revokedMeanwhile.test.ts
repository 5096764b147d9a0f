/** A session that is revoked while a request of it is on its way through the gateway: nothing is forwarded any more. */
import { toEffect } from "@galaxy/edge/Awaitable"
import { BackendClient } from "@galaxy/edge/BackendClient"
import * as EdgeGateway from "@galaxy/edge/EdgeGateway"
import { BackendUnavailable } from "@galaxy/edge/Refusal"
import { ReplayStore } from "@galaxy/edge/ReplayStore"
import { SessionCache } from "@galaxy/edge/SessionCache"
import { assert, describe, it } from "@effect/vitest"
import { Backend, device, envelopeOf, now, peer, verifier } from "@galaxy/testkit/TestEdge"
import { Deferred, Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"

const player = device(1)
const { deviceSessionId, userId } = player

type Meanwhile = (sessions: SessionCache["Service"], backend: Backend) => Effect.Effect<unknown, unknown>

/** Sends a command, and does something while its id is being reserved. Returns the outcome and how often it was forwarded. */
const outcomeOf = (messageType: string, meanwhile: Meanwhile) =>
  Effect.gen(function* () {
    const backend = new Backend(player)
    const [asked, told] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
    let forwarded = 0
    const store = Layer.succeed(
      ReplayStore,
      ReplayStore.of({
        reserve: async () => {
          Deferred.doneUnsafe(asked, Effect.void)
          await Effect.runPromise(Deferred.await(told))
          return "first" as const
        },
        ready: () => Effect.void
      })
    )
    const client = Layer.effect(
      BackendClient,
      Effect.map(BackendClient, (it) => ({
        ...it,
        forward: () => {
          forwarded += 1
          return { status: 200, json: { sessions: [] } }
        }
      }))
    ).pipe(Layer.provide(backend.layer))
    const gateway = EdgeGateway.layer.pipe(
      Layer.provideMerge(verifier(backend, { replay: store })),
      Layer.provide(client)
    )
    return yield* Effect.gen(function* () {
      yield* TestClock.setTime(now)
      const { executeCommand } = yield* EdgeGateway.EdgeGateway
      const fiber = yield* Effect.forkChild(
        toEffect(() => executeCommand(envelopeOf(player, { messageType }), peer)).pipe(
          Effect.match({ onSuccess: (answer) => answer.resultCode, onFailure: (refusal) => refusal._tag })
        )
      )
      yield* Deferred.await(asked)
      yield* meanwhile(yield* SessionCache, backend)
      yield* Deferred.succeed(told, undefined)
      return { outcome: yield* Fiber.join(fiber), forwarded, looked: backend.asked.length }
    }).pipe(Effect.provide(gateway))
  })

const refused = { outcome: "session_revoked", forwarded: 0 }

/** Those that may end their own session are among them. */
const commands = ["user.sessions.list", "user.account.delete", "user.sessions.revoke_all"]

const revocations: Readonly<Record<string, Meanwhile>> = {
  "its session is": (sessions) => sessions.revokeSession(deviceSessionId),
  "all of its user's are": (sessions) => sessions.revokeUser(userId)
}

/** What makes the cache forget a session, so that a revocation finds nothing to mark. */
const forgetting: Readonly<Record<string, Meanwhile>> = {
  "the push log started over": (sessions) => sessions.clear,
  "another request had it looked up again, in vain": (sessions, backend) => {
    backend.answer = () => Effect.fail(new BackendUnavailable())
    return Effect.exit(sessions.recheck(deviceSessionId))
  }
}

describe("a command is refused and never forwarded, whatever it asks for,", () => {
  for (const messageType of commands) {
    for (const [what, revoke] of Object.entries(revocations)) {
      it.effect(`when ${what} revoked while it waits: ${messageType}`, () =>
        Effect.map(outcomeOf(messageType, revoke), ({ forwarded, outcome }) =>
          assert.deepStrictEqual({ outcome, forwarded }, refused)
        )
      )
    }
  }

  for (const [why, forget] of Object.entries(forgetting)) {
    for (const [what, revoke] of Object.entries(revocations)) {
      it.effect(`when ${what} revoked after ${why}`, () =>
        Effect.map(
          outcomeOf("user.sessions.list", (sessions, backend) =>
            Effect.gen(function* () {
              yield* forget(sessions, backend)
              yield* revoke(sessions, backend)
              backend.add(player, "revoked")
              backend.answer = (id) => Effect.succeedSome(backend.sessions.get(id)!)
            })
          ),
          ({ forwarded, outcome }) => assert.deepStrictEqual({ outcome, forwarded }, refused)
        )
      )
    }
  }
})

describe("a command whose session was forgotten while it waited", () => {
  it.effect("is forwarded when the session goes on, which is looked up once more", () =>
    Effect.map(
      outcomeOf("user.sessions.list", (sessions) => sessions.clear),
      (it) => assert.deepStrictEqual(it, { outcome: "ok", forwarded: 1, looked: 2 })
    )
  )

  it.effect("is refused as one of an unknown session when it has gone", () =>
    Effect.map(
      outcomeOf("user.sessions.list", (sessions, backend) => {
        backend.sessions.clear()
        return sessions.clear
      }),
      ({ forwarded, outcome }) =>
        assert.deepStrictEqual({ outcome, forwarded }, { outcome: "session_unknown", forwarded: 0 })
    )
  )

  it.effect("isn't forwarded while nobody can tell", () =>
    Effect.map(
      outcomeOf("user.sessions.list", (sessions, backend) => {
        backend.answer = () => Effect.fail(new BackendUnavailable())
        return sessions.clear
      }),
      ({ forwarded, outcome }) =>
        assert.deepStrictEqual({ outcome, forwarded }, { outcome: "backend_unavailable", forwarded: 0 })
    )
  )
})

it.effect("a command whose session is as it was is looked up no more", () =>
  Effect.map(
    outcomeOf("user.sessions.list", () => Effect.void),
    (it) => assert.deepStrictEqual(it, { outcome: "ok", forwarded: 1, looked: 1 })
  )
)
