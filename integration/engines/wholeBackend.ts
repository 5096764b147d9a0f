/** A whole platform whose engines run on two Docker hosts: the machine's own daemon, `alpha`, and a second one, `beta`. */
import { EngineHost } from "@galaxy/core/engine/EngineHost"
import { current } from "@galaxy/core/engine/Incarnation"
import * as DatabaseStates from "@galaxy/host-node/engine-host/DatabaseStates"
import { Galaxy, layer } from "@galaxy/testkit/Galaxy"
import * as TestDatabase from "@galaxy/testkit/TestDatabase"
import { Effect, Layer, Schedule } from "effect"
import { SqlClient } from "effect/sql"
import { backendOn, place } from "./realHost.ts"
import type { SecondHost } from "./SecondHost.ts"

/** Up to two minutes. */
export const patiently = { schedule: Schedule.spaced("500 millis"), times: 240 }

const twoHosts = (second: () => SecondHost) =>
  Layer.effect(
    EngineHost,
    Effect.gen(function* () {
      const alpha = yield* place()
      const beta = yield* place({
        name: "beta",
        endpoint: second().endpoint,
        reach: { by: "published", address: second().address }
      })
      const identity = yield* current
      return yield* backendOn(alpha, { hosts: [alpha.host, beta.host], identity, times: { silence: 3_000 } })
    })
  )

/** The platform; games' states are in its database. `second` is asked for when it is built. */
export const platformOn = (second: () => SecondHost) =>
  layer({
    database: TestDatabase.layerPglite,
    engines: twoHosts(second),
    backend: { builtInEngine: false, engineStates: DatabaseStates.layer }
  })

/** What an operator does by REST. */
export const admin = (path: string, body: object) =>
  Effect.gen(function* () {
    const galaxy = yield* Galaxy
    const { password, user } = galaxy.admin
    yield* Effect.promise(async () => {
      const answer = await fetch(`${galaxy.backendUrl}/api/v1/admin/${path}`, {
        method: "POST",
        headers: {
          authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`,
          "content-type": "application/json"
        },
        body: JSON.stringify(body)
      })
      if (answer.status >= 300) throw new Error(`${path} was refused with ${answer.status}: ${await answer.text()}`)
    })
  })

/** The engine that the game's row names. */
export const engineOf = (gameId: string) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const [row] = yield* sql<{
      readonly engine_host: string
      readonly engine_epoch: number
      readonly engine_endpoint: string | null
    }>`SELECT engine_host, engine_epoch, engine_endpoint FROM backend.runtime_records WHERE game_id = ${gameId}`
    return row ?? { engine_host: "", engine_epoch: 0, engine_endpoint: null }
  })

/** How often each turn was told to each player of the platform: its newest first. */
export const turnsTold = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const told = yield* sql<{ readonly events: number }>`
    SELECT count(*)::int AS events FROM backend.push_events WHERE kind = 'game.turn.ready' GROUP BY user_id, payload`
  return told.map((it) => it.events)
})
