/** The public routes as a client sees them: what it learns of a refusal. */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import * as PublicEdge from "@galaxy/client/PublicEdge"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"

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
