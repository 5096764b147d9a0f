/**
 * Gauges that are read from the database: outboxes, games, accounts. Only a process whose metrics somebody reads pays for it.
 *
 * Counts end at a bound, and are read by one statement at a time.
 */
import { gauge } from "@galaxy/contract/telemetry/instruments"
import { Clock, DateTime, Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { EngineHost } from "../engine/EngineHost.ts"
import { PushBroker } from "../push/PushBroker.ts"
import * as BackgroundLoop from "../shared/BackgroundLoop.ts"

const depth = gauge("galaxy.outbox.depth")
const oldest = gauge("galaxy.outbox.oldest_age")
const games = gauge("galaxy.games")
const runtimes = gauge("galaxy.runtimes")
const accounts = gauge("galaxy.accounts")
const subscribers = gauge("galaxy.push.subscribers")
const engines = gauge("galaxy.engine.processes")

/** Where counting ends. */
const most = 100_000

const Row = Schema.Struct({
  what: Schema.Literals(["outbox", "games", "runtimes", "accounts"]),
  label: Schema.String,
  items: Schema.Int,
  since: Schema.NullOr(Schema.DateTimeUtcFromDate)
})

const decodeRows = Schema.decodeUnknownEffect(Schema.Array(Row))

/** Statuses stay at 0 once nobody has them any more, rather than at what they were. */
const byStatus = (set: (value: number, status: string) => void) => {
  const seen = new Set<string>()
  return (now: ReadonlyMap<string, number>) => {
    for (const status of now.keys()) seen.add(status)
    for (const status of seen) set(now.get(status) ?? 0, status)
  }
}

/** Reads them every 15 seconds; a reading that fails is told of by the loop and leaves the gauges as they are. */
export const layer = Layer.effectDiscard(
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const broker = yield* PushBroker
    const host = yield* EngineHost
    const setGames = byStatus(games)
    const setRuntimes = byStatus(runtimes)
    const pass = Effect.gen(function* () {
      const rows = yield* Effect.flatMap(
        sql`
          SELECT 'outbox' AS what, 'mail' AS label, count(*)::int AS items, min(created_at) AS since
            FROM (SELECT created_at FROM backend.mail_deliveries
              WHERE status IN ('pending', 'sending', 'retrying') LIMIT ${most}::int) AS mails
          UNION ALL
          SELECT 'outbox', 'user_event', count(*)::int, min(created_at)
            FROM (SELECT created_at FROM backend.user_events LIMIT ${most}::int) AS told
          UNION ALL
          SELECT 'games', status, count(*)::int, NULL FROM backend.games GROUP BY status
          UNION ALL
          SELECT 'runtimes', status, count(*)::int, NULL FROM backend.runtime_records GROUP BY status
          UNION ALL
          SELECT 'accounts', '', count(*)::int, NULL FROM backend.accounts WHERE deleted_at IS NULL`,
        decodeRows
      )
      const now = yield* Clock.currentTimeMillis
      const of = (what: (typeof Row.Type)["what"]) => rows.filter((it) => it.what === what)
      for (const { label, items, since } of of("outbox")) {
        depth(items, label)
        oldest(since === null ? 0 : Math.max(0, now - DateTime.toEpochMillis(since)) / 1_000, label)
      }
      setGames(new Map(of("games").map((it) => [it.label, it.items])))
      setRuntimes(new Map(of("runtimes").map((it) => [it.label, it.items])))
      for (const { items } of of("accounts")) accounts(items)
      subscribers(yield* broker.size)
      engines((yield* host.list).length)
    })
    yield* BackgroundLoop.start({ name: "gauges", pass, every: "15 seconds", deadline: "10 seconds" })
  })
)
