/** A connection to an engine that swallows the answer to a turn: the turn is asked for again, and costs no deadline. */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import * as EngineClient from "@galaxy/core/engine/EngineClient"
import * as EngineSettings from "@galaxy/core/engine/EngineSettings"
import * as FaultyLink from "@galaxy/testkit/FaultyLink"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { FetchHttpClient } from "effect/http"

const status = {
  game_id: "01a2265c-7346-7a1d-aa1b-c63ccd0560ca",
  turn: 1,
  finished: false,
  winners: [],
  players: []
}

/** Answers every turn, and counts how often it was asked. */
const engine = Effect.acquireRelease(
  Effect.callback<{ readonly port: number; readonly asked: () => number; readonly close: () => void }>((resume) => {
    let asked = 0
    const server = createServer((request, response) => {
      asked++
      request.resume()
      response.setHeader("content-type", "application/json")
      response.end(JSON.stringify(status))
    })
    server.listen(0, "127.0.0.1", () => {
      const close = () => {
        server.close()
        server.closeAllConnections()
      }
      resume(Effect.succeed({ port: (server.address() as AddressInfo).port, asked: () => asked, close }))
    })
  }),
  ({ close }) => Effect.sync(close)
)

const client = EngineClient.layer.pipe(
  Layer.provide(EngineSettings.layer({ turnTimeout: "5 minutes", askAgainAfter: "1 second" })),
  Layer.provide(FetchHttpClient.layer)
)

describe("silence between backend and engine", () => {
  it.live("a turn whose connection is swallowed is asked for again on another one", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { asked, port } = yield* engine
        const link = yield* FaultyLink.make("127.0.0.1", port)
        const access = { endpoint: new URL(`http://${link.host}:${link.port}`), token: Redacted.make("a-token") }
        yield* link.swallowNew(true)
        const turns = yield* EngineClient.EngineClient
        yield* Effect.forkScoped(Effect.delay(link.swallowNew(false), "500 millis"))
        const answer = yield* turns.turn(access, 1)
        assert.strictEqual(answer.turn, 1)
        assert.strictEqual(asked(), 1)
      })
    ).pipe(Effect.provide(client))
  )
})
