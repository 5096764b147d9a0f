/** Which backends operators are shown, by the table that the cluster itself makes and by what each notes of itself. */
import { release } from "@galaxy/contract/release"
import * as Backends from "@galaxy/core/runtime/Backends"
import { OwnAddress } from "@galaxy/core/runtime/cluster/OwnAddress"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { SqlRunnerStorage } from "effect/cluster"
import { SqlClient } from "effect/sql"
import { advance } from "./fixture.ts"
import { player, openGame } from "../lobby/fixture.ts"
import { platformOn } from "../http/platform.ts"

/** A backend of its own at this address, over the database of the test. */
const at = (address: string) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    Effect.map(
      Layer.build(
        Layer.fresh(Backends.layer).pipe(
          Layer.provide([Layer.succeed(OwnAddress, address), Layer.succeed(SqlClient.SqlClient, sql)])
        )
      ),
      (context) => Backends.Backends.pipe(Effect.provideContext(context))
    )
  ).pipe(Effect.flatten)

eachDatabase((name, storage) => {
  layer(platformOn(storage), { timeout: "120 seconds", excludeTestServices: true })(`backends on ${name}`, (it) => {
    it.effect("are all those of a cluster that is alive, and those of one that was are none", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const alone = yield* Backends.Backends
        const read = Effect.map(alone.list, (all) => all.map((it) => [it.address, it.healthy]))
        assert.isUndefined(alone.note, "a backend that is alone has nothing to tell")
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
        const [first] = yield* alone.list
        assert.isBelow(Math.abs(Date.now() - Number(first?.heartbeat_at.epochMilliseconds)), 60_000)
        assert.notProperty(first, "release")

        // What each says of itself: the games that it owns of those in play.
        const ids: Array<string> = []
        for (const status of ["running", "running", "stopped"]) {
          const { game_id } = yield* openGame(yield* player)
          yield* sql`
            INSERT INTO backend.runtime_records (game_id, status, seed, turn_schedule, time_zone)
            VALUES (${game_id}, ${status}, '1', '0 18 * * *', 'UTC')`
          ids.push(game_id)
        }
        const [a, b] = [yield* at("a:1"), yield* at("b:1")]
        yield* a.note?.((game) => game !== ids[0]) ?? Effect.void
        yield* b.note?.(() => true) ?? Effect.void
        const told = yield* a.list
        assert.deepInclude(told[0], { address: "a:1", answering: true, release, games: 1 })
        assert.isDefined(told[0]?.started_at)
        // Games of one that is lost are owned by others by now.
        assert.deepInclude(told[1], { address: "b:1", answering: false, release })
        assert.notProperty(told[1], "games")
        // What was said long ago counts no more, and what is left of those that have gone is removed.
        yield* sql`UPDATE backend.backend_notes SET noted_at = now() - interval '1 minute' WHERE address = 'a:1'`
        yield* sql`UPDATE backend.backend_notes SET noted_at = now() - interval '8 days' WHERE address = 'b:1'`
        assert.notProperty((yield* a.list)[0], "games")
        yield* a.note?.(() => true) ?? Effect.void
        const later = yield* a.list
        assert.deepInclude(later[0], { games: 2 })
        // A predecessor's note is nothing unusual; one that is there beside this one is.
        assert.notProperty(later[0], "contested")
        yield* advance("1 second")
        const second = yield* at("a:1")
        yield* second.note?.(() => true) ?? Effect.void
        assert.notProperty((yield* second.list)[0], "contested")
        yield* a.note?.(() => true) ?? Effect.void
        assert.deepInclude((yield* a.list)[0], { contested: true })
        yield* second.note?.(() => true) ?? Effect.void
        assert.deepInclude((yield* second.list)[0], { contested: true })
        yield* advance("2 minutes")
        yield* second.note?.(() => true) ?? Effect.void
        assert.notProperty((yield* second.list)[0], "contested")
        assert.notProperty(later[1], "release")
      }).pipe(Effect.scoped)
    )
  })
})
