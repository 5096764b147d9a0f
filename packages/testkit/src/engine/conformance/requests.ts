/** Checks of requests that nobody should send: each is refused with the error envelope, and the engine goes on. */
import * as assert from "../../internal/assert.ts"
import { maxBodyBytes } from "@galaxy/contract/engine/Limits"
import { Effect } from "effect"
import * as Calls from "./calls.ts"
import type { Check } from "./Check.ts"
import { begun, gameId, initOf, races } from "./game.ts"

const [first] = races

/** Routes that take a body. */
const writes = [
  ["POST", "/api/v1/admin/init"],
  ["POST", "/api/v1/admin/turn"],
  ["POST", "/api/v1/admin/race/banish"],
  ["POST", "/api/v1/command"],
  ["PUT", "/api/v1/order"]
] as const

/** Malformed and oversized bodies, unknown routes, and known routes under another method. */
export const requests: ReadonlyArray<Check> = [
  {
    name: "a body that is not JSON, or not of the route's form, is refused",
    run: Effect.fnUntraced(function* (subject) {
      const { engine, status } = yield* begun(subject)
      for (const [method, path] of writes) {
        for (const text of ["", "{", "nonsense", "null", "[]", "42", "{}"]) {
          Calls.refused(yield* Calls.send(engine, method, path, { text }), "invalid_request", `body ${text}`)
        }
      }
      const wrong = [
        { actor: first, turn: 0 },
        { orders: [], commands: [] },
        { actor: 1, orders: [], commands: [] },
        { actor: first, orders: {}, commands: {} },
        { actor: first, orders: [42], commands: [42] },
        { actor: first, turn: "0", orders: [], commands: [] }
      ]
      for (const body of wrong) {
        Calls.refused(yield* Calls.order(engine, body), "invalid_request", JSON.stringify(body))
        Calls.refused(yield* Calls.command(engine, body), "invalid_request", JSON.stringify(body))
      }
      assert.deepStrictEqual(Calls.statusIn(yield* Calls.status(engine)), status)
    })
  },
  {
    name: "a body is as large as the contract allows, and no larger",
    run: Effect.fnUntraced(function* (subject) {
      const engine = yield* subject.start
      const padded = (bytes: number) => {
        const json = JSON.stringify(initOf(subject))
        return { text: json + " ".repeat(bytes - Buffer.byteLength(json)) }
      }
      for (const [method, path] of writes) {
        Calls.refused(yield* Calls.send(engine, method, path, padded(maxBodyBytes + 1)), "payload_too_large")
      }
      const full = Calls.statusIn(yield* Calls.send(engine, "POST", "/api/v1/admin/init", padded(maxBodyBytes)))
      assert.strictEqual(full.game_id, gameId)
    })
  },
  {
    name: "an unknown route is not found",
    run: Effect.fnUntraced(function* (subject) {
      const { engine } = yield* begun(subject)
      for (const path of ["/", "/api/v1/galaxy", "/api/v2/order", "/healthz/more"]) {
        Calls.refused(yield* Calls.send(engine, "GET", path), "not_found")
        Calls.refused(yield* Calls.send(engine, "POST", path, { text: "{}" }), "not_found")
      }
    })
  },
  {
    name: "a known route under another method is not allowed, and does nothing",
    run: Effect.fnUntraced(function* (subject) {
      const { engine, status } = yield* begun(subject)
      const body = { text: JSON.stringify({ turn: 1 }) }
      const wrong = [
        ["POST", "/healthz", body],
        ["GET", "/api/v1/admin/init", undefined],
        ["POST", "/api/v1/admin/status", body],
        ["GET", "/api/v1/admin/turn", undefined],
        ["PUT", "/api/v1/admin/turn", body],
        ["GET", "/api/v1/admin/race/banish", undefined],
        ["GET", "/api/v1/command", undefined],
        ["DELETE", "/api/v1/order", undefined],
        ["DELETE", "/api/v1/report", undefined]
      ] as const
      for (const [method, path, sent] of wrong) {
        Calls.refused(yield* Calls.send(engine, method, path, sent), "method_not_allowed")
      }
      assert.deepStrictEqual(Calls.statusIn(yield* Calls.status(engine)), status)
    })
  }
]
