/** Deliveries by channels that were given up are listed for operators, the newest first. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** Few are given up, so the index is small. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql.unsafe(
    `CREATE INDEX channel_deliveries_dead ON backend.channel_deliveries (created_at DESC, delivery_id DESC)
      WHERE status = 'dead_lettered'`
  )
})
