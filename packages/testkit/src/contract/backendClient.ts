/** What every `BackendClient` adapter does, with a backend behind it that answers as the suite says. */
import { toEffect } from "@galaxy/edge/Awaitable"
import { BackendClient, type ForwardRequest } from "@galaxy/edge/BackendClient"
import { Effect, Fiber, type Layer, Option } from "effect"
import * as assert from "../internal/assert.ts"
import { type Case, casesOf } from "./Case.ts"
import { type Answer, ScriptedBackend } from "./ScriptedBackend.ts"

const userId = "0190f7a2-6d3e-7c11-9a55-000000000001"
const deviceSessionId = "0190f7a2-6d3e-7c11-9a55-000000000002"
const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
const origin = { sourceIp: "203.0.113.7", requestId: "r-1", traceparent }
const command = {
  ...origin,
  method: "POST",
  path: "/api/v1/user/x?y=%20z",
  body: { name: "Ünï" },
  userId,
  deviceSessionId
} as const

const json = (status: number, value: unknown): Answer => ({ status, body: JSON.stringify(value) })

/** Longer than an honest answer takes on any machine. */
const patientMs = 30_000

const forward = (client: BackendClient["Service"], request: ForwardRequest) =>
  toEffect((signal) => client.forward(request, signal))

/**
 * What every `BackendClient` does. The adapter gets the milliseconds that a call may take, and a secret that it has to
 * show the backend as the gateway's token.
 */
export const backendClient = <E>(
  adapter: (timeoutMs: number, token: string) => Layer.Layer<BackendClient | ScriptedBackend, E>
): ReadonlyArray<Case> => {
  const token = "a secret of both"

  const usual = casesOf(
    adapter(patientMs, token),
    (it) => {
      const both = Effect.gen(function* () {
        return { client: yield* BackendClient, backend: yield* ScriptedBackend }
      })
      const refused = <A>(call: Effect.Effect<A, { readonly _tag: string }>) =>
        Effect.map(Effect.flip(call), ({ _tag }) => assert.strictEqual(_tag, "backend_unavailable"))

      it("a call of a user says who, from where and by which gateway, and returns whatever status is answered", () =>
        Effect.gen(function* () {
          const { client, backend } = yield* both
          for (const status of [200, 302, 404, 409, 500]) {
            yield* backend.answer(json(status, { of: "the backend" }))
            assert.deepStrictEqual(yield* forward(client, command), { status, json: { of: "the backend" } })
          }
          const [asked] = yield* backend.asked
          assert.deepInclude(asked, { method: "POST", path: command.path, body: '{"name":"Ünï"}' })
          assert.deepStrictEqual(
            [
              "content-type",
              "x-user-id",
              "x-device-session-id",
              "x-forwarded-for",
              "x-request-id",
              "x-gateway-token",
              "traceparent"
            ].map((name) => asked?.headers.get(name)),
            ["application/json", userId, deviceSessionId, "203.0.113.7", "r-1", token, traceparent]
          )
        }))

      it("what isn't an address or a trace goes no further, and a GET has no body", () =>
        Effect.gen(function* () {
          const { client, backend } = yield* both
          for (const wrong of [
            "",
            "x",
            traceparent.toUpperCase(),
            `${traceparent}-1`,
            `${traceparent}\r\nx-user-id: y`
          ]) {
            yield* forward(client, { ...command, method: "GET", body: undefined, sourceIp: wrong, traceparent: wrong })
          }
          const asked = yield* backend.asked
          assert.strictEqual(asked.length, 5)
          for (const { method, headers, body } of asked) {
            assert.deepStrictEqual([method, body, headers.get("x-user-id")], ["GET", "", userId])
            assert.deepStrictEqual([headers.get("traceparent"), headers.get("x-forwarded-for")], [null, null])
          }
        }))

      it("a public call speaks for nobody", () =>
        Effect.gen(function* () {
          const { client, backend } = yield* both
          const call = { ...origin, path: "/api/v1/public/x", body: { a: 1 } }
          yield* client.public({ ...call, acceptLanguage: "de, en;q=0.5" })
          yield* client.public({ ...call, acceptLanguage: undefined })
          const asked = yield* backend.asked
          assert.strictEqual(asked[0]?.headers.get("accept-language"), "de, en;q=0.5")
          for (const { method, path, headers } of asked) {
            assert.deepStrictEqual([method, path, headers.get("x-user-id")], ["POST", "/api/v1/public/x", null])
          }
        }))

      it("a session is found, isn't there, or can't be told", () =>
        Effect.gen(function* () {
          const { client, backend } = yield* both
          const record = {
            device_session_id: deviceSessionId,
            user_id: userId,
            client_public_key: Buffer.alloc(32, 7).toString("base64"),
            status: "active",
            created_at: "2026-01-01T00:00:00.000Z"
          }
          yield* backend.answer(json(200, record))
          assert.deepStrictEqual(
            yield* client.session(deviceSessionId),
            Option.some({ userId, publicKey: new Uint8Array(32).fill(7), status: "active" as const })
          )
          yield* backend.answer(json(404, {}))
          assert.isTrue(Option.isNone(yield* client.session(deviceSessionId)))
          for (const wrong of [
            json(200, { ...record, status: "perhaps" }),
            json(200, null),
            json(401, {}),
            json(500, {})
          ]) {
            yield* backend.answer(wrong)
            yield* refused(client.session(deviceSessionId))
          }
        }))

      it("a user's events come as they are kept", () =>
        Effect.gen(function* () {
          const { client, backend } = yield* both
          const event = {
            sequence: 8,
            event_id: "0190f7a2-6d3e-7c11-9a55-00000000000e",
            kind: "game.turn.ready",
            payload: Buffer.from([0, 255, 10]).toString("base64"),
            request_id: "cause",
            trace_id: "",
            created_at: "2026-01-01T00:00:00.000Z"
          }
          yield* backend.answer(json(200, { events: [event], oldest_sequence: 5, newest_sequence: 9 }))
          const page = yield* client.events(userId, 7, 100)
          assert.deepStrictEqual([page.oldest, page.newest], [5, 9])
          assert.deepInclude(page.events[0], { userId, sequence: 8, kind: "game.turn.ready", deviceSessionId: "" })
          assert.deepStrictEqual(page.events[0]?.payload, Uint8Array.of(0, 255, 10))
          yield* backend.answer(json(404, {}))
          yield* refused(client.events(userId, 7, 100))
        }))

      it("an empty answer is null, and one that isn't JSON is none", () =>
        Effect.gen(function* () {
          const { client, backend } = yield* both
          yield* backend.answer({ status: 200, body: "" })
          assert.deepStrictEqual(yield* forward(client, command), { status: 200, json: null })
          for (const body of ["<html>", '{"half":', "undefined"]) {
            yield* backend.answer({ status: 200, body })
            yield* refused(forward(client, command))
          }
        }))

      it("is ready when the backend's own probe is", () =>
        Effect.gen(function* () {
          const { client, backend } = yield* both
          yield* client.ready
          assert.strictEqual((yield* backend.asked)[0]?.path, "/readyz")
          yield* backend.answer(json(503, {}))
          yield* refused(client.ready)
        }))

      it("a call that is interrupted ends at once, and the next one is answered", () =>
        Effect.gen(function* () {
          const { client, backend } = yield* both
          yield* backend.answer("nothing")
          const calling = yield* Effect.forkChild(forward(client, command))
          yield* backend.reached(1)
          yield* Fiber.interrupt(calling)
          yield* backend.answer(json(200, { a: 1 }))
          assert.deepStrictEqual(yield* forward(client, command), { status: 200, json: { a: 1 } })
        }))
    },
    { liveClock: true }
  )

  const impatient = casesOf(
    adapter(100, token),
    (it) => {
      it("a backend that doesn't answer in time is unavailable, and was asked once", () =>
        Effect.gen(function* () {
          const client = yield* BackendClient
          const backend = yield* ScriptedBackend
          yield* backend.answer("nothing")
          const error = yield* Effect.flip(forward(client, command))
          assert.strictEqual(error._tag, "backend_unavailable")
          assert.isTrue((yield* backend.asked).length <= 1)
        }))
    },
    { liveClock: true }
  )

  return [...usual, ...impatient]
}
