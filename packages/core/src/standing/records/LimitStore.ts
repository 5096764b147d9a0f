/** The rows of limits set for one account: every one there ever was, and those in force. Callers hold its row lock. */
import type { LimitCode } from "@galaxy/contract/api/UserAccount"
import type { UserId } from "@galaxy/contract/ids/Ids"
import { DateTime, Effect } from "effect"
import { SqlClient } from "effect/sql"
import * as UserEvents from "../../user-event/UserEvents.ts"
import { newId } from "../../shared/NewId.ts"
import { StorageError } from "../../shared/StorageError.ts"
import type { Decision } from "./Decision.ts"

const end = Effect.fnUntraced(function* (userId: UserId, code: LimitCode, { actor, reason }: Decision) {
  const sql = yield* SqlClient.SqlClient
  const [active] = yield* sql<{ readonly record_id: string }>`
    DELETE FROM backend.limit_active WHERE user_id = ${userId} AND limit_code = ${code} RETURNING record_id`
  if (active === undefined) return false
  yield* sql`
    UPDATE backend.limit_records
    SET removed_at = ${yield* DateTime.nowAsDate}, lifted_by = ${actor}, lift_reason = ${reason}
    WHERE record_id = ${active.record_id}`
  return true
})

/** Ends a limit; its record stays, with who lifted it and why. Returns false if it isn't in force. */
export const lift = Effect.fn("LimitStore.lift")(function* (userId: UserId, code: LimitCode, decision: Decision) {
  if (!(yield* end(userId, code, decision))) return false
  yield* UserEvents.tell("limit.changed", userId, { limit_code: code, change: "lifted" })
  return true
}, StorageError.refail)

/** Records a limit in place of the one in force; returns false, and changes nothing, if that has the same value. */
export const set = Effect.fn("LimitStore.set")(function* (
  userId: UserId,
  code: LimitCode,
  value: number,
  decision: Decision
) {
  const sql = yield* SqlClient.SqlClient
  const same = yield* sql`
    SELECT 1 FROM backend.limit_active WHERE user_id = ${userId} AND limit_code = ${code} AND value = ${value}`
  if (same.length > 0) return false
  yield* end(userId, code, decision)
  const id = yield* newId
  const now = yield* DateTime.nowAsDate
  yield* sql`
    INSERT INTO backend.limit_records
      (record_id, user_id, limit_code, value, actor_username, reason, applied_at, created_at)
    VALUES (${id}, ${userId}, ${code}, ${value}, ${decision.actor}, ${decision.reason}, ${now}, ${now})`
  yield* sql`
    INSERT INTO backend.limit_active (user_id, limit_code, record_id, value, created_at)
    VALUES (${userId}, ${code}, ${id}, ${value}, ${now})`
  yield* UserEvents.tell("limit.changed", userId, { limit_code: code, change: "set", value: `${value}` })
  return true
}, StorageError.refail)
