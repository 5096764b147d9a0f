/** Memberships know for which turn the player last gave orders. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** Players of earlier versions have given none that is known. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql.unsafe(`ALTER TABLE backend.memberships ADD COLUMN orders_given_turn int CHECK (orders_given_turn >= 0)`)
})
