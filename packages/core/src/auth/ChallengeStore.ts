/**
 * The only SQL on `auth_challenges`.
 *
 * A timestamp in the future, left behind by a clock that was set back, never counts as recent. The table also holds
 * decoys, which nobody can confirm: an attempt at an unknown challenge is counted on one of them, so that it reads,
 * writes and commits as much as an attempt at a real one.
 */
import type { ChallengeId } from "@galaxy/contract/ids/Ids"
import { DateTime, Effect } from "effect"
import { SqlClient } from "effect/sql"
import { addressTurn } from "./addressTurn.ts"
import { AuthSettings } from "./AuthSettings.ts"
import type { Mark } from "./SignInNetworks.ts"

/** Recent challenges and mails of an address, as far as a request from one network may depend on them. */
export interface Traffic {
  /** Challenges of this address and network that can still be confirmed, newest first. */
  readonly live: ReadonlyArray<{ readonly id: ChallengeId; readonly createdAt: Date }>
  /** Challenges that this network got within the hour, with a mail or without. */
  readonly fromNetworkInHour: number
  /** Mails to the address within 24 hours. */
  readonly mailsInDay: number
  /** Those of them that were requested from networks from which the address hadn't signed in. */
  readonly strangersMailsInDay: number
}

/** A row to insert. Where no code is mailed, `codeHash` is random bytes (`LoginCode.nobodys`). */
export interface NewChallenge {
  readonly id: ChallengeId
  readonly email: string
  readonly network: Mark
  /** Whether the address had signed in from that network. */
  readonly known: boolean
  /** Whether its code is mailed; if not, nobody can confirm it. */
  readonly mailed: boolean
  readonly codeHash: Uint8Array
  readonly language: string
  readonly createdAt: DateTime.Utc
  readonly expiresAt: DateTime.Utc
}

/** A challenge under its lock; a decoy is never live. */
export interface Locked {
  readonly id: string
  readonly email: string
  readonly codeHash: Uint8Array
  readonly language: string
  readonly live: boolean
}

const hourMs = 60 * 60_000
const dayMs = 24 * hourMs

/** The migration makes one for each pair of hexadecimal digits. */
const decoyOf = (challengeId: string) => `00000000-0000-0000-0000-0000000000${challengeId.slice(-2)}`

/**
 * The statements, for use inside the caller's transaction: call `inTurn` before `traffic`, and `lock` before `count`.
 */
export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const { maxAttempts, throttleLimit } = yield* AuthSettings

  /**
   * Serialises the requests for one address until the transaction ends: two at once would both find room under a limit.
   */
  const inTurn = (email: string) => addressTurn(sql, email)

  const traffic = Effect.fnUntraced(function* (email: string, network: Mark, at: DateTime.Utc) {
    const now = DateTime.toDateUtc(at)
    const hourAgo = new Date(now.getTime() - hourMs)
    const dayAgo = new Date(now.getTime() - dayMs)
    const live = yield* sql<Traffic["live"][number]>`
      SELECT challenge_id AS id, created_at AS "createdAt" FROM backend.auth_challenges
      WHERE email = ${email} AND network = ${network.network} AND created_at <= ${now} AND expires_at > ${now}
        AND consumed_at IS NULL AND attempts < ${maxAttempts}::int
      ORDER BY created_at DESC, challenge_id DESC LIMIT ${throttleLimit}::int`
    const [counts] = yield* sql<Omit<Traffic, "live">>`
      SELECT
        (SELECT count(*) FROM backend.auth_challenges
          WHERE email = ${email} AND network = ${network.network}
            AND created_at > ${hourAgo} AND created_at <= ${now})::int AS "fromNetworkInHour",
        count(*)::int AS "mailsInDay", (count(*) FILTER (WHERE NOT known_network))::int AS "strangersMailsInDay"
      FROM backend.auth_challenges
      WHERE email = ${email} AND mailed AND created_at > ${dayAgo} AND created_at <= ${now}`
    return { live, fromNetworkInHour: 0, mailsInDay: 0, strangersMailsInDay: 0, ...counts } satisfies Traffic
  })

  const insert = (it: NewChallenge) => sql`
    INSERT INTO backend.auth_challenges
      (challenge_id, email, network, known_network, mailed, code_hash, preferred_language, created_at, expires_at)
    VALUES (${it.id}, ${it.email}, ${it.network.network}, ${it.known}, ${it.mailed}, ${it.codeHash}, ${it.language},
      ${DateTime.toDateUtc(it.createdAt)}, ${DateTime.toDateUtc(it.expiresAt)})`

  /** The challenge, or a decoy if it is unknown; locked until the end of the transaction. */
  const lock = Effect.fnUntraced(function* (challengeId: string, at: DateTime.Utc) {
    const now = DateTime.toDateUtc(at)
    const [row] = yield* sql<Locked>`
      SELECT challenge_id AS id, email, code_hash AS "codeHash", preferred_language AS language,
        consumed_at IS NULL AND expires_at > ${now} AND attempts < ${maxAttempts}::int AS live
      FROM backend.auth_challenges
      WHERE challenge_id = coalesce(
        (SELECT challenge_id FROM backend.auth_challenges WHERE challenge_id = ${challengeId}), ${decoyOf(challengeId)})
      FOR UPDATE`
    return row ?? (yield* Effect.die(new Error("auth_challenges has lost its decoys")))
  })

  /** Counts an attempt. The right code, or the last allowed attempt, uses the challenge up. */
  const count = (id: string, right: boolean, at: DateTime.Utc) => sql`
    UPDATE backend.auth_challenges
    SET attempts = least(attempts + 1, ${maxAttempts}::int),
      consumed_at = CASE WHEN ${right}::boolean OR attempts + 1 >= ${maxAttempts}::int
        THEN coalesce(consumed_at, ${DateTime.toDateUtc(at)}::timestamptz) ELSE consumed_at END
    WHERE challenge_id = ${id}`

  /** Removes challenges that no limit depends on any more, at most `limit`; returns how many. */
  const forget = Effect.fnUntraced(function* (limit: number) {
    const now = yield* DateTime.nowAsDate
    const rows = yield* sql`
      DELETE FROM backend.auth_challenges WHERE challenge_id IN (
        SELECT challenge_id FROM backend.auth_challenges
        WHERE expires_at <= ${now} AND created_at <= ${new Date(now.getTime() - dayMs)} AND email <> ''
        LIMIT ${limit}::int FOR UPDATE SKIP LOCKED)
      RETURNING 1`
    return rows.length
  })

  return { inTurn, traffic, insert, lock, count, forget }
})
