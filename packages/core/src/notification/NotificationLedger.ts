/** What was notified to whom, for operators. Nothing here is for players: they read their notices. */
import type * as Api from "@galaxy/contract/api/admin/Notifications"
import { DeliveryId, NotificationId, UserId } from "@galaxy/contract/ids/Ids"
import { Context, Effect, Layer, Option, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { type CursorInvalid, pageOf, type PageRequest } from "../shared/Page.ts"
import { withoutNulls } from "../shared/rows.ts"
import { StorageError } from "../shared/StorageError.ts"

/** Which notifications are listed; both parts must match. */
export interface NotificationFilter {
  readonly kind?: string
  /** One of the recipients. */
  readonly user_id?: UserId
}

type Page<K extends string, A> = { readonly [key in K]: ReadonlyArray<A> } & { readonly next_cursor?: string }

/** Lists notifications, failed routes and malformed intents, newest first. */
export class NotificationLedger extends Context.Service<
  NotificationLedger,
  {
    list(
      filter: NotificationFilter,
      page: PageRequest
    ): Effect.Effect<typeof Api.NotificationList.Type, CursorInvalid | StorageError>
    /** With the first 200 of its routes. */
    find(notificationId: NotificationId): Effect.Effect<Option.Option<typeof Api.NotificationDetail.Type>, StorageError>
    deadLetters(
      page: PageRequest
    ): Effect.Effect<Page<"dead_letters", typeof Api.NotificationDeadLetter.Type>, CursorInvalid | StorageError>
    malformed(
      page: PageRequest
    ): Effect.Effect<Page<"malformed", typeof Api.MalformedIntent.Type>, CursorInvalid | StorageError>
  }
>()("@galaxy/core/notification/NotificationLedger") {}

const At = Schema.DateTimeUtcFromDate

const Row = Schema.Struct({
  notification_id: NotificationId,
  kind: Schema.String,
  idempotency_key: Schema.String,
  payload: Schema.Json,
  created_at: At
})

const RouteRow = Schema.Struct({
  route_id: Schema.String,
  channel: Schema.String,
  user_id: Schema.NullOr(UserId),
  status: Schema.String,
  delivery_id: Schema.NullOr(DeliveryId),
  last_attempt_at: Schema.NullOr(At),
  route_count: Schema.Int
})

const LetterRow = Schema.Struct({
  dead_letter_id: Schema.String,
  notification_id: NotificationId,
  kind: Schema.String,
  route_id: Schema.NullOr(Schema.String),
  user_id: Schema.NullOr(UserId),
  delivery_id: Schema.NullOr(DeliveryId),
  reason: Schema.String,
  archived_at: At,
  created_at: At
})

const MalformedRow = Schema.Struct({
  id: Schema.String,
  received_at: At,
  reason: Schema.String,
  payload: Schema.Json,
  created_at: At
})

const mostRoutes = 200

const rowsOf = <S extends Schema.Top>(row: S) => Schema.decodeUnknownEffect(Schema.Array(row))

/** `NotificationLedger` over PostgreSQL. */
export const layer: Layer.Layer<NotificationLedger, never, SqlClient.SqlClient> = Layer.effect(
  NotificationLedger,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient

    const list = Effect.fn("NotificationLedger.list")(function* (filter: NotificationFilter, page: PageRequest) {
      const { kind, user_id } = filter
      const matching = [
        ...(kind === undefined ? [] : [sql`kind = ${kind}`]),
        ...(user_id === undefined
          ? []
          : [
              sql`notification_id IN (SELECT notification_id FROM backend.notification_routes WHERE user_id = ${user_id})`
            ])
      ]
      const { rows, next } = yield* pageOf(
        page,
        (after, limit) =>
          Effect.flatMap(
            sql`
              SELECT notification_id, kind, idempotency_key, payload, created_at FROM backend.notifications
              WHERE ${sql.and([sql`(created_at, notification_id) < (${after.createdAt}, ${after.id}::uuid)`, ...matching])}
              ORDER BY created_at DESC, notification_id DESC LIMIT ${limit}::int`,
            rowsOf(Row)
          ),
        (it) => it.notification_id
      )
      return { notifications: rows, ...next }
    }, StorageError.refail)

    const find = Effect.fn("NotificationLedger.find")(function* (id: NotificationId) {
      const [row] = yield* rowsOf(Row)(
        yield* sql`
          SELECT notification_id, kind, idempotency_key, payload, created_at FROM backend.notifications
          WHERE notification_id = ${id}`
      )
      if (row === undefined) return Option.none()
      const routes = yield* rowsOf(RouteRow)(
        yield* sql`
          SELECT route_id, channel, user_id, status, delivery_id, last_attempt_at, (count(*) OVER ())::int AS route_count
          FROM backend.notification_routes WHERE notification_id = ${id}
          ORDER BY channel, user_id LIMIT ${mostRoutes}::int`
      )
      return Option.some({
        ...row,
        routes: routes.map(({ route_count: _count, ...it }) => withoutNulls(it)),
        route_count: routes[0]?.route_count ?? 0
      })
    }, StorageError.refail)

    const deadLetters = Effect.fn("NotificationLedger.deadLetters")(function* (page: PageRequest) {
      const { rows, next } = yield* pageOf(
        page,
        (after, limit) =>
          Effect.flatMap(
            sql`
              SELECT l.dead_letter_id, l.notification_id, n.kind, l.route_id, r.user_id, r.delivery_id, l.reason,
                l.archived_at, l.created_at
              FROM backend.notification_dead_letters l JOIN backend.notifications n USING (notification_id)
                LEFT JOIN backend.notification_routes r ON r.route_id = l.route_id
              WHERE (l.created_at, l.dead_letter_id) < (${after.createdAt}, ${after.id}::uuid)
              ORDER BY l.created_at DESC, l.dead_letter_id DESC LIMIT ${limit}::int`,
            rowsOf(LetterRow)
          ),
        (it) => it.dead_letter_id
      )
      return { dead_letters: rows.map(({ created_at: _at, ...it }) => withoutNulls(it)), ...next }
    }, StorageError.refail)

    const malformed = Effect.fn("NotificationLedger.malformed")(function* (page: PageRequest) {
      const { rows, next } = yield* pageOf(
        page,
        (after, limit) =>
          Effect.flatMap(
            sql`
              SELECT id, received_at, reason, payload, created_at FROM backend.notification_malformed_intents
              WHERE (created_at, id) < (${after.createdAt}, ${after.id}::uuid)
              ORDER BY created_at DESC, id DESC LIMIT ${limit}::int`,
            rowsOf(MalformedRow)
          ),
        (it) => it.id
      )
      return { malformed: rows.map(({ created_at: _at, ...it }) => it), ...next }
    }, StorageError.refail)

    return NotificationLedger.of({ list, find, deadLetters, malformed })
  })
)
