/**
 * Removes the states of games that ended long ago, one game after the other. Until then their players read every
 * report.
 *
 * Players are refused by the clock before their game's turn comes, so nobody reads while a state goes.
 */
import { GameId } from "@galaxy/contract/ids/Ids"
import { DateTime, type Duration, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { EngineHost, type EngineHostStatus } from "../engine/EngineHost.ts"
import * as EngineRuns from "../runtime/EngineRuns.ts"
import { StateVault } from "../runtime/vault/StateVault.ts"
import type { BackgroundLoops } from "../shared/BackgroundLoops.ts"
import * as Pruning from "../shared/Pruning.ts"

/** How long states are kept after a game's end, and how fast the rest is removed. */
export interface StatePrunerOptions extends Pruning.PruningPace {
  readonly keepFor: Duration.Input
}

interface Ended {
  readonly game_id: string
  readonly engine_host: string | null
  readonly engine_epoch: number
}

const names = (hosts: ReadonlyArray<EngineHostStatus>) => JSON.stringify(hosts.map((it) => it.hostId))

/** A little more than a year. */
export const keepFor: Duration.Input = "366 days"

const defaults: StatePrunerOptions = { every: "1 hour", batch: 20, maxBatches: 50, keepFor }

/** Prunes at once and then at intervals, as a supervised loop that ends with the layer's scope. */
export const layer = (
  options: Partial<StatePrunerOptions> = {}
): Layer.Layer<never, never, SqlClient.SqlClient | EngineHost | StateVault | BackgroundLoops> =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const { keepFor, ...pace } = { ...defaults, ...options }
      const sql = yield* SqlClient.SqlClient
      const host = yield* EngineHost
      const vault = yield* StateVault

      /**
       * Of a game whose host isn't one of this backend's nothing can be removed there; what the database has of it can. Those
       * whose host doesn't answer now keep no place from others.
       */
      const ended = (before: Date, hosts: ReadonlyArray<EngineHostStatus>) => sql<Ended>`
        SELECT g.game_id, r.engine_host, r.engine_epoch FROM backend.games g JOIN backend.runtime_records r ON r.game_id = g.game_id
        WHERE g.status IN ('finished', 'cancelled') AND coalesce(g.finished_at, g.updated_at) < ${before}
          AND r.state_discarded_at IS NULL
          AND (r.engine_host IS NULL
            OR r.engine_host IN (SELECT jsonb_array_elements_text(${names(hosts.filter((it) => it.answers))}::text::jsonb))
            OR (r.state_in_database
              AND r.engine_host NOT IN (SELECT jsonb_array_elements_text(${names(hosts)}::text::jsonb))))
        ORDER BY coalesce(g.finished_at, g.updated_at) LIMIT ${pace.batch}`

      const discard = Effect.fnUntraced(function* (
        gameId: GameId,
        { engine_host, engine_epoch }: Ended,
        hosts: ReadonlyArray<EngineHostStatus>
      ) {
        const known = engine_host === null || hosts.some((it) => it.hostId === engine_host)
        if (known) yield* EngineRuns.discard(host, { game_id: gameId, engine_host, engine_epoch })
        const now = yield* DateTime.nowAsDate
        yield* sql.withTransaction(
          Effect.andThen(
            sql`UPDATE backend.runtime_records SET state_discarded_at = ${now} WHERE game_id = ${gameId}`,
            vault.drop(gameId)
          )
        )
      })

      const forget = Effect.gen(function* () {
        const hosts = yield* host.hosts
        const games = yield* ended(yield* Pruning.keptSince(keepFor), hosts)
        let gone = 0
        for (const game of games) {
          const { game_id } = game
          yield* discard(GameId.make(game_id), game, hosts).pipe(
            Effect.andThen(Effect.sync(() => void gone++)),
            // One state that can't be removed now holds up no other; its turn comes again.
            Effect.catchTag("EngineHostUnavailable", ({ reason }) =>
              Effect.annotateLogs(Effect.logWarning("the state of a game that ended can't be removed"), {
                game_id,
                reason
              })
            )
          )
        }
        return gone
      })

      // Each backend reaches other engine hosts, and none waits for them within a transaction.
      yield* Pruning.start({ name: "state pruner", ...pace, forget: [forget], together: true })
    })
  )
