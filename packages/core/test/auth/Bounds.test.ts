/** What strangers can do to an address: no code of its owner's is burnt, few mails reach it, and nothing is told. */
import { AuthSettings } from "@galaxy/core/auth/AuthSettings"
import { Challenges } from "@galaxy/core/auth/Challenges"
import * as LoginCode from "@galaxy/core/auth/LoginCode"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Array as Arr, Clock, Effect, Exit } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { address, codeOf, confirmation, signIn, wrong } from "./fixture.ts"

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const home = "198.51.100.7"
const elsewhere = "203.0.113.9"
/** Some network that nobody else is on. */
const stranger = (index: number) => `10.${index >> 8}.${index & 255}.1`

const mailsTo = (email: string) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    Effect.map(
      sql<{ mails: number }>`
        SELECT count(*)::int AS mails FROM backend.mail_recipients WHERE address = ${email}`,
      ([row]) => row?.mails ?? 0
    )
  )

const send = (email: string, sourceIp?: string) =>
  Effect.flatMap(Challenges, (challenges) => challenges.send({ email, sourceIp }))

const confirm = (id: string, code: string, sourceIp = home) =>
  Effect.flatMap(Challenges, (challenges) => challenges.confirm({ ...confirmation(id, code), sourceIp }))

const guessWrong = (id: string, times: number, code = "none") =>
  Effect.forEach(Arr.range(1, times), () => Effect.flip(confirm(id, wrong(code))))

/** Signs in from a network, so that the address is known there. */
const signInFrom = (email: string, sourceIp: string) =>
  Effect.gen(function* () {
    const id = yield* send(email, sourceIp)
    return yield* confirm(id, yield* codeOf(id), sourceIp)
  })

eachDatabase((name, database) => {
  layer(signIn(database), { timeout: "240 seconds" })(`signing in, with strangers about, on ${name}`, (it) => {
    it.effect("a stranger who asks for a code gets a challenge of their own, and burns no other", () =>
      Effect.gen(function* () {
        const email = address()
        const owners = yield* send(email, home)
        const theirs = yield* send(email, elsewhere)
        assert.notStrictEqual(theirs, owners)
        yield* guessWrong(theirs, 5)
        yield* confirm(owners, yield* codeOf(owners))
      })
    )

    it.effect("asking again is answered per network: an IPv4 address, or 64 bits of IPv6", () =>
      Effect.gen(function* () {
        const email = address()
        const v4 = yield* send(email, home)
        assert.strictEqual(yield* send(email, `::ffff:${home}`), v4)
        const v6 = yield* send(email, "2001:db8:1:2::1")
        assert.strictEqual(yield* send(email, "2001:db8:1:2:ffff::9"), v6)
        const none = yield* send(email)
        assert.strictEqual(yield* send(email, "no address"), none)
        assert.strictEqual(new Set([v4, v6, none, yield* send(email, "2001:db8:1:3::1")]).size, 4)
      })
    )

    it.effect("a code that was asked for in one network is right in any other", () =>
      Effect.gen(function* () {
        const id = yield* send(address(), home)
        yield* confirm(id, yield* codeOf(id), elsewhere)
      })
    )

    it.effect("twenty rounds of asking and guessing from elsewhere are five mails, and the owner signs in", () =>
      Effect.gen(function* () {
        const email = address()
        for (let round = 0; round < 20; round++) yield* guessWrong(yield* send(email, elsewhere), 5)
        assert.strictEqual(yield* mailsTo(email), 5)
        const owners = yield* send(email, home)
        yield* confirm(owners, yield* codeOf(owners))
        assert.strictEqual(yield* mailsTo(email), 6)
      })
    )

    it.effect("one network has five mails an hour sent to an address; then its last challenge stands", () =>
      Effect.gen(function* () {
        const email = address()
        const ids: Array<string> = []
        for (let asked = 0; asked < 5; asked++) {
          ids.push(yield* send(email, home))
          yield* TestClock.adjust(2 * minute)
        }
        const last = ids[4] ?? ""
        assert.strictEqual(yield* send(email, home), last)
        assert.strictEqual(yield* mailsTo(email), 5)
        yield* confirm(last, yield* codeOf(last))
        // All used up or expired: there is none left to answer with, and no mail yet.
        yield* TestClock.adjust(10 * minute)
        const silent = yield* send(email, home)
        assert.notInclude(ids, silent)
        assert.strictEqual(yield* mailsTo(email), 5)
        yield* TestClock.adjust(hour)
        yield* send(email, home)
        assert.strictEqual(yield* mailsTo(email), 6)
      })
    )

    it.effect("strangers have fifty mails a day sent, and a hundred are sent in all", () =>
      Effect.gen(function* () {
        const email = address()
        yield* TestClock.adjust(day)
        yield* signInFrom(email, home)
        yield* TestClock.adjust(2 * minute)
        // The first sign-in came from a network that wasn't known then.
        for (let asked = 0; asked < 60; asked++) yield* send(email, stranger(asked))
        assert.strictEqual(yield* mailsTo(email), 50)
        const silent = yield* send(email, elsewhere)
        assert.match(silent, /^[0-9a-f-]{36}$/)
        assert.strictEqual(yield* send(email, elsewhere), silent)
        assert.strictEqual(yield* mailsTo(email), 50)
        yield* Effect.flip(confirm(silent, "00000000"))
        // From home it goes on, a few an hour, up to the hundredth.
        for (let hours = 0; hours < 12; hours++) {
          for (let asked = 0; asked < 5; asked++) {
            yield* send(email, home)
            yield* TestClock.adjust(2 * minute)
          }
          yield* TestClock.adjust(hour)
        }
        assert.strictEqual(yield* mailsTo(email), 100)
        yield* TestClock.adjust(day)
        const id = yield* send(email, elsewhere)
        yield* confirm(id, yield* codeOf(id))
      })
    )

    it.effect("a challenge without a mail is confirmed by no code", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const { codeKey } = yield* AuthSettings
        const email = address()
        yield* Effect.forEach(Arr.range(0, 49), (index) => send(email, stranger(index)))
        const silent = yield* send(email, elsewhere)
        const [row] = yield* sql<{ hash: Uint8Array; mailed: boolean; live: boolean }>`
          SELECT code_hash AS hash, mailed, consumed_at IS NULL AS live FROM backend.auth_challenges
          WHERE challenge_id = ${silent}`
        assert.deepInclude(row, { mailed: false, live: true })
        assert.strictEqual(row?.hash.length, 32)
        assert.isFalse(LoginCode.equal(row?.hash ?? new Uint8Array(), yield* LoginCode.hash(codeKey, silent, "")))
      })
    )

    it.effect("a wrong code for a used challenge doesn't make it good again", () =>
      Effect.gen(function* () {
        const id = yield* send(address(), home)
        const code = yield* codeOf(id)
        yield* confirm(id, code)
        yield* guessWrong(id, 1, code)
        yield* Effect.flip(confirm(id, code))
      })
    )

    it.effect("four wrong codes and a right one sign in; five and a right one don't", () =>
      Effect.gen(function* () {
        for (const [times, opens] of [
          [4, true],
          [5, false]
        ] as const) {
          const id = yield* send(address(), home)
          const code = yield* codeOf(id)
          yield* guessWrong(id, times, code)
          assert.strictEqual(Exit.isSuccess(yield* Effect.exit(confirm(id, code))), opens)
        }
      })
    )

    it.effect("after the clock was put back by an hour, a new code comes after the throttle", () =>
      Effect.gen(function* () {
        const email = address()
        yield* TestClock.adjust(2 * day)
        const first = yield* send(email, home)
        yield* TestClock.setTime((yield* Clock.currentTimeMillis) - hour)
        // What was sent in the future isn't recent; its code is as good as it was.
        const second = yield* send(email, home)
        assert.notStrictEqual(second, first)
        assert.strictEqual(yield* send(email, home), second)
        yield* TestClock.adjust(minute + 1)
        const third = yield* send(email, home)
        assert.notInclude([first, second], third)
        assert.strictEqual(yield* mailsTo(email), 3)
        yield* confirm(first, yield* codeOf(first))
        yield* confirm(third, yield* codeOf(third))
      })
    )

    it.effect("a code of six digits that an earlier release sent is right until it expires", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const { codeKey } = yield* AuthSettings
        const email = address()
        const id: string = crypto.randomUUID()
        const now = yield* Clock.currentTimeMillis
        yield* sql`
          INSERT INTO backend.auth_challenges (challenge_id, email, code_hash, preferred_language, created_at, expires_at)
          VALUES (${id}, ${email}, ${yield* LoginCode.hash(codeKey, id, "012345")}, 'en', ${new Date(now)},
            ${new Date(now + 10 * minute)})`
        assert.notStrictEqual<string>(yield* send(email, home), id)
        yield* Effect.flip(confirm(id, "00012345"))
        yield* confirm(id, "012345")
      })
    )

    it.effect("an address with its domain in any script is one mailbox and one account", () =>
      Effect.gen(function* () {
        const challenges = yield* Challenges
        const sql = yield* SqlClient.SqlClient
        const local = address().split("@")[0] ?? ""
        const first = yield* send(`${local}@bücher.example`, home)
        const same = yield* send(`${local}@xn--bcher-kva.example`, home)
        assert.strictEqual(same, first)
        yield* confirm(first, yield* codeOf(first))
        const second = yield* send(`${local}@BÜCHER.example`, elsewhere)
        yield* confirm(second, yield* codeOf(second))
        assert.strictEqual(yield* mailsTo(`${local}@xn--bcher-kva.example`), 2)
        const accounts = yield* sql<{ email: string }>`
          SELECT email FROM backend.accounts WHERE email LIKE ${`${local}@%`}`
        assert.deepStrictEqual(accounts, [{ email: `${local}@xn--bcher-kva.example` }])
        for (const email of ["play\u200Ber@example.org", "jos\u00e9@example.org", "player@", "player@192.0.2.1"]) {
          assert.strictEqual((yield* Effect.flip(challenges.send({ email })))._tag, "SignInMalformed", email)
        }
      })
    )
  })
})
