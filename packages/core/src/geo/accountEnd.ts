/** When an account is deleted, its counts by country go. A block keeps them. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import type { AccountEndStep } from "../account/AccountEnd.ts"

/** The geo module's step. */
export const accountEnd: Effect.Effect<AccountEndStep, never, SqlClient.SqlClient> = Effect.map(
  SqlClient.SqlClient,
  (sql) => ({
    name: "geo",
    run: ({ userId, kind }) =>
      kind === "admin_sanction"
        ? Effect.void
        : Effect.asVoid(sql`DELETE FROM backend.user_country_counters WHERE user_id = ${userId}`)
  })
)
