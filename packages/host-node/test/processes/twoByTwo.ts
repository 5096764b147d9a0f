/** Two backends and two gateways as processes of their own, on one PostgreSQL and one Redis, behind a load balancer. */
import type * as DeviceKey from "@galaxy/client/DeviceKey"
import * as GalaxyClient from "@galaxy/client/GalaxyClient"
import { DeviceSessionId, UserId } from "@galaxy/contract/ids/Ids"
import * as PushLog from "@galaxy/core/push/PushLog"
import { newId } from "@galaxy/core/shared/NewId"
import * as PgDatabaseSignal from "@galaxy/host-node/sql/PgDatabaseSignal"
import * as Postgres from "@galaxy/host-node/sql/Postgres"
import { cloneUrl, serverUrl } from "@galaxy/testkit/TestDatabase"
import { assert } from "@effect/vitest"
import { Context, Effect, Exit, Layer, Scope } from "effect"
import { SqlClient } from "effect/sql"
import { balancer } from "./balancer.ts"
import { backend, folder, gateway, redis, relay, signIn } from "./parts.ts"
import { freePort } from "../../../../scripts/lib/serversForTests.ts"

const postgres = serverUrl()

export const isThere = postgres !== undefined && redis !== undefined

const many = "1000000,1000000"
const budgets = ["IP", "SESSION", "USER", "MESSAGE_TYPE", "PUBLIC_IP", "PUBLIC_IDENTITY", "FAILURES_USER", "REPEATS"]
const generous = {
  GATEWAY_EXEMPT_NETWORKS: "127.0.0.0/8",
  GATEWAY_FRESHNESS_FUTURE: "1s",
  GATEWAY_END_DELAY: "300ms",
  GATEWAY_END_TIMEOUT: "1m",
  ...Object.fromEntries(budgets.map((it) => [`GATEWAY_BUDGET_${it}`, many]))
}

const port = Effect.map(Effect.promise(freePort), String)

/** A process that can be replaced by another one in its place. */
const replaceable = <
  A extends { readonly started: { kill(signal: NodeJS.Signals): Promise<unknown>; readonly output: string } }
>(
  start: Effect.Effect<A, unknown, Scope.Scope>
) =>
  Effect.gen(function* () {
    const begin = Effect.gen(function* () {
      const scope = yield* Scope.make()
      return { scope, running: yield* Scope.provide(Effect.orDie(start), scope) }
    })
    let now = yield* begin
    yield* Effect.addFinalizer(() => Scope.close(now.scope, Exit.void))
    return {
      running: () => now.running,
      /** Ends it in good order, and starts its successor. */
      replace: Effect.gen(function* () {
        const { started } = now.running
        const end = yield* Effect.promise(() => started.kill("SIGTERM"))
        assert.deepStrictEqual(end, { code: 0, signal: null }, started.output)
        yield* Scope.close(now.scope, Exit.void)
        now = yield* begin
      })
    }
  })

/** All of it, with the push log and the database at hand. */
export const platform = Effect.gen(function* () {
  const { url: database } = yield* cloneUrl(postgres ?? "")
  const { mails, port: smtp } = yield* relay
  const places = yield* Effect.replicateEffect(
    Effect.all({ http: port, push: port, cluster: port, dataDir: folder }),
    2
  )
  const backends = yield* Effect.forEach(
    places,
    ({ cluster, dataDir, ...ports }) =>
      replaceable(
        backend({
          database,
          smtp,
          dataDir,
          ports,
          more: { BACKEND_CLUSTER_ADDR: `127.0.0.1:${cluster}`, BACKEND_END_TIMEOUT: "1m" }
        })
      ),
    { concurrency: 2 }
  )
  const front = yield* balancer
  const gateways = yield* Effect.replicateEffect(
    Effect.flatMap(port, (port) =>
      replaceable(Effect.tap(gateway(places, generous, port), ({ url }) => front.add(url)))
    ),
    2
  )
  const storage = yield* Layer.build(
    PushLog.layer().pipe(
      Layer.provideMerge(PgDatabaseSignal.layer),
      Layer.provideMerge(Postgres.layer({ url: database, maxConnections: 4 }))
    )
  )
  const sql = Context.get(storage, SqlClient.SqlClient)

  /** A player with so many further sessions, all of one key. */
  const player = Effect.fnUntraced(function* (name: string, sessions: number) {
    const { client, deviceSessionId, key } = yield* signIn(front.url, mails, name)
    const { user_id } = yield* client.call("user.account.get", {})
    const ids: Array<DeviceSessionId> = []
    for (let left = sessions; left > 0; left--) ids.push(DeviceSessionId.make(yield* newId))
    yield* sql`
      INSERT INTO backend.device_sessions (device_session_id, user_id, client_public_key, status)
      SELECT id::uuid, ${user_id}::uuid, ${key.publicKey}::bytea, 'active'
      FROM jsonb_array_elements_text(${JSON.stringify(ids)}::text::jsonb) AS id`
    return { name, userId: UserId.make(user_id), client, deviceSessionId, ids, key }
  })

  /** A client of a session, at the balancer or at one of the gateways. */
  const clientOf = (
    { client, key }: { readonly client: GalaxyClient.GalaxyClient; readonly key: DeviceKey.DeviceKey },
    deviceSessionId: DeviceSessionId,
    baseUrl = front.url
  ) => GalaxyClient.make({ baseUrl, gatewayKey: client.gatewayKey, session: { deviceSessionId, key } })

  return { front, backends, gateways, player, clientOf, sql, log: Context.get(storage, PushLog.PushLog) }
})
