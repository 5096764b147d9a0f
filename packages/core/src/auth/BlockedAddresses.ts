/**
 * Addresses that nobody may sign in with. They are kept as keyed hashes: whoever reads the table learns no address.
 *
 * Rows of earlier versions hold their address until `hashSome` has replaced it; both forms block alike. An account's own
 * mark (`accounts.address_blocked`) is kept with the list.
 */
import type { BlockedAddress as BlockedAddressSchema } from "@galaxy/contract/api/admin/BlockedAddresses"
import type { UserId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Effect, Layer, Schema } from "effect"
import { Mac } from "effect/crypto"
import { Hex } from "effect/encoding"
import { SqlClient } from "effect/sql"
import * as UserEvents from "../user-event/UserEvents.ts"
import { newId } from "../shared/NewId.ts"
import { type CursorInvalid, pageOf, type PageRequest } from "../shared/Page.ts"
import { withoutNulls } from "../shared/rows.ts"
import { StorageError } from "../shared/StorageError.ts"
import * as webCrypto from "../shared/webCrypto.ts"
import { AuthSettings } from "./AuthSettings.ts"
import * as ChallengeStore from "./ChallengeStore.ts"
import { keyedHash } from "./keyedHash.ts"
import { Sessions } from "./Sessions.ts"

/** A row as operators see it: the address's hash in hexadecimal digits instead of the address. */
export type BlockedAddress = typeof BlockedAddressSchema.Type

/** Who blocks an address (the platform itself when absent), and why; neither may contain an address. */
export interface BlockReason {
  readonly by?: string
  readonly reason: string
}

/** The list of blocked addresses. Addresses are given in their normal form. */
export class BlockedAddresses extends Context.Service<
  BlockedAddresses,
  {
    isBlocked(email: string): Effect.Effect<boolean, StorageError>
    /** Keeps others from blocking and unblocking the address, and from signing in, until the caller's transaction ends. */
    lock(email: string): Effect.Effect<void, StorageError>
    /** The address's hash in hexadecimal digits, by which audit rows name it. */
    hashOf(email: string): Effect.Effect<string>
    /** The same hash as its row has it. */
    bytesOf(email: string): Effect.Effect<Uint8Array>
    /**
     * Blocks an address, and ends the sessions of its account. One that is blocked already stays as it is. Joins the
     * caller's transaction.
     */
    block(email: string, why: BlockReason): Effect.Effect<BlockedAddress, StorageError>
    /** Returns whether the address was blocked. Joins the caller's transaction. */
    unblock(email: string): Effect.Effect<boolean, StorageError>
    /** Newest first. */
    list(
      page: PageRequest
    ): Effect.Effect<
      { readonly blocked_addresses: ReadonlyArray<BlockedAddress>; readonly next_cursor?: string },
      CursorInvalid | StorageError
    >
    /** Hashes rows of earlier versions, at most `limit`; returns how many. */
    hashSome(limit: number): Effect.Effect<number, StorageError>
  }
>()("@galaxy/core/auth/BlockedAddresses") {}

const Row = Schema.Struct({
  blocked_address_id: Schema.String,
  email: Schema.NullOr(Schema.String),
  address_hash: Schema.NullOr(Schema.Uint8Array),
  reason: Schema.String,
  blocked_by: Schema.NullOr(Schema.String),
  blocked_at: Schema.DateTimeUtcFromDate,
  created_at: Schema.DateTimeUtcFromDate
})

/** `BlockedAddresses` over PostgreSQL. Hashes are keyed with `AuthSettings.codeKey`. */
export const layer: Layer.Layer<BlockedAddresses, never, SqlClient.SqlClient | AuthSettings | Sessions> = Layer.effect(
  BlockedAddresses,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const mac = yield* Mac.Mac
    const { codeKey } = yield* AuthSettings
    const sessions = yield* Sessions
    const challenges = yield* ChallengeStore.make
    const decode = Schema.decodeUnknownEffect(Schema.Array(Row))

    const hash = (email: string) => Effect.provideService(keyedHash(codeKey, "blocked-address", email), Mac.Mac, mac)

    const inTransaction = <A, E>(work: Effect.Effect<A, E, SqlClient.SqlClient>) =>
      Effect.provideService(sql.withTransaction(work), SqlClient.SqlClient, sql)

    const columns = sql.literal("blocked_address_id, email, address_hash, reason, blocked_by, blocked_at, created_at")

    const shown = Effect.fnUntraced(function* (row: typeof Row.Type) {
      const bytes = row.address_hash ?? (yield* hash(row.email ?? ""))
      const { blocked_address_id, reason, blocked_by, blocked_at } = row
      return {
        ...withoutNulls({ blocked_address_id, reason, blocked_by, blocked_at }),
        address_hash: Hex.encode(bytes)
      }
    })

    const find = Effect.fnUntraced(function* (email: string) {
      const rows = yield* sql`
        SELECT ${columns} FROM backend.blocked_emails
        WHERE address_hash = ${yield* hash(email)} OR email = ${email}`
      return (yield* decode(rows))[0]
    })

    const isBlocked = Effect.fn("BlockedAddresses.isBlocked")(
      (email: string) => Effect.map(find(email), (row) => row !== undefined),
      StorageError.refail
    )

    const insert = Effect.fnUntraced(function* (email: string, { by, reason }: BlockReason) {
      const now = yield* DateTime.nowAsDate
      yield* sql`
        INSERT INTO backend.blocked_emails
          (blocked_address_id, address_hash, reason, blocked_by, blocked_at, created_at)
        VALUES (${yield* newId}, ${yield* hash(email)}, ${reason}, ${by ?? null}, ${now}, ${now})
        ON CONFLICT (address_hash) DO NOTHING`
    })

    const block = Effect.fn("BlockedAddresses.block")(function* (email: string, why: BlockReason) {
      return yield* inTransaction(
        Effect.gen(function* () {
          // A sign-in of this address has either made its account by now, or finds the address blocked.
          yield* challenges.inTurn(email)
          if ((yield* find(email)) === undefined) yield* insert(email, why)
          const [account] = yield* sql<{ id: UserId; before: boolean }>`
            UPDATE backend.accounts a SET address_blocked = true
            FROM (SELECT user_id, address_blocked FROM backend.accounts WHERE email = ${email} FOR NO KEY UPDATE) was
            WHERE a.user_id = was.user_id RETURNING a.user_id AS id, was.address_blocked AS before`
          if (account !== undefined && !account.before) {
            yield* UserEvents.tell("account.blocked", account.id, { by: "address" })
          }
          if (account !== undefined && why.by !== undefined) {
            yield* sessions.endAll(account.id, "admin_revoke_all", { username: why.by })
          }
          const row = yield* find(email)
          return row === undefined
            ? yield* Effect.die(new Error("a blocked address has disappeared"))
            : yield* shown(row)
        })
      )
    }, StorageError.refail)

    const unblock = Effect.fn("BlockedAddresses.unblock")(function* (email: string) {
      return yield* inTransaction(
        Effect.gen(function* () {
          yield* challenges.inTurn(email)
          const removed = yield* sql`
            DELETE FROM backend.blocked_emails WHERE address_hash = ${yield* hash(email)} OR email = ${email} RETURNING 1`
          const [account] = yield* sql<{ id: UserId }>`
            UPDATE backend.accounts SET address_blocked = false WHERE email = ${email} AND address_blocked
            RETURNING user_id AS id`
          if (account !== undefined) yield* UserEvents.tell("account.changed", account.id, { changed: "address_block" })
          return removed.length > 0
        })
      )
    }, StorageError.refail)

    const list = Effect.fn("BlockedAddresses.list")(function* (page: PageRequest) {
      const { rows, next } = yield* pageOf(
        page,
        (after, limit) =>
          Effect.flatMap(
            sql`
              SELECT ${columns} FROM backend.blocked_emails
              WHERE (created_at, blocked_address_id) < (${after.createdAt}, ${after.id}::uuid)
              ORDER BY created_at DESC, blocked_address_id DESC LIMIT ${limit}`,
            decode
          ),
        (it) => it.blocked_address_id
      )
      return { blocked_addresses: yield* Effect.forEach(rows, shown), ...next }
    }, StorageError.refail)

    const hashOne = Effect.fnUntraced(function* (email: string) {
      const bytes = yield* hash(email)
      // Where the address has been blocked once more since, the new row stays.
      yield* sql`
        UPDATE backend.blocked_emails SET email = NULL, address_hash = ${bytes}
        WHERE email = ${email}
          AND NOT EXISTS (SELECT 1 FROM backend.blocked_emails WHERE address_hash = ${bytes})`
      yield* sql`DELETE FROM backend.blocked_emails WHERE email = ${email}`
      yield* sql`UPDATE backend.accounts SET address_blocked = true WHERE email = ${email}`
    })

    const hashSome = Effect.fn("BlockedAddresses.hashSome")(function* (limit: number) {
      return yield* sql.withTransaction(
        Effect.gen(function* () {
          const rows = yield* sql<{ email: string }>`
            SELECT email FROM backend.blocked_emails WHERE email IS NOT NULL LIMIT ${limit}::int FOR UPDATE SKIP LOCKED`
          for (const { email } of rows) yield* hashOne(email)
          return rows.length
        })
      )
    }, StorageError.refail)

    return BlockedAddresses.of({
      isBlocked,
      lock: (email) => StorageError.refail(Effect.asVoid(challenges.inTurn(email))),
      hashOf: (email) => Effect.map(hash(email), Hex.encode),
      bytesOf: hash,
      block,
      unblock,
      list,
      hashSome
    })
  })
).pipe(Layer.provide(webCrypto.layer))
