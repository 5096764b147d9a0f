/** When an account ends, its race names are free again: registered, reserved and pending ones alike. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import type { AccountEndStep } from "../account/AccountEnd.ts"

/** The directory's step. */
export const accountEnd: Effect.Effect<AccountEndStep, never, SqlClient.SqlClient> = Effect.map(
  SqlClient.SqlClient,
  (sql) => ({
    name: "race names",
    run: ({ userId }) => Effect.asVoid(sql`DELETE FROM backend.race_names WHERE owner_user_id = ${userId}`)
  })
)
