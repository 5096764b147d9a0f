/**
 * Sign-in by e-mail: a challenge is issued with its mail in one transaction, and confirmed once.
 *
 * No answer reveals whether an address has an account, or what others have asked for or guessed. A challenge that is
 * unknown, expired, used, burnt by wrong guesses or answered with a wrong code fails in the same way, after the same
 * statements. Only guesses at a challenge itself burn it, and only networks that asked for it learn its id.
 */
import { normalForm } from "@galaxy/contract/api/EmailAddress"
import { ChallengeId, type DeviceSessionId, type UserId, uuidPattern } from "@galaxy/contract/ids/Ids"
import * as PublicKey from "@galaxy/contract/signing/PublicKey"
import { Cause, Context, Data, DateTime, Effect, Layer, Schema } from "effect"
import { Mac } from "effect/crypto"
import { SqlClient, type SqlError } from "effect/sql"
import { AccountPermanentlyBlocked, Accounts } from "../account/Accounts.ts"
import { signups } from "../account/signups.ts"
import { GeoIp } from "../geo/GeoIp.ts"
import { loginCode } from "../mail/Mail.ts"
import { MailOutbox } from "../mail/MailOutbox.ts"
import { Notifications } from "../notification/Notifications.ts"
import { failureFields } from "../shared/failureFields.ts"
import { StorageError } from "../shared/StorageError.ts"
import { Standing } from "../standing/Standing.ts"
import { zoneNamed } from "../shared/TimeZone.ts"
import * as webCrypto from "../shared/webCrypto.ts"
import { AuthSettings } from "./AuthSettings.ts"
import { BlockedAddresses } from "./BlockedAddresses.ts"
import * as ChallengeStore from "./ChallengeStore.ts"
import { accountDeleted, deletedMail } from "./deletedMail.ts"
import * as Email from "./Email.ts"
import * as Language from "./Language.ts"
import * as LoginCode from "./LoginCode.ts"
import { loginMail } from "./loginMail.ts"
import { Sessions } from "./Sessions.ts"
import { type Mark, SignInNetworks } from "./SignInNetworks.ts"
import * as SourceNetwork from "./SourceNetwork.ts"

/** The challenge can't be confirmed with this code. Deliberately without a reason. */
export class ChallengeNotConfirmed extends Schema.TaggedError<ChallengeNotConfirmed>()("ChallengeNotConfirmed", {}) {}

/** The e-mail address, the device key or the time zone is malformed; `problem` names the field. */
export class SignInMalformed extends Schema.TaggedError<SignInMalformed>()("SignInMalformed", {
  problem: Schema.String
}) {}

/** Input of `Challenges.send`. `locale` and `acceptLanguage` choose the mail's language, as `Language` says. */
export interface SendCode {
  readonly email: string
  readonly locale?: string | undefined
  readonly acceptLanguage?: string | undefined
  /** The player's address as the gateway reports it. Requests without one share a network. */
  readonly sourceIp?: string | undefined
}

/** Input of `Challenges.confirm`. The key is that of the new session; the time zone is stored only in a new account. */
export interface ConfirmCode {
  readonly challengeId: string
  readonly code: string
  /** Standard base64 of a raw 32-byte Ed25519 key. */
  readonly clientPublicKey: string
  readonly timeZone: string
  /** What the player calls the device; one line that people see. */
  readonly deviceLabel?: string | undefined
  readonly sourceIp?: string | undefined
}

/**
 * Sign-in by mailed code: `send` issues a challenge, `confirm` exchanges it for a device session.
 * `AccountPermanentlyBlocked` is the only failure that says something about an address.
 */
export class Challenges extends Context.Service<
  Challenges,
  {
    /**
     * Mails a code. If the network or the address has reached a limit, no mail is sent, and the result is the network's
     * last challenge or one that nobody can confirm.
     */
    send(request: SendCode): Effect.Effect<ChallengeId, SignInMalformed | AccountPermanentlyBlocked | StorageError>
    /**
     * Opens a device session; makes the account at the first sign-in. The network may be another than the one that
     * asked for the code.
     */
    confirm(
      request: ConfirmCode
    ): Effect.Effect<
      DeviceSessionId,
      ChallengeNotConfirmed | SignInMalformed | AccountPermanentlyBlocked | StorageError
    >
  }
>()("@galaxy/core/auth/Challenges") {}

type Attempted =
  | { readonly type: "opened"; readonly session: DeviceSessionId; readonly isNew: boolean }
  | { readonly type: "refused" }
  | { readonly type: "blocked" }

/**
 * How a request for a code is answered: with a mail, with the network's last challenge, or with one that nobody can
 * confirm.
 */
type CodeAnswer =
  | { readonly type: "mailed" }
  | { readonly type: "last"; readonly id: ChallengeId }
  | { readonly type: "silent" }

const logLines = {
  mailed: "a login code was issued",
  last: "a login code was asked for too soon",
  silent: "no login code was mailed: the address has reached its limit for now"
} as const satisfies Record<CodeAnswer["type"], string>

class Undone extends Data.TaggedError("Undone") {}

/** Sends nothing itself: the mail goes through `MailOutbox`, in the transaction of the challenge. */
export const layer: Layer.Layer<
  Challenges,
  never,
  | SqlClient.SqlClient
  | Accounts
  | Standing
  | Sessions
  | SignInNetworks
  | BlockedAddresses
  | MailOutbox
  | Notifications
  | GeoIp
  | AuthSettings
> = Layer.effect(
  Challenges,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const accounts = yield* Accounts
    const standing = yield* Standing
    const sessions = yield* Sessions
    const networks = yield* SignInNetworks
    const blocked = yield* BlockedAddresses
    const outbox = yield* MailOutbox
    const notifications = yield* Notifications
    const geo = yield* GeoIp
    const settings = yield* AuthSettings
    const mac = yield* Mac.Mac
    const store = yield* ChallengeStore.make
    const strangersMailsPerDay = Math.max(0, settings.mailsPerDay - settings.mailsKept)

    const hashOf = (challengeId: string, code: string) =>
      Effect.provideService(LoginCode.hash(settings.codeKey, challengeId, code), Mac.Mac, mac)

    const answerTo = (traffic: ChallengeStore.Traffic, known: boolean, now: DateTime.Utc): CodeAnswer => {
      const since = DateTime.toEpochMillis(now) - settings.throttleWindowMs
      const [last] = traffic.live
      const recent = traffic.live.filter((it) => it.createdAt.getTime() > since).length
      // What this network itself did may show in its answer; what others did may not.
      if (
        last !== undefined &&
        (recent >= settings.throttleLimit || traffic.fromNetworkInHour >= settings.mailsPerHour)
      )
        return { type: "last", id: last.id }
      const room =
        traffic.fromNetworkInHour < settings.mailsPerHour &&
        traffic.mailsInDay < settings.mailsPerDay &&
        (known || traffic.strangersMailsInDay < strangersMailsPerDay)
      return { type: room ? "mailed" : "silent" }
    }

    /** Runs work and keeps it or rolls it back: the same statements, round trips and commit either way. */
    const inSavepoint = <A, E, R>(keep: boolean, work: Effect.Effect<A, E, R>) =>
      keep
        ? Effect.asVoid(Effect.andThen(sql.withTransaction(work), sql`SELECT 1`))
        : sql
            .withTransaction(Effect.andThen(work, Effect.fail(new Undone())))
            .pipe(Effect.catchTag("Undone", () => Effect.void))

    const issue = Effect.fnUntraced(function* (
      answer: CodeAnswer["type"],
      request: {
        readonly email: string
        readonly language: string
        readonly network: Mark
        readonly known: boolean
        /** The mail says so, and the challenge is one that nobody can confirm. */
        readonly deleted: boolean
      },
      now: DateTime.Utc
    ) {
      // A random UUID: one made from the time or in sequence could be guessed, and whoever knows an id can burn its
      // challenge.
      const id = ChallengeId.make(crypto.randomUUID())
      const code = yield* LoginCode.make
      const codeHash = yield* hashOf(id, code)
      const nobodys = yield* LoginCode.nobodys
      const expiresAt = DateTime.add(now, { milliseconds: settings.codeLifetimeMs })
      const { email, language, network, known, deleted } = request
      const mailed = answer !== "silent"
      yield* inSavepoint(
        answer !== "last",
        Effect.andThen(
          store.insert({
            id,
            email,
            network,
            known,
            mailed,
            codeHash: mailed && !deleted ? codeHash : nobodys,
            language,
            createdAt: now,
            expiresAt
          }),
          inSavepoint(
            mailed,
            outbox.enqueue({
              templateId: deleted ? accountDeleted : loginCode,
              idempotencyKey: id,
              to: email,
              expiresAt,
              ...(deleted
                ? deletedMail(language, settings.deletedKeptMs)
                : loginMail(language, code, settings.codeLifetimeMs))
            })
          )
        )
      )
      return id
    })

    /** Both are asked whatever the first one says, so that the duration reveals nothing. */
    const verdictOn = Effect.fnUntraced(function* (email: string) {
      const verdict = yield* standing.ofAddress(email)
      return (yield* blocked.isBlocked(email)) ? "blocked" : verdict
    })

    const send = Effect.fn("Challenges.send")(function* (request: SendCode) {
      const email = normalForm(request.email)
      if (email === undefined)
        return yield* new SignInMalformed({ problem: "email: must be an e-mail address such as name@example.org" })
      const language = Language.resolve(request.locale, request.acceptLanguage, settings.defaultLanguage)
      const verdict = yield* verdictOn(email)
      if (verdict === "blocked") return yield* new AccountPermanentlyBlocked()
      const network = yield* networks.mark(email, SourceNetwork.of(request.sourceIp))
      return yield* sql.withTransaction(
        Effect.gen(function* () {
          yield* store.inTurn(email)
          const now = yield* DateTime.now
          const known = yield* networks.isKnown(network)
          const answer = answerTo(yield* store.traffic(email, network, now), known, now)
          const made = yield* issue(
            answer.type,
            { email, language, network, known, deleted: verdict === "deleted" },
            now
          )
          const id = answer.type === "last" ? answer.id : made
          const mark = yield* Effect.provideService(Email.mark(email), Mac.Mac, mac)
          yield* Effect.logInfo(logLines[answer.type]).pipe(Effect.annotateLogs({ email: mark, challenge_id: id }))
          return id
        })
      )
    }, StorageError.refail)

    /** Opens a session, and ends those beyond the bound. Whoever had them is told by mail. */
    const open = Effect.fnUntraced(function* (userId: UserId, publicKey: Uint8Array, label: string | undefined) {
      const session = yield* sessions.create(userId, publicKey, label)
      const ended = yield* sessions.endIdle(userId, session, settings.sessionsPerPlayer)
      const ended_at = DateTime.formatIso(yield* DateTime.now)
      for (const it of ended) {
        yield* notifications.submit({
          kind: "user.session.ended",
          idempotencyKey: `session-ended:${it.id}`,
          recipients: [userId],
          payload: { ended_at, ...(it.label === null ? {} : { device_label: it.label }) }
        })
      }
      return session
    })

    /**
     * Judges one attempt under the challenge's row lock, and counts it in any case. A refusal is a value, since its
     * count has to be committed.
     */
    const attempt = Effect.fnUntraced(function* (
      request: ConfirmCode,
      publicKey: Uint8Array,
      country: string | undefined
    ): Effect.fn.Return<Attempted, StorageError | SqlError.SqlError> {
      const now = yield* DateTime.now
      const hash = yield* hashOf(request.challengeId, request.code)
      const challenge = yield* store.lock(request.challengeId, now)
      const right = LoginCode.equal(hash, challenge.codeHash) && challenge.live
      yield* store.count(challenge.id, right, now)
      if (!right) return { type: "refused" }
      const { email } = challenge
      // In turn with other sign-ins, and with an administrator who blocks the address.
      yield* store.inTurn(email)
      const verdict = yield* verdictOn(email)
      if (verdict === "blocked" || verdict === "deleted") return { type: verdict === "blocked" ? "blocked" : "refused" }
      const { created, userId } = yield* accounts.ensureTold({
        email,
        preferredLanguage: challenge.language,
        timeZone: request.timeZone,
        declaredCountry: country
      })
      yield* networks.remember(yield* networks.mark(email, SourceNetwork.of(request.sourceIp)))
      return { type: "opened", session: yield* open(userId, publicKey, request.deviceLabel), isNew: created }
    })

    /** A failed country lookup must not prevent a sign-in. */
    const countryOf = (ip: string) =>
      Effect.catchDefect(geo.country(ip), (defect) =>
        Effect.logWarning("a country look-up failed").pipe(
          Effect.annotateLogs(failureFields(Cause.die(defect))),
          Effect.as(undefined)
        )
      )

    const confirm = Effect.fn("Challenges.confirm")(function* (request: ConfirmCode) {
      const publicKey = PublicKey.parse(request.clientPublicKey)
      if (publicKey === undefined) {
        return yield* new SignInMalformed({
          problem: "client_public_key: must be the standard base64 of a raw 32-byte Ed25519 public key"
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
          if (outcome.isNew) signups(1)
          return outcome.session
        case "blocked":
          return yield* new AccountPermanentlyBlocked()
        case "refused":
          return yield* new ChallengeNotConfirmed()
      }
    }, StorageError.refail)

    return Challenges.of({ send, confirm })
  })
).pipe(Layer.provide(webCrypto.layer))
