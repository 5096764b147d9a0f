/**
 * The mail outbox beside two job queues that send the same mails from the same server to the same relay.
 *
 * Each mail is enqueued in a transaction of its own, which writes a row of the caller's too. Then all are sent, eight at
 * a time.
 */
import * as MailOutboxes from "@galaxy/core/mail/MailOutbox"
import * as MailWorker from "@galaxy/core/mail/MailWorker"
import * as SecretBox from "@galaxy/core/mail/SecretBox"
import * as BackgroundLoops from "@galaxy/core/shared/BackgroundLoops"
import { cloneUrl, layerPostgres } from "@galaxy/testkit/TestDatabase"
import { Effect, Exit, Layer, Logger, Redacted, Scope } from "effect"
import { SqlClient } from "effect/sql"
import { Logger as GraphileLogger, run } from "graphile-worker"
import { Pool, type PoolClient } from "pg"
import { PgBoss } from "pg-boss"
import { median } from "../measure.ts"
import { type Relay, startRelay, subject, text } from "./relay.ts"

/** Mails a round. */
const mails = 1_000
const rounds = 3
const concurrency = 8
const domains = 40

const addressOf = (round: number, index: number) => `player-${round}-${index}@d${index % domains}.galaxy.test`

interface Contestant {
  readonly name: string
  readonly enqueue: (round: number, index: number) => Promise<unknown>
  /** Starts sending; the returned function stops it. */
  readonly drain: () => Promise<() => Promise<unknown>>
  readonly stop: () => Promise<unknown>
}

const ownTable = "CREATE TABLE bench_facts (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, fact text NOT NULL)"

const ours = async (serverUrl: string, relay: Relay): Promise<Contestant> => {
  const scope = Effect.runSync(Scope.make())
  const base = Layer.mergeAll(
    layerPostgres(serverUrl, 20),
    BackgroundLoops.layer,
    SecretBox.layer({ secret: Redacted.make(new Uint8Array(32).fill(1)) }),
    relay.layer,
    Logger.layer([])
  )
  const services = MailOutboxes.layer({ messageIdDomain: "galaxy.test" }).pipe(Layer.provideMerge(base))
  const context = await Effect.runPromise(Layer.buildWithScope(services, scope))
  const promise = <A, E>(effect: Effect.Effect<A, E, Layer.Success<typeof services>>) =>
    Effect.runPromise(Effect.provide(effect, context))
  await promise(Effect.flatMap(SqlClient.SqlClient, (sql) => sql.unsafe(ownTable)))
  return {
    name: "Galaxy's outbox",
    enqueue: (round, index) =>
      promise(
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const outbox = yield* MailOutboxes.MailOutbox
          yield* sql.withTransaction(
            Effect.andThen(
              sql`INSERT INTO bench_facts (fact) VALUES (${"a turn"})`,
              outbox.enqueue({
                templateId: "game.turn.ready",
                idempotencyKey: `${round}-${index}`,
                to: addressOf(round, index),
                subject,
                text
              })
            )
          )
        })
      ),
    drain: async () => {
      const work = Effect.runSync(Scope.make())
      const worker = MailWorker.layer({ from: "Galaxy <galaxy@galaxy.test>", concurrency })
      await Effect.runPromise(
        Layer.buildWithScope(
          worker.pipe(Layer.provide(Layer.succeedContext(context)), Layer.provide(Logger.layer([]))),
          work
        )
      )
      return () => Effect.runPromise(Scope.close(work, Exit.void))
    },
    stop: () => Effect.runPromise(Scope.close(scope, Exit.void))
  }
}

/** A database of its own, as a pool. */
const ownDatabase = async (serverUrl: string) => {
  const scope = Effect.runSync(Scope.make())
  const { url } = await Effect.runPromise(Effect.provideService(cloneUrl(serverUrl), Scope.Scope, scope))
  const pool = new Pool({ connectionString: url, max: 20 })
  // Connections that the end of the run cuts off are nobody's news.
  pool.on("error", () => undefined)
  pool.on("connect", (client) => client.on("error", () => undefined))
  await pool.query(ownTable)
  return {
    pool,
    url,
    stop: async () => {
      await pool.end()
      await Effect.runPromise(Scope.close(scope, Exit.void))
    }
  }
}

const inTransaction = async (pool: Pool, work: (client: PoolClient) => Promise<unknown>) => {
  const client = await pool.connect()
  try {
    await client.query("BEGIN")
    await client.query({ name: "fact", text: "INSERT INTO bench_facts (fact) VALUES ($1)", values: ["a turn"] })
    await work(client)
    await client.query("COMMIT")
  } finally {
    client.release()
  }
}

interface Job {
  readonly to: string
  readonly id: string
}

const silent = new GraphileLogger(() => () => undefined)

const graphile = async (serverUrl: string, relay: Relay): Promise<Contestant> => {
  const { pool, stop } = await ownDatabase(serverUrl)
  const taskList = { mail: (job: unknown) => relay.send((job as Job).to, (job as Job).id).then(() => undefined) }
  const options = { pgPool: pool, concurrency, noHandleSignals: true, taskList, logger: silent }
  const first = await run(options)
  await first.stop()
  return {
    name: "graphile-worker",
    enqueue: (round, index) =>
      inTransaction(pool, (client) =>
        client.query({
          name: "add",
          text: "SELECT graphile_worker.add_job('mail', $1::json)",
          values: [JSON.stringify({ to: addressOf(round, index), id: `${round}-${index}` })]
        })
      ),
    drain: async () => {
      const runner = await run(options)
      return () => runner.stop()
    },
    stop
  }
}

const boss = async (serverUrl: string, relay: Relay): Promise<Contestant> => {
  const { pool, url, stop } = await ownDatabase(serverUrl)
  const queue = new PgBoss({ connectionString: url, max: 20 })
  await queue.start()
  await queue.createQueue("mail")
  // Batches of eight that are sent side by side, and fetched again at once while they are full.
  const options = { batchSize: concurrency, burstWhenBatchFull: true, pollingIntervalSeconds: 0.5 }
  return {
    name: "pg-boss",
    enqueue: (round, index) =>
      inTransaction(pool, (client) =>
        queue.send(
          "mail",
          { to: addressOf(round, index), id: `${round}-${index}` },
          { db: { executeSql: (text, values) => client.query(text, values) } }
        )
      ),
    drain: async () => {
      await queue.work<Job>("mail", options, async (jobs) => {
        await Promise.all(jobs.map(({ data }) => relay.send(data.to, data.id)))
      })
      return () => queue.offWork("mail")
    },
    stop: async () => {
      await queue.stop({ graceful: false })
      await stop()
    }
  }
}

/** Mails a second of one contestant: the medians of the rounds. */
export interface OutboxRate {
  readonly name: string
  readonly enqueued: number
  readonly sent: number
}

/** Enqueues eight at a time, as a busy backend does. */
const enqueueAll = async (it: Contestant, round: number) => {
  let next = 0
  const lane = async () => {
    while (next < mails) await it.enqueue(round, next++)
  }
  await Promise.all(Array.from({ length: concurrency }, lane))
}

/** Measures all contestants in interleaved rounds; the first round warms up. */
export const outboxes = async (serverUrl: string): Promise<ReadonlyArray<OutboxRate>> => {
  const relay = await startRelay()
  const contestants = [await graphile(serverUrl, relay), await boss(serverUrl, relay), await ours(serverUrl, relay)]
  const rates = new Map(
    contestants.map((it) => [it.name, { enqueued: new Array<number>(), sent: new Array<number>() }])
  )
  for (let round = 0; round <= rounds; round++) {
    for (const it of contestants) {
      relay.forget()
      const begun = performance.now()
      await enqueueAll(it, round)
      const stored = performance.now()
      const stop = await it.drain()
      await relay.received(mails)
      const sent = performance.now()
      await stop()
      if (round === 0) continue
      rates.get(it.name)?.enqueued.push((mails / (stored - begun)) * 1_000)
      rates.get(it.name)?.sent.push((mails / (sent - stored)) * 1_000)
    }
  }
  for (const it of contestants) await it.stop()
  await relay.stop()
  return [...rates].map(([name, { enqueued, sent }]) => ({ name, enqueued: median(enqueued), sent: median(sent) }))
}
