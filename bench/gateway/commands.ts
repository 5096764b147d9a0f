/**
 * What one signed call and one turn ask of Redis and of PostgreSQL: commands and round trips, counted on real servers with gateway and backend as
 * processes of their own. What they ask by themselves meanwhile is subtracted.
 */
import { type AddressInfo, connect, createServer } from "node:net"
import type * as GalaxyClient from "@galaxy/client/GalaxyClient"
import { cloneUrl, serverUrl } from "@galaxy/testkit/TestDatabase"
import * as Postgres from "@galaxy/host-node/sql/Postgres"
import { Context, Effect, Layer, type Scope } from "effect"
import { SqlClient } from "effect/sql"
import { backend, folder, gateway, relay, signIn } from "../../packages/host-node/test/processes/parts.ts"
import { game, soon, turnsTold } from "../../packages/host-node/test/processes/takeOver.ts"
import { type OwnRedis, redisWith } from "../../packages/host-node/test/gateway/redis.ts"

/** Turns of the game of two that is played: fewer than those after which who never ordered anything has lost. */
const turns = 8
const quietMs = 4_000
const many = "1000000,1000000"

/** Statements and round trips that went to PostgreSQL. */
interface Counted {
  statements: number
  trips: number
}

/** Counts what a client of PostgreSQL sends: a kind and a length before each message, but for the first. */
const counting = (counted: Counted) => {
  let rest: Buffer = Buffer.alloc(0)
  let isFirst = true
  return (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    for (;;) {
      const head = isFirst ? 0 : 1
      if (rest.length < head + 4) return
      const length = head + rest.readUInt32BE(head)
      if (rest.length < length) return
      const kind = isFirst ? "" : String.fromCharCode(rest[0] ?? 0)
      if (kind === "E" || kind === "Q") counted.statements += 1
      if (kind === "S" || kind === "Q") counted.trips += 1
      isFirst = false
      rest = rest.subarray(length)
    }
  }
}

/** A way to a PostgreSQL server on which everything is counted. */
const counted = (url: string) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const to = new URL(url)
      const sum: Counted = { statements: 0, trips: 0 }
      const server = createServer((near) => {
        const far = connect(Number(to.port || 5_432), to.hostname)
        const count = counting(sum)
        near.on("data", count)
        near.pipe(far).pipe(near)
        near.on("error", () => far.destroy())
        far.on("error", () => near.destroy())
      })
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
      const own = new URL(url)
      own.hostname = "127.0.0.1"
      own.port = `${(server.address() as AddressInfo).port}`
      return { url: own.toString(), sum, server }
    }),
    ({ server }) => Effect.sync(() => server.close())
  )

/** How often Redis has run each command, those within scripts too. */
const redisCalls = (redis: OwnRedis) =>
  Effect.promise(async () => {
    const text = String(await redis.run("INFO", "commandstats"))
    return new Map(
      [...text.matchAll(/cmdstat_([a-z|]+):calls=(\d+)/g)].map(([, name = "", count]) => [name, Number(count)] as const)
    )
  })

const shown = ["evalsha", "time", "get", "set"]

type Client = GalaxyClient.GalaxyClient

const measured = Effect.fnUntraced(function* (
  redis: OwnRedis,
  sum: Counted,
  client: Client,
  what: string,
  call: (client: Client, at: number) => Effect.Effect<unknown, unknown>,
  calls: number = 200
) {
  const of = (run: Effect.Effect<unknown, unknown>) =>
    Effect.gen(function* () {
      const before = yield* redisCalls(redis)
      const sql = { ...sum }
      const begun = performance.now()
      yield* run
      const after = yield* redisCalls(redis)
      const commands = shown.map((name) => (after.get(name) ?? 0) - (before.get(name) ?? 0))
      return {
        ms: performance.now() - begun,
        all: [...commands, sum.statements - sql.statements, sum.trips - sql.trips]
      }
    })
  yield* call(client, 0)
  const quiet = yield* of(Effect.promise(() => new Promise<void>((resolve) => setTimeout(resolve, quietMs))))
  const loaded = yield* of(
    Effect.forEach(Array.from({ length: calls }), (_, at) => call(client, at + 1), { discard: true })
  )
  const each = loaded.all.map((count, at) => (count - ((quiet.all[at] ?? 0) * loaded.ms) / quiet.ms) / calls)
  console.log(`| ${what} | ${each.map((it) => Math.max(0, it).toFixed(1)).join(" | ")} |`)
})

const measuredWith = (sharedBudgets: boolean): Effect.Effect<void, unknown, Scope.Scope> =>
  Effect.gen(function* () {
    const { url: database } = yield* cloneUrl(serverUrl() ?? "")
    const way = yield* counted(database)
    const redis = yield* redisWith()
    const { mails, port: smtp } = yield* relay
    const back = yield* backend({ database: way.url, smtp, dataDir: yield* folder })
    const { url } = yield* gateway(back.ports, {
      GATEWAY_REDIS_URL: redis.url,
      GATEWAY_FRESHNESS_FUTURE: "1s",
      GATEWAY_SHARED_BUDGETS: `${sharedBudgets}`,
      ...Object.fromEntries(["IP", "SESSION", "USER", "MESSAGE_TYPE"].map((it) => [`GATEWAY_BUDGET_${it}`, many]))
    })
    const { client } = yield* signIn(url, mails, "ada")
    const { client: other } = yield* signIn(url, mails, "lin")
    const first = client.call("user.account.get", {})
    yield* Effect.retry(first, { times: 200, while: ({ _tag }) => _tag === "Unavailable" })
    const shape = sharedBudgets ? ", shared budgets" : ""
    yield* measured(redis, way.sum, client, `\`user.account.get\`${shape}`, (it) => it.call("user.account.get", {}))
    yield* measured(redis, way.sum, client, `\`user.profile.update\`${shape}`, (it, at) =>
      it.call("user.profile.update", { display_name: `Ada ${at}` })
    )
    if (sharedBudgets) return
    const { gameId: game_id, report } = yield* game(client, other)
    yield* report(0)
    // This connection isn't counted, so the wait for a turn costs nothing.
    const sql = Context.get(
      yield* Layer.build(Postgres.layer({ url: database, maxConnections: 1 })),
      SqlClient.SqlClient
    )
    yield* measured(redis, way.sum, client, "`user.games.order`", (it) =>
      it.call("user.games.order", { game_id, orders: [{ op: "war", race: "Lyra" }] })
    )
    yield* measured(redis, way.sum, client, "`user.games.report`", (it) =>
      it.call("user.games.report", { game_id, turn: 0 })
    )
    yield* measured(
      redis,
      way.sum,
      client,
      "a turn of two players, both of whom call `user.games.ready`",
      (_, turn) =>
        Effect.gen(function* () {
          for (const it of [client, other]) yield* it.call("user.games.ready", { game_id, turn, ready: true })
          yield* soon(Effect.map(turnsTold(sql), (told) => told.length === 2 && told.every((it) => it > turn)))
        }),
      turns
    )
  })

/** Prints a table: what reads, writes and a turn ask for, and the first two with shared budgets as well. */
export const commands = async (): Promise<void> => {
  if (serverUrl() === undefined) throw new Error("GALAXY_TEST_DATABASE_URL names no PostgreSQL server")
  console.log(`| a call | ${shown.map((it) => `\`${it}\``).join(" | ")} | statements | round trips to PostgreSQL |`)
  console.log("| --- | --- | --- | --- | --- | --- | --- |")
  for (const sharedBudgets of [false, true]) await Effect.runPromise(Effect.scoped(measuredWith(sharedBudgets)))
}
