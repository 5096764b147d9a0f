import { UserId } from "@galaxy/contract/ids/Ids"
import { Accounts } from "@galaxy/core/account/Accounts"
import * as AuthSettings from "@galaxy/core/auth/AuthSettings"
import { Challenges } from "@galaxy/core/auth/Challenges"
import { Sessions } from "@galaxy/core/auth/Sessions"
import { eachDatabase, onPostgres } from "@galaxy/testkit/TestDatabase"
import { assert, describe, it, layer } from "@effect/vitest"
import { Array as Arr, Effect, Exit, Layer, Logger, Metric, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { address, codeOf, confirmation, publicKey, signIn, wrong } from "./fixture.ts"

const sessionsOf = Effect.fnUntraced(function* (email: string) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<{ user_id: string }>`
    SELECT s.user_id FROM backend.device_sessions s JOIN backend.accounts a USING (user_id) WHERE a.email = ${email}`
})

const signups = Effect.map(Metric.snapshot, (all) => {
  const found = all.find(({ id }) => id === "galaxy.signups")
  return found !== undefined && "count" in found.state ? Number(found.state.count) : 0
})

eachDatabase((name, database) => {
  layer(signIn(database), { timeout: "240 seconds" })(`signing in on ${name}`, (it) => {
    it.effect("a right code opens a session and makes the account, once", () =>
      Effect.gen(function* () {
        const challenges = yield* Challenges
        const email = address()
        const id = yield* challenges.send({ email, locale: "de-DE" })
        const session = yield* challenges.confirm({
          ...confirmation(id, yield* codeOf(id)),
          timeZone: "europe/kyiv"
        })
        const record = yield* (yield* Sessions).lookup(session)
        assert.strictEqual(record.status, "active")
        assert.strictEqual(Buffer.from(record.clientPublicKey).toString("base64"), publicKey)
        const account = yield* (yield* Accounts).find(record.userId)
        assert.strictEqual(account.email, email)
        assert.strictEqual(account.preferred_language, "de-DE")
        assert.strictEqual(account.time_zone, "Europe/Kyiv")
        assert.strictEqual(account.declared_country, "DE")
        assert.match(account.user_name, /^[a-z]{6}-\d{5}$/)
        assert.strictEqual(account.entitlement.tier, "free")
      })
    )

    it.effect("handle and country stay as they were at the first sign-in", () =>
      Effect.gen(function* () {
        const challenges = yield* Challenges
        const accounts = yield* Accounts
        const email = address()
        const first = yield* challenges.send({ email })
        const one = yield* challenges.confirm(confirmation(first, yield* codeOf(first)))
        const second = yield* challenges.send({ email: email.toUpperCase() })
        const two = yield* challenges.confirm({
          ...confirmation(second, yield* codeOf(second)),
          sourceIp: "203.0.113.9",
          timeZone: "Asia/Tokyo"
        })
        assert.notStrictEqual(one, two)
        const users = yield* sessionsOf(email)
        assert.strictEqual(new Set(users.map((it) => it.user_id)).size, 1)
        const account = yield* accounts.find(UserId.make(users[0]?.user_id ?? ""))
        assert.strictEqual(account.declared_country, "DE")
        assert.strictEqual(account.time_zone, "Europe/Berlin")
      })
    )

    it.effect("counts an account that was made, once its transaction is committed", () =>
      Effect.gen(function* () {
        const challenges = yield* Challenges
        const sql = yield* SqlClient.SqlClient
        const before = yield* signups
        const lost = (yield* Accounts).ensureTold({
          email: address(),
          preferredLanguage: "en",
          timeZone: "UTC",
          declaredCountry: undefined
        })
        yield* Effect.flip(sql.withTransaction(Effect.andThen(lost, Effect.fail("no"))))
        assert.strictEqual(yield* signups, before)
        const email = address()
        for (let turn = 0; turn < 2; turn++) {
          const id = yield* challenges.send({ email })
          yield* challenges.confirm(confirmation(id, yield* codeOf(id)))
          yield* TestClock.adjust("2 minutes")
        }
        assert.strictEqual(yield* signups, before + 1)
      })
    )

    it.effect("unknown, malformed, expired, used and burnt challenges and wrong codes fail alike", () =>
      Effect.gen(function* () {
        const challenges = yield* Challenges
        const failures: Array<unknown> = []
        const note = (id: string, code: string) =>
          Effect.map(Effect.flip(challenges.confirm(confirmation(id, code))), (error) =>
            failures.push([error._tag, error.message])
          )
        yield* note("0190f7a2-6d3e-7c11-9a55-1f2e3d4c5b6a", "12345678")
        yield* note("no-uuid", "12345678")
        const used = yield* challenges.send({ email: address() })
        const code = yield* codeOf(used)
        yield* note(used, wrong(code))
        yield* challenges.confirm(confirmation(used, code))
        yield* note(used, code)
        const burnt = yield* challenges.send({ email: address() })
        const burntCode = yield* codeOf(burnt)
        for (let guess = 0; guess < 5; guess++) yield* note(burnt, wrong(burntCode))
        yield* note(burnt, burntCode)
        const expired = yield* challenges.send({ email: address() })
        const expiredCode = yield* codeOf(expired)
        yield* TestClock.adjust("10 minutes")
        yield* note(expired, expiredCode)
        assert.strictEqual(failures.length, 11)
        assert.strictEqual(new Set(failures.map((it) => JSON.stringify(it))).size, 1)
      })
    )

    it.effect("a code is valid to the end of its tenth minute", () =>
      Effect.gen(function* () {
        const challenges = yield* Challenges
        const id = yield* challenges.send({ email: address() })
        const code = yield* codeOf(id)
        yield* TestClock.adjust(10 * 60_000 - 1)
        yield* challenges.confirm(confirmation(id, code))
      })
    )

    it.effect("asking again within a minute answers the same challenge and sends nothing", () =>
      Effect.gen(function* () {
        const challenges = yield* Challenges
        const sql = yield* SqlClient.SqlClient
        const email = address()
        const first = yield* challenges.send({ email })
        assert.strictEqual(yield* challenges.send({ email }), first)
        const traces = yield* sql<{ all: number }>`
          SELECT (SELECT count(*) FROM backend.auth_challenges WHERE email = ${email})::int
            + (SELECT count(*) FROM backend.mail_recipients WHERE address = ${email})::int AS all`
        assert.deepStrictEqual(traces, [{ all: 2 }])
        yield* TestClock.adjust("61 seconds")
        assert.notStrictEqual(yield* challenges.send({ email }), first)
      })
    )

    it.effect("a blocked address is refused at send, and at confirm when the block came between", () =>
      Effect.gen(function* () {
        const challenges = yield* Challenges
        const sql = yield* SqlClient.SqlClient
        const email = address()
        const id = yield* challenges.send({ email })
        const code = yield* codeOf(id)
        yield* sql`INSERT INTO backend.blocked_emails (email, blocked_at, reason) VALUES (${email}, now(), 'test')`
        assert.strictEqual((yield* Effect.flip(challenges.send({ email })))._tag, "AccountPermanentlyBlocked")
        const refused = yield* Effect.flip(challenges.confirm(confirmation(id, code)))
        assert.strictEqual(refused._tag, "AccountPermanentlyBlocked")
        assert.strictEqual((yield* sessionsOf(email)).length, 0)
      })
    )

    it.effect("an account that was deleted is not opened again, and its code is used up", () =>
      Effect.gen(function* () {
        const challenges = yield* Challenges
        const sql = yield* SqlClient.SqlClient
        const email = address()
        const first = yield* challenges.send({ email })
        yield* challenges.confirm(confirmation(first, yield* codeOf(first)))
        yield* sql`UPDATE backend.accounts SET deleted_at = now() WHERE email = ${email}`
        const second = yield* challenges.send({ email })
        const code = yield* codeOf(second)
        const refused = yield* Effect.flip(challenges.confirm(confirmation(second, code)))
        assert.strictEqual(refused._tag, "ChallengeNotConfirmed")
        yield* sql`UPDATE backend.accounts SET deleted_at = NULL WHERE email = ${email}`
        yield* Effect.flip(challenges.confirm(confirmation(second, code)))
        assert.strictEqual((yield* sessionsOf(email)).length, 1)
      })
    )

    it.effect("a challenge whose mail can't be kept isn't kept either", () =>
      Effect.gen(function* () {
        const challenges = yield* Challenges
        const sql = yield* SqlClient.SqlClient
        const email = address()
        const inside = yield* Effect.gen(function* () {
          yield* sql`ALTER TABLE backend.mail_recipients ADD CONSTRAINT refuse CHECK (kind = 'none') NOT VALID`
          const error = yield* Effect.flip(challenges.send({ email }))
          const kept = yield* sql`SELECT 1 FROM backend.auth_challenges WHERE email = ${email}`
          // Failing takes the constraint back.
          return yield* Effect.fail([error._tag, kept.length])
        }).pipe(sql.withTransaction, Effect.flip)
        assert.deepStrictEqual(inside, ["StorageError", 0])
      })
    )

    it.effect("where the country can't be looked up, the player comes in without one", () =>
      Effect.gen(function* () {
        const challenges = yield* Challenges
        const id = yield* challenges.send({ email: address() })
        const lines: Array<string> = []
        const logger = Logger.layer([Logger.map(Logger.formatJson, (line) => void lines.push(line))])
        const session = yield* Effect.provide(
          challenges.confirm({ ...confirmation(id, yield* codeOf(id)), sourceIp: "damaged" }),
          logger
        )
        assert.match(lines.join(), /"a country look-up failed".*"reason":"defect"/)
        assert.notInclude(lines.join(), "an inner secret")
        const { userId } = yield* (yield* Sessions).lookup(session)
        assert.notProperty(yield* (yield* Accounts).find(userId), "declared_country")
      })
    )

    it.effect("keys and time zones that are none are refused and cost no attempt", () =>
      Effect.gen(function* () {
        const challenges = yield* Challenges
        const id = yield* challenges.send({ email: address() })
        const good = confirmation(id, yield* codeOf(id))
        const identity = Buffer.concat([Buffer.from([1]), Buffer.alloc(31)]).toString("base64")
        for (const bad of [
          { clientPublicKey: identity },
          { clientPublicKey: Buffer.alloc(32).toString("base64") },
          { clientPublicKey: `${publicKey}=` },
          { clientPublicKey: Buffer.alloc(31, 7).toString("base64") },
          { timeZone: "Mars/Olympus" },
          { timeZone: "+02:00" }
        ]) {
          assert.strictEqual((yield* Effect.flip(challenges.confirm({ ...good, ...bad })))._tag, "SignInMalformed")
        }
        yield* challenges.confirm(good)
      })
    )

    it.effect("neither the address nor the code reaches a log or lies readable in the database", () =>
      Effect.gen(function* () {
        const lines: Array<string> = []
        const capture = Logger.layer([Logger.map(Logger.formatJson, (line) => void lines.push(line))])
        const email = address()
        const code = yield* Effect.gen(function* () {
          const challenges = yield* Challenges
          const id = yield* challenges.send({ email })
          const code = yield* codeOf(id)
          yield* Effect.flip(challenges.confirm(confirmation(id, wrong(code))))
          yield* challenges.confirm(confirmation(id, code))
          return code
        }).pipe(Effect.provide(capture))
        assert.isNotEmpty(lines)
        assert.notInclude(lines.join("\n"), email)
        assert.notInclude(lines.join("\n"), `"${code}"`)
        const sql = yield* SqlClient.SqlClient
        const tables = yield* sql<{ text: string }>`
          SELECT row_to_json(t)::text AS text FROM (SELECT c.*, d.*, p.* FROM backend.auth_challenges c
            JOIN backend.mail_deliveries d ON d.idempotency_key = c.challenge_id::text
            JOIN backend.mail_payloads p USING (payload_id) WHERE c.email = ${email}) t`
        const hex = Buffer.from(code).toString("hex")
        for (const { text } of tables) {
          assert.notInclude(text, hex)
          assert.notInclude(text, `${code} `)
        }
        assert.strictEqual(tables.length, 1)
      })
    )
  })
})

onPostgres((database) => {
  layer(signIn(database), { timeout: "240 seconds" })("signing in, many at once", (it) => {
    it.effect("of fifty wrong guesses five count, and the right code comes too late", () =>
      Effect.gen(function* () {
        const challenges = yield* Challenges
        const sql = yield* SqlClient.SqlClient
        const id = yield* challenges.send({ email: address() })
        const code = yield* codeOf(id)
        yield* Effect.forEach(Arr.range(1, 50), () => Effect.flip(challenges.confirm(confirmation(id, wrong(code)))), {
          concurrency: "unbounded"
        })
        const [row] = yield* sql<{ attempts: number }>`
          SELECT attempts FROM backend.auth_challenges WHERE challenge_id = ${id}`
        assert.strictEqual(row?.attempts, 5)
        yield* Effect.flip(challenges.confirm(confirmation(id, code)))
      })
    )

    it.effect("of twenty right confirmations of one challenge one opens a session", () =>
      Effect.gen(function* () {
        const challenges = yield* Challenges
        const email = address()
        const id = yield* challenges.send({ email })
        const code = yield* codeOf(id)
        yield* Effect.forEach(Arr.range(1, 20), () => Effect.exit(challenges.confirm(confirmation(id, code))), {
          concurrency: "unbounded"
        })
        assert.strictEqual((yield* sessionsOf(email)).length, 1)
      })
    )

    it.effect("twenty requests for one address send one mail", () =>
      Effect.gen(function* () {
        const challenges = yield* Challenges
        const email = address()
        const ids = yield* Effect.forEach(Arr.range(1, 20), () => challenges.send({ email }), {
          concurrency: "unbounded"
        })
        assert.strictEqual(new Set(ids).size, 1)
      })
    )
  })

  layer(signIn(database, { throttleLimit: 20, mailsPerHour: 20 }), { timeout: "240 seconds" })(
    "first sign-ins at once",
    (it) => {
      it.effect("make one account", () =>
        Effect.gen(function* () {
          const challenges = yield* Challenges
          const email = address()
          const ids = yield* Effect.forEach(Arr.range(1, 8), () => challenges.send({ email }))
          const codes = yield* Effect.forEach(ids, codeOf)
          yield* Effect.forEach(Arr.zip(ids, codes), ([id, code]) => challenges.confirm(confirmation(id, code)), {
            concurrency: "unbounded"
          })
          const users = yield* sessionsOf(email)
          assert.strictEqual(users.length, 8)
          assert.strictEqual(new Set(users.map((it) => it.user_id)).size, 1)
        })
      )
    }
  )
})

describe("the key of login codes", () => {
  it.effect("is refused when it is too short to keep them", () =>
    Effect.gen(function* () {
      const short = Redacted.make(new Uint8Array(31))
      const exit = yield* Effect.exit(Effect.scoped(Layer.build(AuthSettings.layer({ codeKey: short }))))
      assert.isTrue(Exit.isFailure(exit))
    })
  )
})
