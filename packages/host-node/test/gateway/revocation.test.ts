/** Requests that run while their session is revoked, through real sockets. */
import { Code, ConnectError } from "@connectrpc/connect"
import * as codec from "@galaxy/contract/fbs/codec"
import { tables } from "@galaxy/contract/gen/fbs-tables"
import type { GatewayServer } from "@galaxy/host-node/gateway/GatewayServer"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { Desk } from "./Desk.ts"
import * as Fixture from "./fixture.ts"
import { ended, pushes } from "./subscription.ts"

const revoked = { code: Code.Unauthenticated, reason: "session_revoked", domain: "galaxy" }
const otherSession = "0190f7a2-6d3e-7c11-9a55-1f2e3d4c5b70"

const send = (wish: Fixture.Wish) =>
  Effect.flatMap(Fixture.rpc("gRPC over HTTP/2"), (rpc) =>
    Effect.tryPromise({
      try: async () => (await rpc.executeCommand(Fixture.request(wish))).resultCode,
      catch: (cause) => ended(ConnectError.from(cause))
    }).pipe(Effect.catch(Effect.succeed))
  )

const withDesk = <A, E>(test: (desk: Desk) => Effect.Effect<A, E, GatewayServer | Fixture.Script>) => {
  const desk = new Desk()
  const prepared = Effect.map(Fixture.Script, ({ sessions }) => {
    sessions.set(otherSession, { userId: Fixture.userId, publicKey: Fixture.device.publicKey, status: "active" })
  })
  return Effect.andThen(prepared, test(desk)).pipe(
    Effect.provide(Fixture.gatewayWith(desk.layer, Fixture.generous), { local: true })
  )
}

/** The backend has revoked the usual session, alone or with all of the user's, and tells of it. */
const invalidation = (of: { readonly deviceSessionId?: string; readonly userId?: string }) =>
  Effect.andThen(
    Effect.map(Fixture.Script, ({ sessions }) => {
      const { publicKey } = Fixture.device
      sessions.set(Fixture.sessionId, { userId: Fixture.userId, publicKey, status: "revoked" })
    }),
    pushes({ type: "invalidation", deviceSessionId: "", userId: "", reason: "user_revoke", ...of })
  )

/** Runs a command until the backend is at work on it. */
const begun = Effect.fnUntraced(function* (desk: Desk, wish: Fixture.Wish = {}) {
  const running = yield* Effect.forkChild(send(wish))
  yield* Effect.promise(() => desk.arrived)
  return running
})

/** Until further requests of the session are refused. */
const wordCame = (deviceSessionId: string) =>
  send({ deviceSessionId }).pipe(
    Effect.repeat({ until: (it) => typeof it !== "string" && it.reason === "session_revoked" }),
    Effect.timeout("20 seconds")
  )

describe("a session that is revoked", () => {
  for (const [what, of] of [
    ["by itself", { deviceSessionId: Fixture.sessionId }],
    ["with all of its user's", { userId: Fixture.userId }]
  ] as const) {
    it.live(`${what} ends a running request at once, and its call to the backend`, () =>
      withDesk((desk) =>
        Effect.gen(function* () {
          const running = yield* begun(desk)
          yield* invalidation(of)
          assert.deepStrictEqual(yield* Fiber.join(running), revoked)
          yield* Effect.promise(() => desk.givenUp)
          assert.deepStrictEqual(yield* send({}), revoked)
        })
      )
    )
  }

  it.live("leaves the requests of others alone", () =>
    withDesk((desk) =>
      Effect.gen(function* () {
        const running = yield* begun(desk, { deviceSessionId: otherSession })
        yield* invalidation({ deviceSessionId: Fixture.sessionId })
        yield* wordCame(Fixture.sessionId)
        yield* desk.answers({ sessions: [] })
        assert.strictEqual(yield* Fiber.join(running), "ok")
      })
    )
  )

  const ofSession = codec.encode(tables, "galaxy.user.RevokeSessionRequest", { device_session_id: Fixture.sessionId })
  const revoking = [
    ["user.sessions.revoke_all", new Uint8Array(), { revoked: [Fixture.sessionId, otherSession] }],
    ["user.sessions.revoke", ofSession, { revoked: [Fixture.sessionId] }],
    ["user.account.delete", new Uint8Array(), {}]
  ] as const
  for (const [messageType, payload, json] of revoking) {
    it.live(`answers ${messageType}, which has ended it, though word of that comes first`, () =>
      withDesk((desk) =>
        Effect.gen(function* () {
          const running = yield* begun(desk, { messageType, payload })
          yield* invalidation({ userId: Fixture.userId })
          yield* wordCame(Fixture.sessionId)
          yield* desk.answers(json)
          assert.strictEqual(yield* Fiber.join(running), "ok")
          assert.deepStrictEqual(yield* send({}), revoked)
        })
      )
    )
  }

  it.live("refuses a request that has ended another one, and one that has ended none", () =>
    Effect.forEach(
      [
        [200, { revoked: [otherSession] }],
        [200, { revoked: [] }],
        [404, { error: { code: "not_found", message: "no such session" } }]
      ] as const,
      ([status, json]) =>
        withDesk((desk) =>
          Effect.gen(function* () {
            const running = yield* begun(desk, { messageType: "user.sessions.revoke", payload: ofSession })
            yield* invalidation({ deviceSessionId: Fixture.sessionId })
            yield* wordCame(Fixture.sessionId)
            yield* desk.answers(json, status)
            assert.deepStrictEqual(yield* Fiber.join(running), revoked)
          })
        ),
      { discard: true }
    )
  )
})
