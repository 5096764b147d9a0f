/**
 * How long a revoked session goes on: 1,000 open streams at two gateways, and each part killed and started again.
 *
 * Times begin at `revoked_at`, which the backend sets in the transaction, so they are a little longer than from the commit.
 * Prints what it measures.
 */
import * as GalaxyClient from "@galaxy/client/GalaxyClient"
import { DeviceSessionId } from "@galaxy/contract/ids/Ids"
import { newId } from "@galaxy/core/shared/NewId"
import * as Postgres from "@galaxy/host-node/sql/Postgres"
import { cloneUrl, serverUrl } from "@galaxy/testkit/TestDatabase"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Exit, Layer, Scope, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { backend, folder, gateway, patiently, redis, relay, signIn } from "./parts.ts"

const postgres = serverUrl()
const there = postgres !== undefined && redis !== undefined
if (!there) console.warn("skipped: times of revocations (no PostgreSQL or no Redis server)")

/** Each has two streams at each of the two gateways. */
const sessionCount = 250
const revokedInEachPhase = 50
/** What is promised of 99 in 100. */
const promisedMs = 1_000

const many = "1000000,1000000"
const generous = {
  GATEWAY_EXEMPT_NETWORKS: "127.0.0.0/8",
  GATEWAY_PROCESSES: "1",
  GATEWAY_FRESHNESS_FUTURE: "1s",
  ...Object.fromEntries(
    ["IP", "SESSION", "USER", "MESSAGE_TYPE", "FAILURES_USER", "REPEATS"].map((it) => [`GATEWAY_BUDGET_${it}`, many])
  )
}

const soon = (millis: number) => Effect.promise(() => new Promise<void>((resolve) => setTimeout(resolve, millis)))

/** A part that can be killed and started again in the same place. */
const restartable = <A>(start: (before: A | undefined) => Effect.Effect<A, unknown, Scope.Scope>) =>
  Effect.gen(function* () {
    let scope: Scope.Closeable | undefined
    let last: A | undefined
    const kill = Effect.suspend(() => (scope === undefined ? Effect.void : Scope.close(scope, Exit.void)))
    const begin = Effect.gen(function* () {
      scope = yield* Scope.make()
      last = yield* Scope.provide(Effect.orDie(start(last)), scope)
      return last
    })
    yield* Effect.addFinalizer(() => kill)
    return { begin, kill }
  })

interface Open {
  isLive: boolean
  endedAt: number | undefined
}

interface Session {
  readonly id: DeviceSessionId
  readonly streams: ReadonlyArray<Open>
  readonly clients: ReadonlyArray<GalaxyClient.GalaxyClient>
}

/** Unix milliseconds. */
const now = () => performance.timeOrigin + performance.now()

const quantile = (times: ReadonlyArray<number>, share: number) =>
  times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN

const follow = Effect.fnUntraced(function* (client: GalaxyClient.GalaxyClient) {
  const open: Open = { isLive: false, endedAt: undefined }
  const subscription = yield* client.subscribe("now")
  yield* Effect.forkScoped(
    Stream.runForEach(subscription.state, ({ _tag }) =>
      Effect.sync(() => {
        open.isLive = _tag === "live"
      })
    )
  )
  yield* Effect.forkScoped(
    Effect.catch(Stream.runDrain(subscription.events), (error) =>
      Effect.sync(() => {
        if (error._tag === "SessionEnded") open.endedAt = now()
      })
    )
  )
  return open
})

describe.skipIf(!there)("a session that is revoked", () => {
  it.live(
    `ends within a second at every gateway, 99 times in 100, with ${sessionCount * 4} open streams`,
    () =>
      Effect.gen(function* () {
        const { url: database } = yield* cloneUrl(postgres ?? "")
        const { mails, port: smtp } = yield* relay
        const dataDir = yield* folder
        const back = yield* restartable<Effect.Success<ReturnType<typeof backend>>>((before) =>
          backend({ database, smtp, dataDir, ...(before === undefined ? {} : { ports: before.ports }) })
        )
        const { ports } = yield* back.begin
        const fronts = yield* Effect.replicateEffect(
          restartable<Effect.Success<ReturnType<typeof gateway>>>((before) =>
            gateway(ports, generous, before === undefined ? "0" : new URL(before.url).port)
          ),
          2
        )
        const urls: Array<string> = []
        for (const front of fronts) urls.push((yield* front.begin).url)
        const { client: owner, key } = yield* signIn(urls[0] ?? "", mails, "ada")
        const { user_id } = yield* owner.call("user.account.get", {})
        const { gatewayKey } = owner
        const ids: Array<DeviceSessionId> = []
        for (let left = sessionCount; left > 0; left--) ids.push(DeviceSessionId.make(yield* newId))
        const sql = Context.get(yield* Layer.build(Postgres.layer({ url: database })), SqlClient.SqlClient)
        yield* sql`
            INSERT INTO backend.device_sessions (device_session_id, user_id, client_public_key, status)
            SELECT id::uuid, ${user_id}::uuid, ${key.publicKey}::bytea, 'active'
            FROM jsonb_array_elements_text(${JSON.stringify(ids)}::text::jsonb) AS id`

        const sessions = yield* Effect.forEach(
          ids,
          Effect.fnUntraced(function* (id): Effect.fn.Return<Session, unknown, Scope.Scope> {
            const clients = yield* Effect.forEach(urls, (baseUrl) =>
              GalaxyClient.make({ baseUrl, gatewayKey, session: { deviceSessionId: id, key } })
            )
            const streams = yield* Effect.forEach([...clients, ...clients], follow)
            return { id, clients, streams }
          }),
          { concurrency: 16 }
        )

        let next = 0
        const allLive = Effect.gen(function* () {
          const isLive = () => sessions.slice(next).every(({ streams }) => streams.every((it) => it.isLive))
          while (!isLive()) yield* soon(20)
        }).pipe(Effect.timeout("180 seconds"))

        /** Revokes some, one after the other, and prints how long their streams and their commands went on. */
        const measure = Effect.fnUntraced(function* (phase: string) {
          const closed: Array<number> = []
          const refused: Array<number> = []
          for (const { clients, id, streams } of sessions.slice(next, next + revokedInEachPhase)) {
            next++
            const open = streams.filter((it) => it.isLive)
            yield* owner.call("user.sessions.revoke", { device_session_id: id })
            const refusedAt: Array<number> = []
            yield* Effect.forEach(
              clients,
              (client) =>
                client
                  .call("user.account.get", {})
                  .pipe(
                    Effect.flip,
                    Effect.repeat({ until: ({ _tag }) => _tag === "SessionEnded" }),
                    Effect.eventually,
                    Effect.andThen(Effect.sync(() => void refusedAt.push(now())))
                  ),
              { concurrency: 2 }
            )
            while (open.some((it) => it.endedAt === undefined)) yield* soon(1)
            const [revoked] = yield* sql<{ readonly at: Date }>`
              SELECT revoked_at AS at FROM backend.device_sessions WHERE device_session_id = ${id}::uuid`
            const begun = revoked?.at.getTime() ?? 0
            closed.push(...open.map(({ endedAt }) => (endedAt ?? 0) - begun))
            refused.push(...refusedAt.map((it) => it - begun))
          }
          const text = (times: ReadonlyArray<number>) =>
            `p50 ${quantile(times, 0.5).toFixed(0)} ms, p99 ${quantile(times, 0.99).toFixed(0)} ms of ${times.length}`
          yield* Effect.sync(() => console.info(`${phase}: refused ${text(refused)}; closed ${text(closed)}`))
          assert.isAbove(closed.length, 0)
          assert.isBelow(quantile(refused, 0.99), promisedMs, `refused ${phase}`)
          assert.isBelow(quantile(closed, 0.99), promisedMs, `closed ${phase}`)
        })

        const served = Effect.retry(owner.call("user.account.get", {}), patiently)
        yield* allLive
        yield* measure("with everything at work")

        yield* Effect.forEach(fronts, ({ begin, kill }) => Effect.andThen(kill, begin), { discard: true })
        yield* served
        yield* allLive
        yield* measure("after both gateways were killed")

        yield* back.kill
        // Long enough for the waits between attempts to be as long as they get.
        yield* soon(5_000)
        yield* back.begin
        yield* served
        yield* measure("after the backend was killed")

        yield* Effect.all([back.kill, ...fronts.map(({ kill }) => kill)], { concurrency: "unbounded" })
        yield* back.begin
        for (const { begin } of fronts) yield* begin
        yield* served
        yield* allLive
        yield* measure("after all were killed")
      }).pipe(Effect.scoped),
    900_000
  )
})
