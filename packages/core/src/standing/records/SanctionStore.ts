/** The rows of sanctions: every one there ever was, and those in force. Callers hold the account's row lock. */
import type { SanctionCode } from "@galaxy/contract/api/UserAccount"
import type { UserId } from "@galaxy/contract/ids/Ids"
import { DateTime, Effect } from "effect"
import { SqlClient } from "effect/sql"
import * as UserEvents from "../../user-event/UserEvents.ts"
import { newId } from "../../shared/NewId.ts"
import { StorageError } from "../../shared/StorageError.ts"
import type { Decision } from "./Decision.ts"

/** Records a sanction and puts it in force; returns false, and changes nothing, if it is in force already. */
export const apply = Effect.fn("SanctionStore.apply")(function* (
  userId: UserId,
  code: SanctionCode,
  { actor, reason }: Decision
) {
  const sql = yield* SqlClient.SqlClient
  const found = yield* sql`
    SELECT 1 FROM backend.sanction_active WHERE user_id = ${userId} AND sanction_code = ${code}`
  if (found.length > 0) return false
  const id = yield* newId
  const now = yield* DateTime.nowAsDate
  yield* sql`
    INSERT INTO backend.sanction_records
      (record_id, user_id, sanction_code, reason, actor_username, applied_at, created_at)
    VALUES (${id}, ${userId}, ${code}, ${reason}, ${actor}, ${now}, ${now})`
  yield* sql`
    INSERT INTO backend.sanction_active (user_id, sanction_code, record_id, created_at)
    VALUES (${userId}, ${code}, ${id}, ${now})`
  yield* UserEvents.tell("sanction.changed", userId, { sanction_code: code, change: "applied" })
  return true
}, StorageError.refail)

/** Ends a sanction; its record stays, with who lifted it and why. Returns false if it isn't in force. */
export const lift = Effect.fn("SanctionStore.lift")(function* (
  userId: UserId,
  code: SanctionCode,
  { actor, reason }: Decision
) {
  const sql = yield* SqlClient.SqlClient
  const [active] = yield* sql<{ readonly record_id: string }>`
    DELETE FROM backend.sanction_active WHERE user_id = ${userId} AND sanction_code = ${code} RETURNING record_id`
  if (active === undefined) return false
  yield* sql`
    UPDATE backend.sanction_records
    SET removed_at = ${yield* DateTime.nowAsDate}, lifted_by = ${actor}, lift_reason = ${reason}
    WHERE record_id = ${active.record_id}`
  yield* UserEvents.tell("sanction.changed", userId, { sanction_code: code, change: "lifted" })
  return true
}, StorageError.refail)
