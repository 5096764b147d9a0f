/** Several backends as processes of their own on one PostgreSQL: they let each other in, and nobody else. */
import { release } from "@galaxy/contract/release"
import { cloneUrl, serverUrl } from "@galaxy/testkit/TestDatabase"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import * as Postgres from "@galaxy/host-node/sql/Postgres"
import { backend, folder, key, relay } from "./parts.ts"
import { Process } from "./Process.ts"
import { freePort } from "../../../../scripts/lib/serversForTests.ts"

interface Listed {
  readonly address: string
  readonly answering: boolean
  readonly healthy: boolean
  readonly games?: number
  readonly release?: string
}

const postgres = serverUrl()
if (postgres === undefined) console.warn("skipped: several backends (no PostgreSQL server)")

/** A port that nothing listens on at the moment. */
const runners = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => sql<{ address: string; healthy: boolean }>`SELECT address, healthy FROM backend.cluster_runners`
)

describe.skipIf(postgres === undefined)("several backends", () => {
  it.live(
    "work on one database together, and let nobody in who isn't one of them",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const { url: database } = yield* cloneUrl(postgres ?? "")
          const { port: smtp } = yield* relay
          const ports = yield* Effect.promise(() => Promise.all([freePort(), freePort()]))
          const start = Effect.fnUntraced(function* (port: number) {
            const dataDir = yield* folder
            const address = `127.0.0.1:${port}`
            const more = {
              BACKEND_CLUSTER_ADDR: address,
              BACKEND_END_DELAY: "3s",
              BACKEND_ACCESS_LOG_PER_SECOND: "9",
              BACKEND_ADMIN_BOOTSTRAP_USER: "root",
              BACKEND_ADMIN_BOOTSTRAP_PASSWORD: "correct horse battery"
            }
            return yield* backend({ database, smtp, dataDir, more })
          })
          const [one] = yield* Effect.forEach(ports, start, { concurrency: 2 })
          const found = yield* Effect.provide(runners, Postgres.layer({ url: database, maxConnections: 1 }))
          assert.sameDeepMembers(
            [...found],
            ports.map((port) => ({ address: `127.0.0.1:${port}`, healthy: true }))
          )

          // At the start the log names a setting that has no effect.
          assert.include(one?.started.output, "BACKEND_ACCESS_LOG_PER_SECOND: no effect with BACKEND_ACCESS_LOG=off")
          // Each says of itself what it is, and the one that is asked names itself.
          const listed = Effect.promise(async () => {
            const url = `http://127.0.0.1:${one?.ports.http}/api/v1/admin/backends`
            const headers = { authorization: `Basic ${btoa("root:correct horse battery")}` }
            return ((await (await fetch(url, { headers })).json()) as { backends: ReadonlyArray<Listed> }).backends
          })
          const told = yield* Effect.repeat(Effect.delay(listed, "100 millis"), {
            until: (all) => all.every((it) => it.release !== undefined),
            times: 600
          })
          assert.sameDeepMembers(
            told.map(({ address, answering, games, healthy, release: its }) => [
              address,
              answering,
              healthy,
              games,
              its
            ]),
            ports.map((port, index) => [`127.0.0.1:${port}`, index === 0, true, 0, release])
          )

          const statuses = yield* Effect.promise(() =>
            Promise.all(
              [{}, { authorization: "Bearer wrong" }].map(async (headers) => {
                const response = await fetch(`http://127.0.0.1:${ports[0]}/cluster`, { method: "POST", headers })
                return response.status
              })
            )
          )
          assert.deepStrictEqual(statuses, [401, 401])

          // One that would take the database for its own, as every backend of an older release does.
          const alone = new Process("processes/backend", {
            BACKEND_HTTP_ADDR: ":0",
            BACKEND_GRPC_PUSH_ADDR: ":0",
            BACKEND_POSTGRES_DSN: database,
            BACKEND_POSTGRES_LOCK_WAIT: "1s",
            BACKEND_SECRET_KEY: key(1),
            BACKEND_SMTP_URL: `smtp://127.0.0.1:${smtp}?tls=none`,
            BACKEND_DATA_DIR: yield* folder,
            BACKEND_GATEWAY_TOKEN: "any"
          })
          assert.strictEqual((yield* Effect.promise(() => alone.ended)).code, 1)
          assert.match(alone.output, /another backend is using this database/)

          // It has handed everything over while it still answers, and says that it is going.
          one?.started.child.kill("SIGTERM")
          const left = Effect.provide(runners, Postgres.layer({ url: database, maxConnections: 1 }))
          yield* Effect.repeat(Effect.andThen(Effect.sleep("50 millis"), left), { until: (it) => it.length === 1 })
          const ready = yield* Effect.promise(async () => {
            const response = await fetch(`http://127.0.0.1:${one?.ports.http}/readyz`)
            return { status: response.status, body: (await response.json()) as { missing: ReadonlyArray<string> } }
          })
          assert.deepStrictEqual([ready.status, ready.body.missing], [503, ["time left"]])
          assert.deepStrictEqual(
            yield* Effect.promise(() => one?.started.ended ?? Promise.reject(new Error("no backend"))),
            {
              code: 0,
              signal: null
            }
          )
        })
      ),
    240_000
  )
})
