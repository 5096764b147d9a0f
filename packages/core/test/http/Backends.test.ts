/** Which backends diagnostics show, by the table that the cluster itself makes. */
import * as BackendStates from "@galaxy/core/http/backendStates"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { SqlRunnerStorage } from "effect/cluster"
import { SqlClient } from "effect/sql"

eachDatabase((name, storage) => {
  layer(storage, { timeout: "120 seconds", excludeTestServices: true })(`backends on ${name}`, (it) => {
    it.effect("are all those of a cluster that is alive, and those of one that was are none", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const read = Effect.map(BackendStates.read, (all) => all.map((it) => [it.address, it.healthy]))
        assert.deepStrictEqual(yield* read, [])
        yield* Effect.scoped(Layer.build(SqlRunnerStorage.layerMigrations({ prefix: "backend.cluster" })))
        assert.deepStrictEqual(yield* read, [])
        const add = (address: string, healthy: boolean, ago: string) => sql`
          INSERT INTO backend.cluster_runners (address, runner, healthy, last_heartbeat)
          VALUES (${address}, '{}', ${healthy}, now() - ${ago}::interval)`
        // What others have left that was never told that it was lost.
        yield* add("d:1", true, "1 hour")
        assert.deepStrictEqual(yield* read, [])
        yield* add("b:1", false, "1 second")
        yield* add("a:1", true, "1 second")
        assert.deepStrictEqual(yield* read, [
          ["a:1", true],
          ["b:1", false],
          ["d:1", false]
        ])
        const [first] = yield* BackendStates.read
        assert.isBelow(Math.abs(Date.now() - Number(first?.heartbeat_at.epochMilliseconds)), 60_000)
      })
    )
  })
})
