import type { UserId } from "@galaxy/contract/ids/Ids"
import { AccountEnds } from "@galaxy/core/account/AccountEnds"
import { Accounts } from "@galaxy/core/account/Accounts"
import type { ErasureLedger } from "@galaxy/core/account/ErasureLedger"
import { personalData } from "@galaxy/core/account/personalData"
import { BlockedAddresses } from "@galaxy/core/auth/BlockedAddresses"
import { Erasures } from "@galaxy/core/auth/Erasures"
import { SignInNetworks } from "@galaxy/core/auth/SignInNetworks"
import { Sessions } from "@galaxy/core/auth/Sessions"
import { Content } from "@galaxy/core/mail/Mail"
import { SecretBox } from "@galaxy/core/mail/SecretBox"
import { Notifications } from "@galaxy/core/notification/Notifications"
import { newId } from "@galaxy/core/shared/NewId"
import { Sanctions } from "@galaxy/core/standing/Sanctions"
import { MovableClockService } from "@galaxy/testkit/MovableClock"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { account, busy } from "../account/endFixture.ts"
import { platformOn, refusalOf, surfaces } from "../http/platform.ts"

const send = "/api/v1/public/auth/send-email-code"
const confirm = "/api/v1/public/auth/confirm-email-code"
const publicKey = "iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w="

/** A ledger that outlives the database, as a file does. */
const kept: Array<UserId> = []
const ledger: ErasureLedger = {
  add: (id) => Effect.sync(() => void kept.push(id)),
  all: Effect.sync(() => kept)
}

const mailOf = Effect.fnUntraced(function* (key: string) {
  const sql = yield* SqlClient.SqlClient
  const box = yield* SecretBox
  const [row] = yield* sql<{ template: string; body: Uint8Array; id: string }>`
    SELECT d.template_id AS template, p.body, p.payload_id AS id
    FROM backend.mail_deliveries d JOIN backend.mail_payloads p USING (payload_id) WHERE d.idempotency_key = ${key}`
  if (row === undefined) return undefined
  const { text } = Schema.decodeUnknownSync(Schema.fromJsonString(Content))(
    new TextDecoder().decode(yield* box.open(row.body, row.id))
  )
  return { template: row.template, text, code: /\b\d{8}\b/.exec(text)?.[0] }
})

/** Everything in the database that contains the text, by table. */
const holding = Effect.fnUntraced(function* (text: string) {
  const sql = yield* SqlClient.SqlClient
  const found: Array<string> = []
  for (const table of Object.keys(personalData)) {
    const rows = yield* sql`SELECT 1 FROM ${sql(`backend.${table}`)} t WHERE to_jsonb(t)::text LIKE ${`%${text}%`}`
    if (rows.length > 0) found.push(table)
  }
  return found
})

const monthLater = Effect.gen(function* () {
  const clock = yield* MovableClockService
  yield* clock.advance("31 days")
  const erasures = yield* Erasures
  assert.deepInclude(yield* erasures.eraseDue, { failed: 0 })
})

const remove = (user: UserId) => Effect.flatMap(AccountEnds, (ends) => ends.delete(user, { userId: user }))

eachDatabase((name, storage) => {
  layer(platformOn(storage, { erasureLedger: ledger }), { timeout: "240 seconds", excludeTestServices: true })(
    `erasure on ${name}`,
    (it) => {
      it.effect("every column of every table is declared as personal or not, and how it is erased", () =>
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const rows = yield* sql<{ table: string; columns: ReadonlyArray<string> }>`
            SELECT table_name AS table, array_agg(column_name::text ORDER BY column_name::text COLLATE "C") AS columns
            FROM information_schema.columns WHERE table_schema = 'backend' GROUP BY table_name`
          const real = Object.fromEntries(rows.map((row) => [row.table, row.columns]))
          const declared = Object.fromEntries(
            Object.entries(personalData).map(([table, it]) => [table, [...it.personal, ...it.plain].toSorted()])
          )
          assert.deepStrictEqual(real, declared)
          for (const [table, { personal, erase, of, secret = [] }] of Object.entries(personalData)) {
            if (personal.length > 0) assert.isDefined(erase, table)
            if (erase?.by === "removing" || erase?.by === "setting") assert.isDefined(of, table)
            // Whatever is personal and isn't removed is either kept on purpose, or set to something.
            if (erase?.by === "setting") assert.includeMembers(Object.keys(erase.columns), [...personal], table)
            assert.includeMembers([...(real[table] ?? [])], [...secret], table)
          }
        })
      )

      it.effect("leaves nothing that leads to the person, keeps ids and games, and frees the address", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const sql = yield* SqlClient.SqlClient
          const sessions = yield* Sessions
          const networks = yield* SignInNetworks
          const notifications = yield* Notifications
          const { ada, foreign } = yield* busy
          const mark = `marker${(yield* newId).slice(-12)}`
          yield* call({ user: ada.user }, "PATCH", "/api/v1/user/account/profile", { display_name: mark })
          yield* sessions.create(ada.user, new Uint8Array(32), mark)
          yield* networks.remember(yield* networks.mark(ada.email, "192.0.2.1"))
          yield* notifications.submit({
            kind: "user.session.ended",
            idempotencyKey: yield* newId,
            recipients: [ada.user],
            payload: { ended_at: "2026-01-01T00:00:00.000Z", device_label: mark }
          })
          const { user_name } = yield* (yield* Accounts).find(ada.user)
          const mailed = ["accounts", "device_sessions", "notifications"]
          assert.includeMembers([...(yield* holding(mark))], mailed)
          yield* remove(ada.user)

          // Until then the address gets a mail that says so, in an answer like any other.
          const asked = yield* call("gateway", "POST", send, { email: ada.email, locale: "en" })
          assert.deepStrictEqual([asked.status, Object.keys(asked.body)], [200, ["challenge_id"]])
          const told = yield* mailOf(asked.body.challenge_id)
          assert.strictEqual(told?.template, "auth.account_deleted")
          assert.include(told?.text, "30 days")
          assert.isUndefined(told?.code)
          const tooEarly = yield* Effect.flatMap(Erasures, (erasures) => erasures.eraseDue)
          assert.deepStrictEqual(tooEarly, { erased: 0, failed: 0 })

          yield* monthLater
          for (const text of [ada.email, mark, user_name]) assert.deepStrictEqual(yield* holding(text), [])
          const addressHash = (yield* networks.mark(ada.email, "")).address
          assert.lengthOf(yield* sql`SELECT 1 FROM backend.auth_networks WHERE address_hash = ${addressHash}`, 0)
          assert.include(kept, ada.user)
          const [seat] = yield* sql`
            SELECT status, race_name <> '' AS named FROM backend.memberships
            WHERE user_id = ${ada.user} AND game_id = ${foreign}`
          assert.deepStrictEqual(seat, { status: "removed", named: true })
          const shown = yield* call("admin", "GET", `/api/v1/admin/users/${ada.user}`)
          assert.strictEqual(shown.body.status, "deleted")

          const again = yield* call("gateway", "POST", send, { email: ada.email })
          const code = (yield* mailOf(again.body.challenge_id))?.code
          const opened = yield* call("gateway", "POST", confirm, {
            challenge_id: again.body.challenge_id,
            code,
            client_public_key: publicKey,
            time_zone: "UTC"
          })
          assert.strictEqual(opened.status, 200)
          const session = yield* call("gateway", "GET", `/api/v1/internal/sessions/${opened.body.device_session_id}`)
          assert.notStrictEqual(session.body.user_id, ada.user)
        }).pipe(Effect.scoped)
      )

      it.effect("of a blocked account keeps its address blocked", () =>
        Effect.gen(function* () {
          const { email, user } = yield* account
          const sanctions = yield* Sanctions
          const ends = yield* AccountEnds
          yield* ends.block(user, "root", sanctions.apply(user, "permanent_block", { actor: "root", reason: "cheats" }))
          yield* remove(user)
          yield* monthLater
          assert.deepStrictEqual(yield* holding(email), [])
          assert.isTrue(yield* Effect.flatMap(BlockedAddresses, (addresses) => addresses.isBlocked(email)))
        })
      )

      it.effect("is done again for accounts that a backup has brought back", () =>
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const erasures = yield* Erasures
          const accounts = yield* Accounts
          const { email, user } = yield* account
          yield* remove(user)
          yield* monthLater
          assert.deepStrictEqual(yield* erasures.eraseAgain, { erased: 0, failed: 0 })
          // As it was before the account was deleted.
          yield* sql`
            UPDATE backend.accounts SET email = ${email}, user_name = 'back-1', deleted_at = NULL, erased_at = NULL
            WHERE user_id = ${user}`
          assert.strictEqual((yield* accounts.find(user)).email, email)
          assert.deepStrictEqual(yield* erasures.eraseAgain, { erased: 1, failed: 0 })
          assert.deepStrictEqual(yield* holding(email), [])
          assert.strictEqual((yield* Effect.flip(accounts.find(user)))._tag, "AccountNotFound")
        })
      )

      it.effect("of one account that fails holds up no other, and is tried again", () =>
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const erasures = yield* Erasures
          const clock = yield* MovableClockService
          const bad = yield* account
          yield* remove(bad.user)
          const good = yield* account
          yield* remove(good.user)
          yield* sql.unsafe(`CREATE FUNCTION backend.fault() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'a fault'; END $$`)
          yield* sql.unsafe(`CREATE TRIGGER fault BEFORE UPDATE ON backend.accounts FOR EACH ROW
            WHEN (OLD.user_id = '${bad.user}') EXECUTE FUNCTION backend.fault()`)
          yield* clock.advance("31 days")
          const first = yield* Effect.ensuring(
            erasures.eraseDue,
            Effect.orDie(sql.unsafe(`DROP TRIGGER fault ON backend.accounts`))
          )
          assert.deepStrictEqual(first, { erased: 1, failed: 1 })
          assert.deepStrictEqual(
            [(yield* holding(good.email)).length, (yield* holding(bad.email)).length > 0],
            [0, true]
          )
          assert.deepStrictEqual(yield* erasures.eraseDue, { erased: 1, failed: 0 })
          assert.deepStrictEqual(yield* holding(bad.email), [])
        })
      )

      it.effect("an export has the person's rows of every table, and no secret", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const { ada, bob } = yield* busy
          const { status, body } = yield* call("admin", "GET", `/api/v1/admin/users/${ada.user}/export`)
          assert.strictEqual(status, 200)
          assert.deepInclude(body.tables.accounts[0], { user_id: ada.user, email: ada.email })
          assert.lengthOf(body.tables.device_sessions, 2)
          assert.lengthOf(body.tables.memberships, 1)
          assert.lengthOf(body.tables.race_names, 3)
          assert.lengthOf(body.tables.invites, 2)
          assert.lengthOf(body.tables.mail_payloads, 2)
          assert.notProperty(body.tables.mail_payloads[0], "body")
          assert.deepStrictEqual(body.cut, [])
          assert.notProperty(body.tables, "blocked_emails")
          yield* Effect.flatMap(BlockedAddresses, (addresses) => addresses.block(ada.email, { reason: "cheats" }))
          const listed = yield* call("admin", "GET", `/api/v1/admin/users/${ada.user}/export`)
          assert.deepInclude(listed.body.tables.blocked_emails[0], { email: null, reason: "cheats" })
          assert.notInclude(JSON.stringify(body), bob.email)
          const missing = yield* call("admin", "GET", `/api/v1/admin/users/${yield* newId}/export`)
          assert.strictEqual(refusalOf(missing), "not_found")
        }).pipe(Effect.scoped)
      )
    }
  )
})
