/** What operators see of deliveries by channels, and sending those again that were given up. */
import type * as Api from "@galaxy/contract/api/admin/Notifications"
import { DeliveryId, NotificationId, UserId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { DatabaseSignal } from "../../shared/DatabaseSignal.ts"
import { type CursorInvalid, pageOf, type PageRequest } from "../../shared/Page.ts"
import { withoutNulls } from "../../shared/rows.ts"
import { note } from "../../shared/SideEffects.ts"
import { StorageError } from "../../shared/StorageError.ts"

/** There is no such delivery, or it is no longer kept. */
export class ChannelDeliveryNotFound extends Schema.TaggedError<ChannelDeliveryNotFound>()(
  "ChannelDeliveryNotFound",
  {}
) {}

/** The delivery wasn't given up, so there is nothing to send again. */
export class ChannelDeliveryNotDead extends Schema.TaggedError<ChannelDeliveryNotDead>()("ChannelDeliveryNotDead", {
  status: Schema.String
}) {
  override get message(): string {
    return `the delivery wasn't given up, it is ${this.status}`
  }
}

type Delivery = typeof Api.ChannelDelivery.Type

/** Deliveries by channels of the embedding program. */
export class ChannelDeliveries extends Context.Service<
  ChannelDeliveries,
  {
    /** Those that were given up, the newest first. */
    deadLetters(page: PageRequest): Effect.Effect<typeof Api.ChannelDeliveryList.Type, CursorInvalid | StorageError>
    /** One delivery, whose row is locked until the surrounding transaction ends. */
    locked(deliveryId: DeliveryId): Effect.Effect<Delivery, ChannelDeliveryNotFound | StorageError>
    /** Makes a delivery due that was given up, with all of its attempts before it. */
    resend(deliveryId: DeliveryId): Effect.Effect<void, ChannelDeliveryNotFound | ChannelDeliveryNotDead | StorageError>
  }
>()("@galaxy/core/notification/channels/ChannelDeliveries") {}

const At = Schema.DateTimeUtcFromDate

const rowsOf = Schema.decodeUnknownEffect(
  Schema.Array(
    Schema.Struct({
      delivery_id: DeliveryId,
      notification_id: NotificationId,
      kind: Schema.String,
      channel: Schema.String,
      user_id: UserId,
      status: Schema.String,
      attempts: Schema.Int,
      reason: Schema.NullOr(Schema.String),
      created_at: At,
      updated_at: At
    })
  )
)

/** `resend` wakes the channels' workers when its transaction commits. */
export const layer: Layer.Layer<ChannelDeliveries, never, SqlClient.SqlClient | DatabaseSignal> = Layer.effect(
  ChannelDeliveries,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const signal = yield* DatabaseSignal

    const columns = sql.literal(`d.delivery_id, d.notification_id, n.kind, d.channel, d.user_id, d.status, d.attempts,
      d.reason, d.created_at, d.updated_at
      FROM backend.channel_deliveries d JOIN backend.notifications n USING (notification_id)`)

    const deadLetters = Effect.fn("ChannelDeliveries.deadLetters")(function* (page: PageRequest) {
      const { rows, next } = yield* pageOf(
        page,
        (after, limit) =>
          Effect.flatMap(
            sql`
              SELECT ${columns}
              WHERE d.status = 'dead_lettered' AND (d.created_at, d.delivery_id) < (${after.createdAt}, ${after.id}::uuid)
              ORDER BY d.created_at DESC, d.delivery_id DESC LIMIT ${limit}::int`,
            rowsOf
          ),
        (it) => it.delivery_id
      )
      return { deliveries: rows.map(withoutNulls), ...next }
    }, StorageError.refail)

    const locked = Effect.fn("ChannelDeliveries.locked")(function* (deliveryId: DeliveryId) {
      const [row] = yield* rowsOf(yield* sql`SELECT ${columns} WHERE d.delivery_id = ${deliveryId} FOR UPDATE OF d`)
      if (row === undefined) return yield* new ChannelDeliveryNotFound()
      return withoutNulls(row)
    }, StorageError.refail)

    const resend = Effect.fn("ChannelDeliveries.resend")(function* (deliveryId: DeliveryId) {
      const at = yield* DateTime.nowAsDate
      yield* sql.withTransaction(
        Effect.gen(function* () {
          const { status, channel } = yield* locked(deliveryId)
          if (status !== "dead_lettered") return yield* new ChannelDeliveryNotDead({ status })
          yield* sql`
            UPDATE backend.channel_deliveries
            SET status = 'pending', attempts = 0, reason = NULL, next_attempt_at = ${at}, updated_at = ${at}
            WHERE delivery_id = ${deliveryId}`
          yield* note({ kind: "channel", what: channel })
          yield* signal.send("galaxy_channels")
        })
      )
    }, StorageError.refail)

    return ChannelDeliveries.of({ deadLetters, locked, resend })
  })
)
