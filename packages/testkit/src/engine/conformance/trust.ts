/** Checks that an engine serves only the platform: callers that have the token it was started with. */
import * as assert from "../../internal/assert.ts"
import { Effect } from "effect"
import * as Calls from "./calls.ts"
import type { Check } from "./Check.ts"
import { begun, initOf, races } from "./game.ts"

const [first] = races
const query = `race=${encodeURIComponent(first)}`

/** Each route is tried with several wrong tokens and without one; only `/healthz` is open. */
export const trust: ReadonlyArray<Check> = [
  {
    name: "without the token, or with another, every route but healthz is unauthorized and does nothing",
    run: Effect.fnUntraced(function* (subject) {
      const { engine, status } = yield* begun(subject)
      const { token } = engine
      const routes = [
        ["POST", "/api/v1/admin/init", initOf(subject)],
        ["GET", "/api/v1/admin/status", undefined],
        ["POST", "/api/v1/admin/turn", { turn: 1 }],
        ["POST", "/api/v1/admin/race/banish", { race: first }],
        ["POST", "/api/v1/command", { actor: first, turn: 0, commands: [] }],
        ["PUT", "/api/v1/order", { actor: first, turn: 0, orders: [] }],
        ["GET", `/api/v1/order?${query}`, undefined],
        ["GET", `/api/v1/report?${query}&turn=0`, undefined]
      ] as const
      const wrong = ["", "Bearer", `Bearer ${token.slice(0, -1)}`, `Bearer ${token}x`, `Basic ${token}`, token]
      for (const [method, path, json] of routes) {
        const body = json === undefined ? undefined : { text: JSON.stringify(json) }
        for (const authorization of wrong) {
          Calls.refused(yield* Calls.send(engine, method, path, body, authorization), "unauthorized")
        }
      }
      assert.deepStrictEqual(Calls.statusIn(yield* Calls.status(engine)), status)
      Calls.object(yield* Calls.send(engine, "GET", "/healthz", undefined, ""))
    })
  }
]
