/**
 * Marks invites whose time is over as expired, and deletes those that were settled or expired long ago, in bounded
 * batches.
 *
 * Nothing refers to an invite: a seat that was taken with one stays. An invite that can still be redeemed stays however
 * old it is.
 */
import { type Duration, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import type { BackgroundLoops } from "../../shared/BackgroundLoops.ts"
import { InviteStore, layer as layerStore } from "./InviteStore.ts"
import * as Pruning from "../../shared/Pruning.ts"

/** How long invites are kept, and how fast they are removed. */
export interface InvitePrunerOptions extends Pruning.PruningPace {
  /**
   * How long an invite is kept after it was redeemed, declined or revoked, or has expired. At least a day, in which a
   * player's invites are counted (`LobbySettings`).
   */
  readonly keepFor: Duration.Input
}

/** What applies where the host sets nothing. */
export const defaults: InvitePrunerOptions = { ...Pruning.pace, keepFor: "90 days" }

/** Removes a batch of invites whose `at` column lies before a time; returns how many. */
const forget = (sql: SqlClient.SqlClient, batch: number) => (at: "decided_at" | "expires_at") => (before: Date) =>
  Effect.map(
    sql`
      DELETE FROM backend.invites WHERE invite_id IN (
        SELECT invite_id FROM backend.invites
        WHERE ${at === "decided_at" ? sql`status <> 'pending'` : sql`status = 'pending'`} AND ${sql(at)} < ${before}
        ORDER BY ${sql(at)} LIMIT ${batch}::int FOR UPDATE SKIP LOCKED)
      RETURNING 1`,
    (gone) => gone.length
  )

/** Runs as long as the scope lives, at once and at intervals. */
export const layer = (
  options: Partial<InvitePrunerOptions> = {}
): Layer.Layer<never, never, SqlClient.SqlClient | BackgroundLoops> =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const { keepFor, ...pace } = { ...defaults, ...options }
      const sql = yield* SqlClient.SqlClient
      const before = forget(sql, pace.batch)
      const since = Pruning.keptSince(keepFor)
      const store = yield* InviteStore
      yield* Pruning.start({
        name: "invite pruner",
        ...pace,
        // Invites are marked first, so one of an earlier version that is long past is deleted 90 days from now.
        forget: [
          store.expireSome(pace.batch),
          Effect.flatMap(since, before("decided_at")),
          Effect.flatMap(since, before("expires_at"))
        ]
      })
    })
  ).pipe(Layer.provide(layerStore))
