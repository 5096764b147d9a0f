/**
 * Administrators: who may use the admin surface.
 *
 * An unknown name costs as much as a wrong password. A verified password is remembered for a minute as a keyed hash, so
 * that a script's hundred calls don't cost a hundred slow hashes. Disabling the administrator or changing the password
 * ends that at once.
 */
import { Clock, Context, DateTime, Effect, Exit, Fiber, Layer, Redacted } from "effect"
import { Mac } from "effect/crypto"
import { Hex } from "effect/encoding"
import { SqlClient } from "effect/sql"
import { StorageError } from "../shared/StorageError.ts"
import * as webCrypto from "../shared/webCrypto.ts"
import { AdminCredentialsUnusable } from "./AdminAccounts.ts"
import { couldBeRight, passwordProblem, usernameProblem } from "./credentials.ts"
import * as Guesses from "./Guesses.ts"
import { PasswordHasher } from "./PasswordHasher.ts"

/**
 * Verifies administrators and makes the first one. Wrong credentials are `false`, not an error; an address that has
 * guessed too often is `TooManyGuesses`.
 */
export class Admins extends Context.Service<
  Admins,
  {
    /** Returns whether an enabled administrator with this name and password exists. `address` is the caller's. */
    verify(
      username: string,
      password: Redacted.Redacted,
      address?: string
    ): Effect.Effect<boolean, Guesses.TooManyGuesses | StorageError>
    /** Makes an administrator, unless one of this name exists, even disabled. Returns whether it did. */
    bootstrap(
      username: string,
      password: Redacted.Redacted
    ): Effect.Effect<boolean, AdminCredentialsUnusable | StorageError>
  }
>()("@galaxy/core/admin/Admins") {}

const rememberMs = 60_000
const maxRemembered = 256

/** Building it starts one slow hash in the background, which unknown names are compared with. */
export const layer: Layer.Layer<Admins, never, SqlClient.SqlClient | PasswordHasher> = Layer.effect(
  Admins,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const hasher = yield* PasswordHasher
    const utf8 = new TextEncoder()
    const mac = yield* Mac.Mac
    const guesses = yield* Guesses.make
    const memoryKey = yield* Effect.orDie(mac.generateKey(Mac.hmacSha256))
    /** When each password was verified, in Unix milliseconds, by its keyed hash. */
    const remembered = new Map<string, number>()
    // Compared with when the name is unknown, so that the time reveals no names. Made now, because making it at the
    // first guess would show in the time; nobody waits for it.
    const nobody = yield* Effect.forkScoped(hasher.hash(Redacted.make(crypto.randomUUID())))

    /** Undefined if making it has failed; a hash made here instead costs what a comparison would have cost. */
    const nobodys = Effect.fnUntraced(function* (password: Redacted.Redacted) {
      const made = yield* Fiber.await(nobody)
      if (Exit.isSuccess(made)) return made.value
      return yield* Effect.as(Effect.exit(hasher.hash(password)), undefined)
    })

    const fingerprint = (username: string, password: Redacted.Redacted, hash: string) =>
      mac
        .sign(memoryKey, utf8.encode(JSON.stringify([username, Redacted.value(password), hash])))
        .pipe(Effect.map(Hex.encode), Effect.orDie)

    const remember = (mark: string, now: number) => {
      if (remembered.size >= maxRemembered) remembered.clear()
      remembered.set(mark, now)
    }

    const isRemembered = (mark: string, now: number): boolean => {
      const at = remembered.get(mark)
      // A time in the future comes from a clock that was wrong, and doesn't count as recent.
      return at !== undefined && at <= now && now < at + rememberMs
    }

    const verify = Effect.fn("Admins.verify")(function* (
      username: string,
      password: Redacted.Redacted,
      address?: string
    ) {
      if (!couldBeRight(username, password)) return false
      yield* guesses.check(address, username)
      const [row] = yield* sql<{ hash: Uint8Array }>`
        SELECT password_hash AS hash FROM backend.admin_accounts WHERE username = ${username} AND disabled_at IS NULL`
      const known = row === undefined ? undefined : new TextDecoder().decode(row.hash)
      const mark = yield* fingerprint(username, password, known ?? "")
      const isKnown = Effect.map(Clock.currentTimeMillis, (now) => known !== undefined && isRemembered(mark, now))
      if (yield* isKnown) return true
      const right = yield* guesses.counted(
        address,
        username,
        Effect.gen(function* () {
          // Of calls that are sent together only the first costs a slow hash.
          if (yield* isKnown) return true
          const hash = known ?? (yield* nobodys(password))
          if (hash === undefined) return false
          return (yield* hasher.verify(password, hash)) && known !== undefined
        }).pipe(
          Effect.tap((it) => (it ? Effect.map(Clock.currentTimeMillis, (now) => remember(mark, now)) : Effect.void))
        )
      )
      if (!right) return false
      yield* sql`
        UPDATE backend.admin_accounts SET last_used_at = ${yield* DateTime.nowAsDate} WHERE username = ${username}`
      return true
    }, StorageError.refail)

    const bootstrap = Effect.fn("Admins.bootstrap")(function* (username: string, password: Redacted.Redacted) {
      const problem = usernameProblem(username) ?? passwordProblem(password)
      if (problem !== undefined) return yield* new AdminCredentialsUnusable({ problem })
      const there = yield* sql`SELECT 1 FROM backend.admin_accounts WHERE username = ${username}`
      if (there.length > 0) return false
      const hash = utf8.encode(yield* hasher.hash(password))
      const rows = yield* sql`
        INSERT INTO backend.admin_accounts (username, password_hash, created_at)
        VALUES (${username}, ${hash}, ${yield* DateTime.nowAsDate}) ON CONFLICT DO NOTHING RETURNING username`
      return rows.length > 0
    }, StorageError.refail)

    return Admins.of({ verify, bootstrap })
  })
).pipe(Layer.provide(webCrypto.layer))
