/**
 * Watches the hosts of engines where there are several: games leave those that are to be emptied, between their turns, and
 * those that have fallen silent.
 *
 * Each backend does so for the games that it owns. What it orders is fenced by the games' rows, so that it is done once.
 */
import { Duration, Effect, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { GameId } from "@galaxy/contract/ids/Ids"
import { DatabaseSignal } from "../shared/DatabaseSignal.ts"
import * as EngineHosts from "./EngineHosts.ts"
import { OperationLog } from "./OperationLog.ts"
import { boundTo } from "./Placement.ts"
import { RuntimeStore } from "./RuntimeStore.ts"
import { Runtimes } from "./Runtimes.ts"

/** Games that leave one host at the same time, so that the others keep their pace. */
const movingAtOnce = 2

/** Games of silent hosts that are placed anew at the same time, and in one pass. */
const placingAtOnce = 4
const placedInOnePass = 100

/** Most games of a host that are looked through for own ones. */
const mostListed = 2_048

const decode = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ game_id: GameId })))

/** One look at all hosts. Fails with `StorageError`. */
export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const hosts = yield* EngineHosts.EngineHosts
  const store = yield* RuntimeStore
  const runtimes = yield* Runtimes
  const log = yield* OperationLog
  const signal = yield* DatabaseSignal
  const bound = yield* boundTo

  /** Games between their turns that are owned here, those with the next turns first. */
  const gamesOn = (hostId: string) =>
    Effect.map(
      Effect.flatMap(
        sql`
          SELECT game_id FROM backend.runtime_records
          WHERE engine_host = ${hostId} AND status = 'running' AND engine_task IS NULL
          ORDER BY next_turn_at NULLS LAST, game_id LIMIT ${mostListed}`,
        decode
      ),
      (games) => games.filter((it) => runtimes.isOwn(it.game_id))
    )

  const moving = (hostId: string) =>
    Effect.map(
      sql<{ readonly games: number }>`
        SELECT count(*)::int AS games FROM backend.runtime_records WHERE engine_host = ${hostId} AND engine_task IS NOT NULL`,
      ([row]) => row?.games ?? 0
    )

  /** Orders that some games of a host are started elsewhere; the next pass orders the next ones. */
  const empty = Effect.fnUntraced(function* (hostId: string) {
    const free = movingAtOnce - (yield* moving(hostId))
    let ordered = 0
    // Those that have the longest time until their turn.
    for (const { game_id } of free > 0 ? (yield* gamesOn(hostId)).toReversed().slice(0, placedInOnePass) : []) {
      if (ordered >= free) break
      const row = yield* store.find(game_id)
      if (row._tag === "None" || bound(row.value) !== undefined) continue
      if (row.value.engine_host !== hostId || row.value.status !== "running" || row.value.engine_task !== null) continue
      ordered++
      yield* store
        .write(row.value, { engine_task: "restart", next_attempt_at: null, attempts: 0 })
        .pipe(Effect.catchTag("RuntimeStale", () => Effect.void))
    }
    if (ordered > 0) yield* signal.send("galaxy_runtime")
  })

  /** Places games of a silent host anew: their owners find out that nothing answers there. */
  const leave = Effect.fnUntraced(function* (hostId: string) {
    const games = (yield* gamesOn(hostId)).slice(0, placedInOnePass)
    yield* Effect.forEach(
      games,
      Effect.fnUntraced(function* ({ game_id }) {
        const row = yield* store.find(game_id)
        if (row._tag === "None" || bound(row.value) !== undefined || row.value.engine_endpoint === null) return
        const placed = yield* Effect.result(runtimes.engine(game_id))
        if (placed._tag === "Failure" || placed.success.hostId === hostId) return
        yield* log.note(game_id, "lost", `the engine host ${hostId} doesn't answer`)
        yield* Effect.annotateLogs(Effect.logWarning("a game has left an engine host that doesn't answer"), {
          game_id,
          from: hostId,
          to: placed.success.hostId
        })
      }),
      { concurrency: placingAtOnce, discard: true }
    )
  })

  return Effect.gen(function* () {
    const all = yield* hosts.look
    if (all.length < 2) return undefined
    yield* Effect.provideService(EngineHosts.noteSeen(all), SqlClient.SqlClient, sql)
    for (const it of all) {
      if (it.givenUp) yield* leave(it.hostId)
      else if (it.draining) yield* empty(it.hostId)
    }
    // One that is silent is given up on time.
    return all.some((it) => !it.answers && !it.givenUp) ? soon : undefined
  }).pipe(Effect.withSpan("HostWatch.pass"))
})

/** How often hosts are looked at, and how soon again while one of them is waited for. */
export const every = "3 seconds"
const soon = Duration.seconds(1)

/** Longest time for a look, with the games that are placed anew in it. */
export const deadline = "2 minutes"
