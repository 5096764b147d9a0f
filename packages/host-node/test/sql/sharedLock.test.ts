/** Backends of a cluster hold the lock on their database together; who isn't one of them is kept out, and so is who lost it. */
import { DatabaseOwnership } from "@galaxy/core/shared/DatabaseOwnership"
import * as PgSession from "@galaxy/host-node/sql/PgSession"
import * as Postgres from "@galaxy/host-node/sql/Postgres"
import { cloneUrl, serverUrl } from "@galaxy/testkit/TestDatabase"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Layer, Scope } from "effect"
import { SqlClient } from "effect/sql"

const server = serverUrl()
if (server === undefined) console.warn("skipped: the shared lock (GALAXY_TEST_DATABASE_URL names no server)")

const database = Effect.map(cloneUrl(server ?? ""), (it) => it.url)

const owner = Effect.fnUntraced(function* (url: string, shared: boolean, lockWaitMs = 30_000) {
  const scope = yield* Scope.fork(yield* Effect.scope)
  const context = yield* Layer.buildWithScope(
    Postgres.layerOwned({ lockWaitMs, shared, maxConnections: 1, url }),
    scope
  )
  return {
    run: <A, E>(effect: Effect.Effect<A, E, SqlClient.SqlClient | DatabaseOwnership>) =>
      Effect.provideContext(effect, context),
    end: Scope.close(scope, Exit.void)
  }
})

const held = Effect.flatMap(DatabaseOwnership, (it) => it.held)
const session = Effect.flatMap(SqlClient.SqlClient, (sql) => sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`).pipe(
  Effect.map(([row]) => row?.pid)
)

describe.skipIf(server === undefined)("the shared lock on a database", () => {
  it.live("is held by several at a time, and by nobody beside one that wants it alone", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const url = yield* database
        const [one, other] = [yield* owner(url, true), yield* owner(url, true)]
        assert.deepStrictEqual([yield* one.run(held), yield* other.run(held)], [true, true])
        const alone = yield* Effect.flip(owner(url, false, 200))
        assert.match(alone.message, /unless all of them have a BACKEND_CLUSTER_ADDR/)
        yield* one.end
        assert.strictEqual((yield* Effect.flip(owner(url, false, 200)))._tag, "DatabaseInUse")
        yield* other.end
        yield* owner(url, false)
        const late = yield* Effect.flip(owner(url, true, 200))
        assert.match(late.message, /It isn't part of a cluster/)
      })
    )
  )

  it.live("whoever joins ends the sessions of those that lost it, and of nobody else", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const url = yield* database
        const peer = yield* owner(url, true)
        const before = yield* peer.run(session)
        const open = (applicationName: string) =>
          PgSession.open({ url, applicationName, connectTimeoutMs: 10_000, answerTimeoutMs: 10_000 })
        const lost = yield* open("galaxy backend 0123456789ab")
        const another = yield* open("somebody's own")
        yield* owner(url, true)
        yield* Effect.flip(lost.gone).pipe(Effect.timeout("30 seconds"))
        assert.isTrue(another.usable)
        assert.strictEqual(yield* peer.run(session), before)
      })
    )
  )
})
