/**
 * Signing in by e-mail: a challenge is issued with its mail in one transaction, and confirmed once.
 *
 * Nothing that comes back tells whether an address has an account. A challenge that is unknown, expired, used, burnt by
 * wrong guesses or answered with a wrong code fails in one and the same way.
 */
import { ChallengeId, type DeviceSessionId, uuidPattern } from "@galaxy/contract/ids/Ids"
import { Context, Data, DateTime, Effect, Layer, Schema } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { AccountPermanentlyBlocked, Accounts } from "../account/Accounts.ts"
import { GeoIp } from "../geo/GeoIp.ts"
import { loginCode } from "../mail/Mail.ts"
import { MailOutbox } from "../mail/MailOutbox.ts"
import { newId } from "../shared/NewId.ts"
import { StorageError } from "../shared/StorageError.ts"
import { zoneNamed } from "../shared/TimeZone.ts"
import { AuthSettings } from "./AuthSettings.ts"
import * as Email from "./Email.ts"
import * as Language from "./Language.ts"
import * as LoginCode from "./LoginCode.ts"
import { loginMail } from "./loginMail.ts"
import * as PublicKey from "./PublicKey.ts"
import { Sessions } from "./Sessions.ts"

/** The challenge can't be confirmed with this code. Why is not said. */
export class ChallengeNotConfirmed extends Schema.TaggedError<ChallengeNotConfirmed>()("ChallengeNotConfirmed", {}) {}

/** The device key or the time zone isn't one. */
export class SignInMalformed extends Schema.TaggedError<SignInMalformed>()("SignInMalformed", {
  problem: Schema.String
}) {}

export interface SendCode {
  readonly email: string
  readonly locale?: string | undefined
  readonly acceptLanguage?: string | undefined
}

export interface ConfirmCode {
  readonly challengeId: string
  readonly code: string
  /** Standard base64. */
  readonly clientPublicKey: string
  readonly timeZone: string
  readonly sourceIp?: string | undefined
}

export class Challenges extends Context.Service<
  Challenges,
  {
    /** Has a code mailed, or answers the last challenge where the address has had enough of them for now. */
    send(request: SendCode): Effect.Effect<ChallengeId, AccountPermanentlyBlocked | StorageError>
    /** Opens a device session; makes the account at the first sign-in. */
    confirm(
      request: ConfirmCode
    ): Effect.Effect<
      DeviceSessionId,
      ChallengeNotConfirmed | SignInMalformed | AccountPermanentlyBlocked | StorageError
    >
  }
>()("@galaxy/core/auth/Challenges") {}

interface Row {
  readonly email: string
  readonly codeHash: Uint8Array
  readonly language: string
  readonly attempts: number
}

type Outcome =
  | { readonly type: "opened"; readonly session: DeviceSessionId }
  | { readonly type: "refused" }
  | { readonly type: "blocked" }

class Undone extends Data.TaggedError("Undone") {}

export const layer: Layer.Layer<
  Challenges,
  never,
  SqlClient.SqlClient | Accounts | Sessions | MailOutbox | GeoIp | AuthSettings
> = Layer.effect(
  Challenges,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const accounts = yield* Accounts
    const sessions = yield* Sessions
    const outbox = yield* MailOutbox
    const geo = yield* GeoIp
    const settings = yield* AuthSettings
    const minutes = Math.round(settings.codeLifetimeMs / 60_000)
    // A challenge's last guess may come a code's lifetime after the challenge.
    const guessesCountMs = 24 * 60 * 60_000 + settings.codeLifetimeMs

    /**
     * What concerns one address takes its turn: two requests at once would both find room under the throttle, and two
     * guesses at different codes would both be the day's last.
     */
    const inTurn = (email: string) => sql`SELECT pg_advisory_xact_lock(hashtextextended(${email}, 0))`

    /** The latest challenge of an address that has had its share within the window. */
    const throttled = Effect.fnUntraced(function* (email: string, now: DateTime.Utc) {
      const since = DateTime.toDateUtc(DateTime.subtract(now, { milliseconds: settings.throttleWindowMs }))
      const rows = yield* sql<{ id: ChallengeId }>`
        SELECT challenge_id AS id FROM backend.auth_challenges
        WHERE email = ${email} AND consumed_at IS NULL AND expires_at > ${DateTime.toDateUtc(now)} AND created_at > ${since}
        ORDER BY created_at DESC, challenge_id DESC LIMIT ${settings.throttleLimit}`
      return rows.length >= settings.throttleLimit ? rows[0]?.id : undefined
    })

    const issue = Effect.fnUntraced(function* (email: string, language: string, now: DateTime.Utc) {
      const id = ChallengeId.make(yield* newId)
      const code = yield* LoginCode.make
      const expiresAt = DateTime.add(now, { milliseconds: settings.codeLifetimeMs })
      yield* sql`
        INSERT INTO backend.auth_challenges (challenge_id, email, code_hash, preferred_language, created_at, expires_at)
        VALUES (${id}, ${email}, ${yield* LoginCode.hash(settings.codeKey, id, code)}, ${language},
          ${DateTime.toDateUtc(now)}, ${DateTime.toDateUtc(expiresAt)})`
      yield* outbox.enqueue({
        templateId: loginCode,
        idempotencyKey: id,
        to: email,
        expiresAt,
        ...loginMail(language, code, minutes)
      })
      return id
    })

    /** Does the work and takes it back, so that an answer without a new code takes as long as one with it. */
    const undone = <A, E, R>(work: Effect.Effect<A, E, R>) =>
      sql
        .withTransaction(Effect.andThen(work, Effect.fail(new Undone())))
        .pipe(Effect.catchTag("Undone", () => Effect.void))

    const send = Effect.fn("Challenges.send")(function* (request: SendCode) {
      const email = Email.normalise(request.email)
      const language = Language.resolve(request.locale, request.acceptLanguage, settings.defaultLanguage)
      if (yield* accounts.isBlocked(email)) return yield* new AccountPermanentlyBlocked()
      return yield* sql.withTransaction(
        Effect.gen(function* () {
          yield* inTurn(email)
          const now = yield* DateTime.now
          const last = yield* throttled(email, now)
          const id =
            last === undefined
              ? yield* issue(email, language, now)
              : yield* Effect.as(undone(issue(email, language, now)), last)
          yield* Effect.logInfo(
            last === undefined ? "a login code was issued" : "a login code was asked for too soon"
          ).pipe(Effect.annotateLogs({ email: yield* Effect.promise(() => Email.mark(email)), challenge_id: id }))
          return id
        })
      )
    }, StorageError.refail)

    /** Wrong guesses at an address's codes in the last 24 hours, whichever challenge they were for. */
    const guessesOf = (email: string, now: DateTime.Utc) =>
      Effect.map(
        sql<{ guesses: number }>`
          SELECT coalesce(sum(attempts), 0)::int AS guesses FROM backend.auth_challenges
          WHERE email = ${email} AND created_at > ${DateTime.toDateUtc(DateTime.subtract(now, { milliseconds: guessesCountMs }))}`,
        ([row]) => row?.guesses ?? 0
      )

    const consume = (id: string, now: DateTime.Utc) =>
      sql`UPDATE backend.auth_challenges SET consumed_at = ${DateTime.toDateUtc(now)} WHERE challenge_id = ${id}`

    const countWrong = (id: string, now: DateTime.Utc) =>
      sql`
        UPDATE backend.auth_challenges SET attempts = attempts + 1,
          consumed_at = CASE WHEN attempts + 1 >= ${settings.maxAttempts}::int THEN ${DateTime.toDateUtc(now)}::timestamptz END
        WHERE challenge_id = ${id}`

    /** Judges one attempt under the challenge's row lock. A refusal is a value: what it counted has to be committed. */
    const attempt = Effect.fnUntraced(function* (
      request: ConfirmCode,
      publicKey: Uint8Array,
      country: string | undefined
    ): Effect.fn.Return<Outcome, StorageError | SqlError.SqlError> {
      const now = yield* DateTime.now
      const hash = yield* LoginCode.hash(settings.codeKey, request.challengeId, request.code)
      const [row] = yield* sql<Row>`
        SELECT email, code_hash AS "codeHash", preferred_language AS language, attempts FROM backend.auth_challenges
        WHERE challenge_id = ${request.challengeId} AND consumed_at IS NULL AND expires_at > ${DateTime.toDateUtc(now)}
        FOR UPDATE`
      if (row === undefined || row.attempts >= settings.maxAttempts) return { type: "refused" }
      yield* inTurn(row.email)
      if ((yield* guessesOf(row.email, now)) >= settings.maxDailyAttempts) return { type: "refused" }
      if (!LoginCode.equal(hash, row.codeHash)) {
        yield* countWrong(request.challengeId, now)
        return { type: "refused" }
      }
      yield* consume(request.challengeId, now)
      if (yield* accounts.isBlocked(row.email)) return { type: "blocked" }
      const account = yield* accounts.ensure({
        email: row.email,
        preferredLanguage: row.language,
        timeZone: request.timeZone,
        declaredCountry: country
      })
      if (account.standing !== "active") return { type: account.standing === "blocked" ? "blocked" : "refused" }
      return { type: "opened", session: yield* sessions.create(account.userId, publicKey) }
    })

    /** Nobody is kept out for the sake of a country. */
    const countryOf = (ip: string) =>
      Effect.catchDefect(geo.country(ip), (defect) =>
        Effect.as(Effect.logWarning("a country look-up failed", defect), undefined)
      )

    const confirm = Effect.fn("Challenges.confirm")(function* (request: ConfirmCode) {
      const publicKey = PublicKey.parse(request.clientPublicKey)
      if (publicKey === undefined) {
        return yield* new SignInMalformed({
          problem: "client_public_key: not the standard base64 of a raw 32-byte Ed25519 public key"
        })
      }
      const timeZone = zoneNamed(request.timeZone)
      if (timeZone === undefined) {
        return yield* new SignInMalformed({ problem: "time_zone must be an IANA time zone such as Europe/Berlin" })
      }
      if (!uuidPattern.test(request.challengeId)) return yield* new ChallengeNotConfirmed()
      const country = request.sourceIp === undefined ? undefined : yield* countryOf(request.sourceIp)
      const outcome = yield* sql.withTransaction(attempt({ ...request, timeZone }, publicKey, country))
      switch (outcome.type) {
        case "opened":
          return outcome.session
        case "blocked":
          return yield* new AccountPermanentlyBlocked()
        case "refused":
          return yield* new ChallengeNotConfirmed()
      }
    }, StorageError.refail)

    return Challenges.of({ send, confirm })
  })
)
