/**
 * `npm run bench -- cluster`: many games with turns due at once, on one backend and on three that share them.
 *
 * All backends are in this one process, with engines that answer at once, so the figures say what sharing costs and not
 * what further machines gain.
 */
import { Effect, Logger } from "effect"
import * as Cluster from "../packages/host-node/test/cluster/Cluster.ts"
import { percentile } from "./measure.ts"

const leadMs = 3_000
/** Longest time for all turns of a round, in milliseconds. */
const patienceMs = 300_000

const pause = (millis: number) => Effect.promise(() => new Promise<void>((done) => setTimeout(done, millis)))

/** Lateness of all games' turns in milliseconds, sorted, and the processor's milliseconds for one turn. */
const round = (cluster: Cluster.Cluster, games: number, turn: number) =>
  Effect.gen(function* () {
    const { sql } = cluster
    const due = new Date(Date.now() + leadMs)
    yield* sql`UPDATE backend.runtime_records SET next_turn_at = ${due}, next_turn_set_at = ${new Date()}`
    yield* pause(leadMs)
    const before = process.cpuUsage()
    for (const end = due.getTime() + patienceMs; ; ) {
      const rows = yield* sql<{ late: number }>`
        SELECT (extract(epoch FROM updated_at - ${due}) * 1000)::float8 AS late
        FROM backend.runtime_records WHERE current_turn >= ${turn} ORDER BY late`
      const { system, user } = process.cpuUsage(before)
      if (rows.length === games) return { late: rows.map((it) => it.late), cpu: (user + system) / 1_000 / games }
      if (Date.now() > end) return yield* Effect.die(new Error(`${rows.length} of ${games} games made turn ${turn}`))
      yield* pause(500)
    }
  })

const measured = (server: string, members: number, games: number) =>
  Effect.scoped(
    Effect.gen(function* () {
      const cluster = yield* Cluster.make({ server, members, games })
      // The first one warms up.
      yield* round(cluster, games, 1)
      const { cpu, late } = yield* round(cluster, games, 2)
      yield* cluster.check
      return { members, p50: percentile(late, 0.5), p99: percentile(late, 0.99), cpu }
    })
  )

const rounded = (value: number) => Math.round(value).toLocaleString("en")

/** Prints the table. Needs a PostgreSQL server on which it may make databases. */
export const manyBackends = (server: string, games: number): Promise<void> =>
  Effect.runPromise(
    Effect.gen(function* () {
      const one = yield* measured(server, 1, games)
      const three = yield* measured(server, 3, games)
      console.log(`${games} games due at once`)
      console.log("| backends | p50 | p99 | CPU a turn |\n| ---: | ---: | ---: | ---: |")
      for (const it of [one, three]) {
        console.log(`| ${it.members} | ${rounded(it.p50)} ms | ${rounded(it.p99)} ms | ${it.cpu.toFixed(1)} ms |`)
      }
      console.log(
        `| ratio | ${(three.p50 / one.p50).toFixed(2)} | ${(three.p99 / one.p99).toFixed(2)} | ${(three.cpu / one.cpu).toFixed(2)} |`
      )
    }).pipe(Effect.provide(Logger.layer([])))
  )
