/** Which kinds of mails a player has switched off, for changes that come without a session. */
import type { UserId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { StorageError } from "../shared/StorageError.ts"
import * as UserEvents from "../user-event/UserEvents.ts"

/** Switches mails off by kind. */
export class MailSwitches extends Context.Service<
  MailSwitches,
  {
    /** Does nothing if the kind is switched off already, or if there is no such account any more. */
    switchOff(userId: UserId, kind: string): Effect.Effect<void, StorageError>
  }
>()("@galaxy/core/account/MailSwitches") {}

/** Building it runs no statement. */
export const layer: Layer.Layer<MailSwitches, never, SqlClient.SqlClient> = Layer.effect(
  MailSwitches,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    return MailSwitches.of({
      switchOff: Effect.fn("MailSwitches.switchOff")(
        function* (userId, kind) {
          const rows = yield* sql`
            UPDATE backend.accounts
            SET mail_kinds_off = array_append(mail_kinds_off, ${kind}::text), updated_at = ${yield* DateTime.nowAsDate}
            WHERE user_id = ${userId} AND deleted_at IS NULL AND NOT ${kind}::text = ANY (mail_kinds_off) RETURNING 1`
          if (rows.length > 0) yield* UserEvents.tell("account.changed", userId, { changed: "settings" })
        },
        sql.withTransaction,
        Effect.provideService(SqlClient.SqlClient, sql),
        StorageError.refail
      )
    })
  })
)
