/**
 * Ends of accounts as rows: what has been done, and what is still to be repeated.
 *
 * Callers hold the account's row lock (`lock`).
 */
import { UserId } from "@galaxy/contract/ids/Ids"
import { DateTime, Effect, Option, Schema } from "effect"
import { SqlClient } from "effect/sql"
import type { AccountEnd, AccountEndActor } from "./AccountEnd.ts"

/** What an end depends on, read under the account's lock. */
export interface LockedAccount {
  readonly email: string
  readonly deleted: boolean
  readonly blocked: boolean
}

const Due = Schema.Struct({
  endId: Schema.String,
  userId: UserId,
  kind: Schema.Literals(["soft_delete_user", "soft_delete_admin", "admin_sanction"]),
  actorUserId: Schema.NullOr(UserId),
  actorUsername: Schema.NullOr(Schema.String),
  attempts: Schema.Int,
  done: Schema.Boolean
})

/** An end that is to be run again; `done` says whether all steps have been done once. */
export type DueEnd = Omit<AccountEnd, "email"> & { readonly attempts: number; readonly done: boolean }

const actorOf = ({ actorUserId, actorUsername, userId }: typeof Due.Type): AccountEndActor =>
  actorUsername === null ? { userId: actorUserId ?? userId } : { username: actorUsername }

/** The statements, for use inside the caller's transaction. */
export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const decodeDue = Schema.decodeUnknownEffect(Schema.Array(Due))

  /** Locks the account to the end of the transaction. References to it, as from new rows of others, don't wait. */
  const lock = Effect.fnUntraced(function* (userId: UserId) {
    const [row] = yield* sql<LockedAccount>`
      SELECT email, deleted_at IS NOT NULL AS deleted, permanent_block AS blocked
      FROM backend.accounts WHERE user_id = ${userId} FOR NO KEY UPDATE`
    return Option.fromUndefinedOr(row)
  })

  const markDeleted = Effect.fnUntraced(function* (userId: UserId) {
    const now = yield* DateTime.nowAsDate
    yield* sql`
      UPDATE backend.accounts SET deleted_at = ${now}, updated_at = ${now}
      WHERE user_id = ${userId} AND deleted_at IS NULL`
  })

  /** Stores an end, to be run again at `nextAt`. `complete` says whether all steps have been done. */
  const insert = Effect.fnUntraced(function* (end: AccountEnd, complete: boolean, nextAt: DateTime.Utc) {
    const now = yield* DateTime.nowAsDate
    yield* sql`
      INSERT INTO backend.account_ends
        (end_id, user_id, kind, actor_user_id, actor_username, completed_at, next_attempt_at, created_at)
      VALUES (${end.endId}, ${end.userId}, ${end.kind}, ${"userId" in end.actor ? end.actor.userId : null},
        ${"username" in end.actor ? end.actor.username : null}, ${complete ? now : null},
        ${DateTime.toDateUtc(nextAt)}, ${now})`
  })

  /** The end that has been due longest, locked; ends that another process works on are left out. */
  const takeDue = Effect.fnUntraced(function* () {
    const now = yield* DateTime.nowAsDate
    const [row] = yield* decodeDue(
      yield* sql`
        SELECT end_id AS "endId", user_id AS "userId", kind, actor_user_id AS "actorUserId",
          actor_username AS "actorUsername", attempts, completed_at IS NOT NULL AS done
        FROM backend.account_ends WHERE next_attempt_at <= ${now}
        ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED`
    )
    return Option.map(
      Option.fromUndefinedOr(row),
      (it): DueEnd => ({
        endId: it.endId,
        userId: it.userId,
        kind: it.kind,
        actor: actorOf(it),
        attempts: it.attempts,
        done: it.done
      })
    )
  })

  /** All steps are done: for the last time, or until `nextAt`. */
  const finish = Effect.fnUntraced(function* (endId: string, nextAt?: DateTime.Utc) {
    const now = yield* DateTime.nowAsDate
    yield* sql`
      UPDATE backend.account_ends SET next_attempt_at = ${nextAt === undefined ? null : DateTime.toDateUtc(nextAt)},
        completed_at = coalesce(completed_at, ${now}::timestamptz)
      WHERE end_id = ${endId}`
  })

  /** The steps have failed once more. */
  const postpone = (endId: string, nextAt: DateTime.Utc) => sql`
    UPDATE backend.account_ends SET attempts = attempts + 1, next_attempt_at = ${DateTime.toDateUtc(nextAt)}
    WHERE end_id = ${endId}`

  return { lock, markDeleted, insert, takeDue, finish, postpone }
})
