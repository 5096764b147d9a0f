/** The user process on a real PostgreSQL and a Redis of its own, which is killed. */
import { randomUUID } from "node:crypto"
import { setTimeout as sleep } from "node:timers/promises"
import { cloneUrl, serverUrl } from "@galaxy/testkit/TestDatabase"
import { assert, describe, it } from "@effect/vitest"
import * as Accounts from "@galaxy/core/account/Accounts"
import * as Postgres from "@galaxy/host-node/sql/Postgres"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { Redis } from "ioredis"
import { deadUrl, hasServer, type OwnRedis, redisWith } from "../gateway/redis.ts"
import { Process } from "../processes/Process.ts"

const postgres = serverUrl()
const there = postgres !== undefined && hasServer
if (!there) console.warn("skipped: the user process (no PostgreSQL or no redis-server)")

const password = "a password"
const token = "a token"
const secretKey = Buffer.alloc(32, 1).toString("base64")

const redis = redisWith("--requirepass", password)

const environment = (database: string, at: { readonly port: number }) => ({
  USERSERVICE_POSTGRES_PRIMARY_DSN: database,
  USERSERVICE_REDIS_MASTER_ADDR: `127.0.0.1:${at.port}`,
  USERSERVICE_REDIS_PASSWORD: password,
  USERSERVICE_INTERNAL_TOKEN: token,
  USERSERVICE_SECRET_KEY: secretKey,
  USERSERVICE_INTERNAL_HTTP_ADDR: ":0"
})

const started = (settings: Readonly<Record<string, string>>) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const child = new Process("user/main", settings)
      await child.until(/"message":"user process is ready"/)
      const [, url = ""] = await child.until(/"user process listens","url":"(http:[^"]+)"/)
      return { child, url }
    }),
    ({ child }) => Effect.promise(() => child.kill("SIGKILL"))
  )

const caller = (url: string) => (method: string, path: string, body?: unknown) =>
  Effect.promise(async () => {
    const response = await fetch(`${url}/api/v1/internal/users${path}`, {
      method,
      headers: { "x-gateway-token": token, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    const text = await response.text()
    // oxlint-disable-next-line typescript/no-explicit-any -- answers of every form
    const answer: any = text === "" ? {} : JSON.parse(text)
    return { status: response.status, body: answer }
  })

const client = (at: OwnRedis) =>
  Effect.acquireRelease(
    Effect.sync(() => new Redis({ host: "127.0.0.1", port: at.port, password })),
    (it) => Effect.sync(() => it.disconnect())
  )

/** The fields of a stream's entries, once there are at least so many. */
const entries = (from: Redis, stream: string, count: number) =>
  Effect.promise(async () => {
    for (;;) {
      const all = await from.xrange(stream, "-", "+")
      const found = all.map(([, fields]) =>
        Object.fromEntries(fields.flatMap((it, at) => (at % 2 === 0 ? [[it, fields[at + 1]]] : [])))
      )
      if (found.length >= count) return found
      await sleep(20)
    }
  })

const decided = { reason: "a reason" }

describe.skipIf(!there)("the user process", () => {
  it.live(
    "serves accounts, tells of changes in two streams, and goes on without Redis",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const own = yield* redis
          const { url: database } = yield* cloneUrl(postgres ?? "")
          const { child, url } = yield* started({
            ...environment(database, own),
            USERSERVICE_ADMIN_HTTP_ADDR: ":0",
            USERSERVICE_REDIS_DOMAIN_EVENTS_STREAM: "domain",
            USERSERVICE_REDIS_DOMAIN_EVENTS_STREAM_MAX_LEN: "2",
            USERSERVICE_REDIS_LIFECYCLE_EVENTS_STREAM: "lifecycle"
          })
          const call = caller(url)
          const reader = yield* client(own)
          const made = yield* call("POST", "/ensure-by-email", { email: "ada@example.org" })
          assert.strictEqual(made.status, 200, JSON.stringify(made.body))
          const id = made.body.user_id as string
          for (const value of [1, 2, 3]) {
            yield* call("POST", `/${id}/limits`, { limit_code: "max_open_games", value, ...decided })
          }
          const domain = yield* Effect.repeat(entries(reader, "domain", 2), {
            until: (all) => (all.at(-1)?.["details"] ?? "").includes('"3"')
          })
          assert.deepStrictEqual(
            domain.map((it) => [it["event_type"], it["user_id"], JSON.parse(it["details"] ?? "")]),
            [2, 3].map((value) => [
              "limit.changed",
              id,
              { limit_code: "max_open_games", change: "set", value: `${value}` }
            ])
          )

          yield* Effect.promise(() => own.kill())
          assert.strictEqual((yield* call("PATCH", `/${id}/profile`, { display_name: "Ada" })).status, 200)
          assert.strictEqual((yield* call("POST", `/${id}/delete`, decided)).status, 204)
          assert.strictEqual((yield* call("GET", `/${id}`)).body.status, "deleted")
          yield* Effect.promise(() => own.start())
          // What happened meanwhile has waited; the streams themselves began anew with the server.
          const told = yield* entries(reader, "lifecycle", 1)
          assert.deepStrictEqual(
            told.map((it) => it["event_type"]),
            ["account.deleted"]
          )

          const [, metricsUrl = ""] = yield* Effect.promise(() => child.until(/"metrics_url":"(http:[^"]+)"/))
          const metrics = yield* Effect.promise(async () => (await fetch(metricsUrl)).text())
          assert.match(metrics, /userservice_http_requests_total\{[^}]*status="200"[^}]*\} \d/)
          assert.match(metrics, /userservice_events_total\{[^}]*\} \d/)
          assert.match(metrics, /db_sql_connection_open/)
          assert.notInclude(metrics, "example.org")
          const statusOf = (at: string) => Effect.promise(async () => (await fetch(at)).status)
          assert.strictEqual(yield* statusOf(metricsUrl.replace("/metrics", "/healthz")), 404)
          assert.strictEqual(yield* statusOf(`${url}/healthz`), 404)
          assert.strictEqual(yield* statusOf(`${url}/metrics`), 401)
          assert.strictEqual(yield* statusOf(`${url}/api/v1/internal/users`), 401)

          assert.deepStrictEqual(yield* Effect.promise(() => child.kill("SIGTERM")), { code: 0, signal: null })
          assert.notInclude(child.output, "ada@example.org")
        })
      ),
    120_000
  )

  it.live(
    "tells of what a backend does, also while no user process runs",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const own = yield* redis
          const { url: database } = yield* cloneUrl(postgres ?? "")
          const reader = yield* client(own)
          const environmentHere = environment(database, own)
          /** What a backend does at a first sign-in. */
          const signUp = (email: string) =>
            Effect.flatMap(Accounts.Accounts, ({ ensure }) =>
              ensure({ email, preferredLanguage: "en", timeZone: "UTC", declaredCountry: undefined })
            ).pipe(
              Effect.provide(Accounts.layer.pipe(Layer.provide(Postgres.layer({ url: database, maxConnections: 1 }))))
            )
          const createdOf = (all: ReadonlyArray<Record<string, string | undefined>>) => all.map((it) => it["user_id"])
          yield* signUp("before@example.org")
          const first = yield* Effect.scoped(
            Effect.gen(function* () {
              yield* started(environmentHere)
              const id = yield* signUp("first@example.org")
              // Nobody was there to be told of the one before.
              assert.deepStrictEqual(createdOf(yield* entries(reader, "user:lifecycle_events", 1)), [id])
              return id
            })
          )
          // It was killed.
          const second = yield* signUp("second@example.org")
          yield* started(environmentHere)
          const all = yield* Effect.repeat(entries(reader, "user:lifecycle_events", 2), {
            until: (it) => it.at(-1)?.["user_id"] === second
          })
          // The first one comes again where the process was killed before it had noted that it was sent.
          const byId = new Map(all.map((it) => [it["event_id"], it]))
          assert.deepStrictEqual(createdOf([...byId.values()]), [first, second])
        })
      ),
    120_000
  )

  it.live(
    "reads lists from a replica, and from the primary while that is away",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const own = yield* redis
          const [primary, replica] = [yield* cloneUrl(postgres ?? ""), yield* cloneUrl(postgres ?? "")]
          const dead = (yield* deadUrl).replace("redis:", "postgres:")
          // Both are primaries here, so that it can be told where a list comes from.
          yield* Effect.provide(
            Effect.flatMap(
              SqlClient.SqlClient,
              (sql) => sql`
                INSERT INTO backend.accounts (user_id, email, user_name, preferred_language, time_zone)
                VALUES (${randomUUID()}, 'replica@example.org', 'replica', 'en', 'UTC')`
            ),
            Postgres.layer({ url: replica.url, maxConnections: 1 })
          )
          const { url } = yield* started({
            ...environment(primary.url, own),
            USERSERVICE_POSTGRES_REPLICA_DSNS: `${replica.url},${dead}`
          })
          const call = caller(url)
          const made = yield* call("POST", "/ensure-by-email", { email: "primary@example.org" })
          const addresses = Effect.map(call("GET", ""), ({ body }) =>
            body.users.map((it: { email: string }) => it.email)
          )
          assert.deepStrictEqual(yield* addresses, ["replica@example.org"])
          assert.deepStrictEqual(yield* addresses, ["primary@example.org"])
          // The one that is away is left alone for a while.
          for (const _ of [1, 2]) assert.deepStrictEqual(yield* addresses, ["replica@example.org"])
          assert.strictEqual((yield* call("GET", `/${made.body.user_id}`)).body.email, "primary@example.org")
        })
      ),
    120_000
  )

  it.live(
    "doesn't start without its Redis or its database, nor with a setting that is retired",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const own = yield* redis
          const { url: database } = yield* cloneUrl(postgres ?? "")
          const deadPort = Number(new URL(yield* deadUrl).port)
          const refused = (settings: Readonly<Record<string, string>>) =>
            Effect.promise(async () => {
              const child = new Process("user/main", settings)
              const { code } = await child.ended
              return { code, lines: child.output.trim().split("\n") }
            })
          const good = environment(database, own)
          const [noRedis, noDatabase, retired] = yield* Effect.all(
            [
              refused({ ...good, USERSERVICE_REDIS_MASTER_ADDR: `127.0.0.1:${deadPort}` }),
              refused({ ...good, USERSERVICE_POSTGRES_PRIMARY_DSN: `postgres://galaxy@127.0.0.1:${deadPort}/galaxy` }),
              refused({ ...good, USERSERVICE_REDIS_ADDR: "127.0.0.1:6379", USERSERVICE_INTERNAL_TOKEN: "" })
            ],
            { concurrency: 3 }
          )
          assert.strictEqual(noRedis.code, 1)
          assert.match(noRedis.lines.at(-1) ?? "", /^Galaxy stopped: Redis at 127\.0\.0\.1:\d+ can't be used/)
          assert.strictEqual(noDatabase.code, 1)
          assert.match(noDatabase.lines.at(-1) ?? "", /^Galaxy stopped: PostgreSQL at 127\.0\.0\.1:\d+ can't be used/)
          assert.strictEqual(retired.code, 2)
          assert.deepStrictEqual(retired.lines.slice(0, -1), [
            "USERSERVICE_REDIS_ADDR: is not read any more; unset it and set USERSERVICE_REDIS_MASTER_ADDR"
          ])
        })
      ),
    120_000
  )
})
