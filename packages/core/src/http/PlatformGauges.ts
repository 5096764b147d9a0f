/**
 * Gauges that are read from the database: outboxes, games, accounts. Only a process whose metrics somebody reads pays for it.
 *
 * Every count ends at a bound. What waits is read often, since alerts look at it; how many there are of all is a scan of
 * whole tables, and read the less often, the longer that takes.
 */
import { gauge } from "@galaxy/contract/telemetry/instruments"
import { Clock, DateTime, Duration, Effect, Layer, Schema } from "effect"
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

/** Bounds of the readings. */
export interface PlatformGaugesOptions {
  /** Where counting what waits ends; 100,000 by default. */
  readonly mostWaiting?: number | undefined
  /** Where counting each of games, runtimes and accounts ends; 1,000,000 by default. */
  readonly mostOfAll?: number | undefined
}

const Waiting = Schema.Struct({
  outbox: Schema.String,
  items: Schema.Int,
  since: Schema.NullOr(Schema.DateTimeUtcFromDate)
})
const Total = Schema.Struct({
  what: Schema.Literals(["games", "runtimes", "accounts"]),
  label: Schema.String,
  items: Schema.Int
})

const decodeWaiting = Schema.decodeUnknownEffect(Schema.Array(Waiting))
const decodeTotals = Schema.decodeUnknownEffect(Schema.Array(Total))

/** Statuses stay at 0 once nobody has them any more, rather than at what they were. */
const byStatus = (set: (value: number, status: string) => void) => {
  const seen = new Set<string>()
  return (now: ReadonlyMap<string, number>) => {
    for (const status of now.keys()) seen.add(status)
    for (const status of seen) set(now.get(status) ?? 0, status)
  }
}

/**
 * What waits. The oldest are found by an index: mails by that of each status, events by their number, which they get in the
 * order in which they are written.
 */
const readWaiting = (sql: SqlClient.SqlClient, most: number) =>
  Effect.gen(function* () {
    const rows = yield* Effect.flatMap(
      sql`
        SELECT 'mail' AS outbox,
          (SELECT count(*)::int FROM (SELECT 1 FROM backend.mail_deliveries
            WHERE status IN ('pending', 'sending', 'retrying') LIMIT ${most}::int) AS found) AS items,
          (SELECT min(first.created_at) FROM unnest(ARRAY['pending', 'sending', 'retrying']) AS of(status)
            CROSS JOIN LATERAL (SELECT created_at FROM backend.mail_deliveries d WHERE d.status = of.status
              ORDER BY created_at LIMIT 1) AS first) AS since
        UNION ALL
        SELECT 'user_event',
          (SELECT count(*)::int FROM (SELECT 1 FROM backend.user_events LIMIT ${most}::int) AS found),
          (SELECT created_at FROM backend.user_events ORDER BY event_no LIMIT 1)`,
      decodeWaiting
    )
    const now = yield* Clock.currentTimeMillis
    for (const { items, outbox, since } of rows) {
      depth(items, outbox)
      oldest(since === null ? 0 : Math.max(0, now - DateTime.toEpochMillis(since)) / 1_000, outbox)
    }
  })

/** Reading how many there are of all may take a hundredth of the time. */
const share = 100

/** How many there are of all; returns how to read them. */
const totalsOf = (sql: SqlClient.SqlClient, most: number) => {
  const setGames = byStatus(games)
  const setRuntimes = byStatus(runtimes)
  return Effect.gen(function* () {
    const rows = yield* Effect.flatMap(
      sql`
        SELECT 'games' AS what, status AS label, count(*)::int AS items
          FROM (SELECT status FROM backend.games LIMIT ${most}::int) AS found GROUP BY status
        UNION ALL
        SELECT 'runtimes', status, count(*)::int
          FROM (SELECT status FROM backend.runtime_records LIMIT ${most}::int) AS found GROUP BY status
        UNION ALL
        SELECT 'accounts', '', count(*)::int
          FROM (SELECT 1 FROM backend.accounts WHERE deleted_at IS NULL LIMIT ${most}::int) AS found`,
      decodeTotals
    )
    const of = (what: (typeof Total.Type)["what"]) => rows.filter((it) => it.what === what)
    setGames(new Map(of("games").map((it) => [it.label, it.items])))
    setRuntimes(new Map(of("runtimes").map((it) => [it.label, it.items])))
    for (const { items } of of("accounts")) accounts(items)
  })
}

/**
 * Reads what waits every 15 seconds, and the totals every 15 seconds to 5 minutes. The loop logs a reading that fails, and the
 * gauges stay as they are.
 */
export const layer = ({ mostOfAll = 1_000_000, mostWaiting = 100_000 }: PlatformGaugesOptions = {}) =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const broker = yield* PushBroker
      const host = yield* EngineHost
      const pass = Effect.gen(function* () {
        yield* readWaiting(sql, mostWaiting)
        subscribers(yield* broker.size)
        engines((yield* host.list).length)
      })
      yield* BackgroundLoop.start({ name: "gauges", pass, every: "15 seconds", deadline: "10 seconds" })
      const totals = Effect.map(Effect.timed(totalsOf(sql, mostOfAll)), ([took]) =>
        Duration.max(Duration.times(took, share), Duration.seconds(15))
      )
      yield* BackgroundLoop.start({ name: "totals", pass: totals, every: "5 minutes", deadline: "1 minute" })
    })
  )
