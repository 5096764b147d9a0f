/** The public routes as a client sees them: what it learns of a refusal. */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { GatewayInfo } from "@galaxy/contract/api/GatewayInfo"
import * as PublicEdge from "@galaxy/client/PublicEdge"
import * as answers from "@galaxy/client/publicAnswers"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"

const gateway = (retryAfter: string | undefined) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const server = createServer((_, response) => {
        response.writeHead(429, {
          "content-type": "application/json",
          ...(retryAfter === undefined ? {} : { "retry-after": retryAfter })
        })
        response.end(JSON.stringify({ error: { code: "rate_limited", message: "too many requests" } }))
      })
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
      return server
    }),
    (server) => Effect.promise(() => new Promise((resolve) => server.close(resolve)))
  )

const id = "0190f7a2-6d3e-7c11-9a55-1f2e3d4c5b6a"
const info = {
  protocol_version: "v1",
  signing_public_key: "A",
  freshness_past_ms: 60_000,
  freshness_future_ms: 10_000,
  server_time_ms: 1
}

describe("answers of public routes", () => {
  it("are read with the fields of their route, and others are ignored", () => {
    assert.deepStrictEqual<unknown>(answers.info({ ...info, later: 1 }), { ...info, signing_keys: undefined })
    assert.deepStrictEqual<unknown>(Schema.decodeUnknownSync(GatewayInfo)({ ...info, later: 1 }), info)
    assert.strictEqual<unknown>(answers.challenge({ challenge_id: id, later: 1 }), id)
    assert.strictEqual<unknown>(answers.session({ device_session_id: id, later: 1 }), id)
    const error = { code: "of_later", message: "no" }
    assert.deepStrictEqual(answers.failure({ error: { ...error, later: 1 }, later: 1 }), error)
    assert.deepStrictEqual(answers.failure({ error: { ...error, reason: "of_later" } }), {
      ...error,
      reason: "of_later"
    })
  })

  it("keep endorsed keys as they are", () => {
    for (const keys of [[null, { public_key: "A" }], null, 1]) {
      assert.deepStrictEqual<unknown>(answers.info({ ...info, signing_keys: keys }), { ...info, signing_keys: keys })
    }
  })

  it("of any other form are refused", () => {
    const other = [null, undefined, "x", 1, true, [], {}]
    for (const read of [answers.info, answers.challenge, answers.session, answers.failure]) {
      for (const json of other) assert.isUndefined(read(json))
    }
    for (const key of Object.keys(info)) {
      for (const value of [undefined, null, {}]) assert.isUndefined(answers.info({ ...info, [key]: value }))
    }
    for (const bad of [id.toUpperCase(), `${id} `, "", 1, null]) {
      assert.isUndefined(answers.challenge({ challenge_id: bad }))
      assert.isUndefined(answers.session({ device_session_id: bad }))
    }
    for (const error of [null, "x", [], {}, { code: 1, message: "" }, { code: "a" }, { code: "a", message: 1 }]) {
      assert.isUndefined(answers.failure({ error }))
    }
    assert.isUndefined(answers.failure({ error: { code: "a", message: "b", reason: null } }))
  })
})

describe("PublicEdge", () => {
  for (const [header, millis] of [
    ["2", 2_000],
    ["1.5", 1_500],
    ["0.0001", 1],
    ["soon", undefined],
    [undefined, undefined]
  ] as const) {
    it.live(`rate_limited with Retry-After ${header} says ${millis} milliseconds`, () =>
      Effect.scoped(
        Effect.gen(function* () {
          const { port } = (yield* gateway(header)).address() as AddressInfo
          const error = yield* Effect.flip(
            PublicEdge.sendEmailCode(`http://127.0.0.1:${port}`, { email: "ada@example.org" })
          )
          assert.strictEqual(error._tag, "CallFailed")
          assert.strictEqual(error._tag === "CallFailed" ? error.retryAfterMs : 0, millis)
        })
      )
    )
  }
})
