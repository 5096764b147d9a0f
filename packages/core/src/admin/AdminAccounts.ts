/**
 * The administrators' own accounts: listing, making, disabling, enabling, new passwords.
 *
 * All changes are made one after another, under one lock: two administrators who disable each other at the same time
 * can't both succeed when they are the last two.
 */
import type { AdminAccount as AdminAccountSchema } from "@galaxy/contract/api/admin/AdminAccounts"
import { Context, DateTime, Effect, Layer, type Redacted, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { type CursorInvalid, pageOf, type PageRequest } from "../shared/Page.ts"
import { withoutNulls } from "../shared/rows.ts"
import { StorageError } from "../shared/StorageError.ts"
import { passwordProblem, usernameProblem } from "./credentials.ts"
import { PasswordHasher } from "./PasswordHasher.ts"

/** An administrator as the wire shows it; the hash never leaves the store. */
export type AdminAccount = typeof AdminAccountSchema.Type

/** There is no administrator of this name. */
export class AdminNotFound extends Schema.TaggedError<AdminNotFound>()("AdminNotFound", {}) {}

/** An administrator of this name exists, perhaps disabled. */
export class AdminExists extends Schema.TaggedError<AdminExists>()("AdminExists", {}) {}

/** Without this one nobody could sign in. */
export class LastAdmin extends Schema.TaggedError<LastAdmin>()("LastAdmin", {}) {}

/** Nobody could sign in with this name or password; `problem` says why. */
export class AdminCredentialsUnusable extends Schema.TaggedError<AdminCredentialsUnusable>()(
  "AdminCredentialsUnusable",
  { problem: Schema.String }
) {
  override get message(): string {
    return this.problem
  }
}

/** Keeps the accounts. All but `list`, `find` and `hash` join the caller's transaction. */
export class AdminAccounts extends Context.Service<
  AdminAccounts,
  {
    /** Newest first. */
    list(page: PageRequest): Effect.Effect<
      {
        readonly admin_accounts: ReadonlyArray<AdminAccount>
        readonly next_cursor?: string
      },
      CursorInvalid | StorageError
    >
    find(username: string): Effect.Effect<AdminAccount, AdminNotFound | StorageError>
    /** Like `find`, and keeps all accounts as they are until the transaction ends. */
    lock(username: string): Effect.Effect<AdminAccount, AdminNotFound | StorageError>
    /** The slow part of a new password, which needs no lock. */
    hash(password: Redacted.Redacted): Effect.Effect<Uint8Array, AdminCredentialsUnusable>
    /** Takes what `hash` returned. */
    create(
      username: string,
      hash: Uint8Array
    ): Effect.Effect<AdminAccount, AdminCredentialsUnusable | AdminExists | StorageError>
    /** Repeated, it changes nothing. */
    disable(username: string): Effect.Effect<AdminAccount, AdminNotFound | LastAdmin | StorageError>
    /** Repeated, it changes nothing. */
    enable(username: string): Effect.Effect<AdminAccount, AdminNotFound | StorageError>
    /** Takes what `hash` returned. A disabled account stays disabled. */
    setPassword(username: string, hash: Uint8Array): Effect.Effect<AdminAccount, AdminNotFound | StorageError>
  }
>()("@galaxy/core/admin/AdminAccounts") {}

const Row = Schema.Struct({
  username: Schema.String,
  created_at: Schema.DateTimeUtcFromDate,
  last_used_at: Schema.NullOr(Schema.DateTimeUtcFromDate),
  disabled_at: Schema.NullOr(Schema.DateTimeUtcFromDate)
})

// Any constant would do, as long as no other lock uses it.
const lockKey = 4_107_330_915_226_018n

/** `AdminAccounts` over PostgreSQL. */
export const layer: Layer.Layer<AdminAccounts, never, SqlClient.SqlClient | PasswordHasher> = Layer.effect(
  AdminAccounts,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const hasher = yield* PasswordHasher
    const decode = Schema.decodeUnknownEffect(Schema.Array(Row))
    const columns = sql.literal("username, created_at, last_used_at, disabled_at")

    const one = (rows: ReadonlyArray<unknown>) =>
      Effect.flatMap(decode(rows), ([row]) =>
        row === undefined ? Effect.fail(new AdminNotFound()) : Effect.succeed(withoutNulls(row))
      )

    const list = Effect.fn("AdminAccounts.list")(function* (page: PageRequest) {
      const { rows, next } = yield* pageOf(
        page,
        (after, limit) =>
          Effect.flatMap(
            sql`
              SELECT ${columns} FROM backend.admin_accounts
              WHERE (created_at, username) < (${after.createdAt}, ${after.id})
              ORDER BY created_at DESC, username DESC LIMIT ${limit}`,
            decode
          ),
        (it) => it.username,
        /./u
      )
      return { admin_accounts: rows.map((it) => withoutNulls(it)), ...next }
    }, StorageError.refail)

    const find = Effect.fn("AdminAccounts.find")(function* (username: string) {
      return yield* one(yield* sql`SELECT ${columns} FROM backend.admin_accounts WHERE username = ${username}`)
    }, StorageError.refail)

    const alone = StorageError.refail(sql`SELECT pg_advisory_xact_lock(${lockKey})`)

    const lock = Effect.fn("AdminAccounts.lock")(function* (username: string) {
      yield* alone
      return yield* find(username)
    })

    const hash = Effect.fn("AdminAccounts.hash")(function* (password: Redacted.Redacted) {
      const problem = passwordProblem(password)
      if (problem !== undefined) return yield* new AdminCredentialsUnusable({ problem })
      return new TextEncoder().encode(yield* hasher.hash(password))
    })

    const create = Effect.fn("AdminAccounts.create")(function* (username: string, hashed: Uint8Array) {
      const problem = usernameProblem(username)
      if (problem !== undefined) return yield* new AdminCredentialsUnusable({ problem })
      const rows = yield* decode(
        yield* sql`
          INSERT INTO backend.admin_accounts (username, password_hash, created_at)
          VALUES (${username}, ${hashed}, ${yield* DateTime.nowAsDate}) ON CONFLICT DO NOTHING RETURNING ${columns}`
      )
      const [row] = rows
      if (row === undefined) return yield* new AdminExists()
      return withoutNulls(row)
    }, StorageError.refail)

    const disable = Effect.fn("AdminAccounts.disable")(function* (username: string) {
      const account = yield* lock(username)
      if (account.disabled_at !== undefined) return account
      const others = yield* sql`
        SELECT 1 FROM backend.admin_accounts WHERE disabled_at IS NULL AND username <> ${username} LIMIT 1`
      if (others.length === 0) return yield* new LastAdmin()
      return yield* one(
        yield* sql`
          UPDATE backend.admin_accounts SET disabled_at = ${yield* DateTime.nowAsDate} WHERE username = ${username}
          RETURNING ${columns}`
      )
    }, StorageError.refail)

    const enable = Effect.fn("AdminAccounts.enable")(function* (username: string) {
      yield* alone
      return yield* one(
        yield* sql`
          UPDATE backend.admin_accounts SET disabled_at = NULL WHERE username = ${username} RETURNING ${columns}`
      )
    }, StorageError.refail)

    const setPassword = Effect.fn("AdminAccounts.setPassword")(function* (username: string, hashed: Uint8Array) {
      yield* alone
      return yield* one(
        yield* sql`
          UPDATE backend.admin_accounts SET password_hash = ${hashed} WHERE username = ${username} RETURNING ${columns}`
      )
    }, StorageError.refail)

    return AdminAccounts.of({ list, find, lock, hash, create, disable, enable, setPassword })
  })
)
