/** The routes of a notification: one per recipient and channel, with what became of it. */
import type { DeliveryId, UserId } from "@galaxy/contract/ids/Ids"
import { Effect } from "effect"
import type { SqlClient } from "effect/sql"
import { newId } from "../shared/NewId.ts"

/** A route as it is stored in the transaction of the fact. */
export interface Route {
  readonly channel: "push" | "email"
  /** Null for the operators' address. */
  readonly user_id: UserId | null
  /**
   * Pushed or enqueued with this transaction. Skipped: the account may not act, has switched these mails off or has had
   * enough of them, or the operators have no address.
   */
  readonly status: "published" | "enqueued" | "skipped"
  /** The mail of an enqueued route. */
  readonly delivery_id?: DeliveryId
}

/** The routes of a new notification. */
export interface NewRoutes {
  readonly notificationId: string
  readonly routes: ReadonlyArray<Route>
}

/** Stores the routes of new notifications. */
export const record = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, all: ReadonlyArray<NewRoutes>, now: Date) {
  const rows: Array<Route & { readonly route_id: string; readonly notification_id: string }> = []
  for (const { notificationId: notification_id, routes } of all) {
    for (const route of routes) rows.push({ route_id: yield* newId, notification_id, ...route })
  }
  if (rows.length === 0) return
  yield* sql`
    INSERT INTO backend.notification_routes
      (route_id, notification_id, channel, user_id, status, delivery_id, last_attempt_at, created_at)
    SELECT r.route_id, r.notification_id, r.channel, r.user_id, r.status, r.delivery_id,
      CASE WHEN r.status = 'skipped' THEN NULL ELSE ${now}::timestamptz END, ${now}::timestamptz
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
      AS r(route_id uuid, notification_id uuid, channel text, user_id uuid, status text, delivery_id uuid)`
})

/** Marks the routes of a mail that was given up as failed, each with a dead letter that says why. */
export const fail = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  deliveryId: DeliveryId,
  reason: string,
  now: Date
) {
  const failed = yield* sql<{ routeId: string; notificationId: string }>`
    UPDATE backend.notification_routes SET status = 'failed', last_attempt_at = ${now}
    WHERE delivery_id = ${deliveryId} AND status = 'enqueued'
    RETURNING route_id AS "routeId", notification_id AS "notificationId"`
  yield* Effect.forEach(
    failed,
    Effect.fnUntraced(function* (it) {
      yield* sql`
        INSERT INTO backend.notification_dead_letters
          (dead_letter_id, notification_id, route_id, archived_at, reason, created_at)
        VALUES (${yield* newId}, ${it.notificationId}, ${it.routeId}, ${now}, ${reason}, ${now})`
    }),
    { discard: true }
  )
})

/** Marks the routes of a mail that is to be sent again as enqueued. Their dead letters stay. */
export const renew = (sql: SqlClient.SqlClient, deliveryId: DeliveryId, now: Date) => sql`
  UPDATE backend.notification_routes SET status = 'enqueued', last_attempt_at = ${now}
  WHERE delivery_id = ${deliveryId} AND status = 'failed'`
